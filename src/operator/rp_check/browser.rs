//! A person's browser: it keeps cookies and follows redirects within the site, one at a time.

use std::{path::Path, sync::Arc, time::Duration};

use reqwest::{
    Certificate, Client, Method, Response,
    cookie::{CookieStore, Jar},
    header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE},
    redirect,
};
use url::Url;

use super::{provider::Provider, verdict::Miss};
use crate::kernel::{Doing, Fault};

/// How long a page may take.
const PAGE: Duration = Duration::from_secs(15);
/// More redirects than any site has; browsers give up later.
const MOST_REDIRECTS: usize = 10;
/// What is read of a page.
const MOST_OF_A_PAGE: usize = 1024 * 1024;

/// A browser with cookies of its own. All of them share their connections, and the certificates that they believe.
#[derive(Debug, Clone)]
pub(super) struct Browser {
    client: Client,
    cookies: Arc<Jar>,
}

/// Where a way through the site ended.
#[derive(Debug, Clone)]
pub(super) enum Landed {
    /// At a page.
    Page(Page),
    /// At the authorization endpoint of our provider.
    SignIn(Url),
    /// On the way to somebody else.
    Elsewhere(Url),
}

/// A page of the site.
#[derive(Debug, Clone)]
pub(super) struct Page {
    pub(super) url: Url,
    pub(super) status: u16,
    pub(super) text: String,
}

impl Browser {
    /// A browser that nobody has used, which believes the certificates in `ca_file` too.
    pub(super) fn new(ca_file: Option<&Path>) -> Result<Self, Fault> {
        let mut client =
            Client::builder().user_agent("connex rp-check").redirect(redirect::Policy::none()).no_proxy().timeout(PAGE);
        if let Some(file) = ca_file {
            let about = "read the certificates for calls to the site";
            let pem = std::fs::read(file).doing(about)?;
            client = client.tls_certs_merge(Certificate::from_pem_bundle(&pem).doing(about)?);
        }
        Ok(Self { client: client.build().doing("prepare a browser")?, cookies: Arc::default() })
    }

    /// Another one, without cookies.
    pub(super) fn another(&self) -> Self {
        Self { client: self.client.clone(), cookies: Arc::default() }
    }

    /// Opens an address, and goes where the site at `site` leads.
    pub(super) async fn open(&self, provider: &Provider, site: &Url, url: Url) -> Result<Landed, Miss> {
        self.go(provider, site, Method::GET, url).await
    }

    /// Presses a button on a page of the site at `site`, and goes where that leads.
    pub(super) async fn press(&self, provider: &Provider, site: &Url, url: Url) -> Result<Landed, Miss> {
        self.go(provider, site, Method::POST, url).await
    }

    async fn go(&self, provider: &Provider, site: &Url, first: Method, url: Url) -> Result<Landed, Miss> {
        let (mut next, mut method) = (url, first);
        for _ in 0..MOST_REDIRECTS {
            if provider.is_authorize(&next) {
                return Ok(Landed::SignIn(next));
            }
            if next.origin() != site.origin() {
                return Ok(Landed::Elsewhere(next));
            }
            let response = self.ask(std::mem::replace(&mut method, Method::GET), &next).await?;
            let Some(location) = location(&response) else { return page(response, next).await.map(Landed::Page) };
            next = next.join(&location).map_err(|_| Miss::failed(format!("{next} redirects to {location:?}.")))?;
        }
        Err(Miss::failed(format!("{next}: the site redirects {MOST_REDIRECTS} times.")))
    }

    async fn ask(&self, method: Method, url: &Url) -> Result<Response, Miss> {
        let is_press = method == Method::POST;
        let mut request = self.client.request(method, url.clone()).header(ACCEPT, "text/html");
        if is_press {
            // What a browser says of a form on the site's own page; an empty one has a length too.
            request =
                request.header(ORIGIN, url.origin().ascii_serialization()).header("sec-fetch-site", "same-origin");
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body("");
        }
        if let Some(cookies) = self.cookies.cookies(url) {
            request = request.header(COOKIE, cookies);
        }
        let response = request.send().await.map_err(no_answer)?;
        self.cookies.set_cookies(&mut response.headers().get_all(SET_COOKIE).iter(), url);
        Ok(response)
    }
}

impl Landed {
    /// The page, when it is one.
    pub(super) fn page(&self) -> Option<&Page> {
        match self {
            Self::Page(page) => Some(page),
            Self::SignIn(_) | Self::Elsewhere(_) => None,
        }
    }

    /// Where it is, in words.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Page(page) => format!("status {} at {}", page.status, page.url.path()),
            Self::SignIn(_) => "a new sign-in".to_owned(),
            Self::Elsewhere(url) => format!("a redirect to {}", url.origin().ascii_serialization()),
        }
    }
}

fn location(response: &Response) -> Option<String> {
    let leads_on = response.status().is_redirection();
    response.headers().get(LOCATION).filter(|_| leads_on)?.to_str().ok().map(str::to_owned)
}

async fn page(mut response: Response, url: Url) -> Result<Page, Miss> {
    let (status, mut body) = (response.status().as_u16(), Vec::new());
    while let Some(chunk) = response.chunk().await.map_err(no_answer)? {
        body.extend(chunk.iter().take(MOST_OF_A_PAGE.saturating_sub(body.len())));
    }
    Ok(Page { url, status, text: String::from_utf8_lossy(&body).into_owned() })
}

fn no_answer(error: reqwest::Error) -> Miss {
    let address = error.url().map(ToString::to_string).unwrap_or_default();
    let mut deepest: &dyn std::error::Error = &error;
    while let Some(cause) = deepest.source() {
        deepest = cause;
    }
    Miss::failed(format!("{address} does not answer: {deepest}."))
}
