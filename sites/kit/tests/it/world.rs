//! A site, its provider, and a browser that has its own cookies.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::get;
use reqwest::cookie::Jar;
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::redirect::Policy;
use sample_kit::{Facts, Pages, Problem, Session, Settings, SignedIn, Site, Visit};
use serde_json::json;
use tokio::net::TcpListener;
use url::Url;

use crate::provider::{CLIENT_ID, CLIENT_SECRET, Lie, Provider};

pub struct World {
    pub provider: Provider,
    pub site: Url,
    pub dana: Browser,
}

impl World {
    pub async fn new() -> Self {
        let provider = Provider::start(listener().await).await;
        let site = start_site(&provider.issuer, "client_secret_basic").await;
        Self { provider, site, dana: Browser::new() }
    }

    /// A world in which something is not as it should be.
    pub async fn with(lie: Lie) -> Self {
        let world = Self::new().await;
        world.provider.tell(lie);
        world
    }

    pub fn url(&self, path: &str) -> Url {
        self.site.join(path).unwrap()
    }

    /// Dana presses *Log in with ConneX*.
    pub async fn sign_in(&self) -> Page {
        self.dana.open(self.url("/auth/connex/login")).await
    }

    pub async fn is_signed_in(&self) -> bool {
        self.dana.open(self.url("/")).await.text.contains(r#"id="person-name""#)
    }
}

pub async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

/// Starts a site that is registered at `issuer`, and tells where it is.
pub async fn start_site(issuer: &str, auth_method: &str) -> Url {
    start_site_with(issuer, auth_method, |_| {}).await
}

/// The same, with settings of its own.
pub async fn start_site_with(issuer: &str, auth_method: &str, change: impl FnOnce(&mut Settings)) -> Url {
    let listener = listener().await;
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let registration = json!({
        "site_id": "birch", "name": "Birch County", "kind": "oneoffice", "url": url, "issuer": issuer,
        "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "auth_method": auth_method,
    });
    let mut settings = Settings::from_json(&registration.to_string()).unwrap();
    change(&mut settings);
    let site = Site::open(settings, Plain).await.unwrap();
    let pages = Router::new().route("/", get(home)).route("/documents", get(documents));
    tokio::spawn(site.serve(pages, listener, std::future::pending()));
    url
}

/// The plainest look a site can have.
struct Plain;

impl Pages for Plain {
    fn stylesheet(&self) -> &'static str {
        ""
    }

    fn problem(&self, _: &Settings, _: Option<&Session>, problem: &Problem) -> askama::Result<String> {
        let retry = problem.retry.as_deref().unwrap_or("-");
        Ok(format!("<h1>{}</h1><p id=\"error\">{}</p> retry: {retry}", problem.heading, problem.text))
    }
}

async fn home(State(site): State<Arc<Site>>, visit: Visit) -> Html<String> {
    Html(match visit.session {
        Some(session) => Facts::of(&session, &site.settings).render().unwrap(),
        None if visit.is_back_from_sign_out => "signed out at ConneX too".to_owned(),
        None => "signed out".to_owned(),
    })
}

async fn documents(SignedIn(session): SignedIn) -> String {
    format!("documents for {}", session.sub)
}

#[derive(Clone)]
pub struct Browser {
    follows: reqwest::Client,
    stays: reqwest::Client,
}

#[derive(Debug)]
pub struct Page {
    pub url: Url,
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Browser {
    pub fn new() -> Self {
        let jar = Arc::new(Jar::default());
        let client = |policy| reqwest::Client::builder().cookie_provider(jar.clone()).redirect(policy).build().unwrap();
        Self { follows: client(Policy::limited(10)), stays: client(Policy::none()) }
    }

    /// Opens an address and follows wherever it leads.
    pub async fn open(&self, url: Url) -> Page {
        Page::of(self.follows.get(url)).await
    }

    /// Opens an address and stays there.
    pub async fn step(&self, url: Url) -> Page {
        Page::of(self.stays.get(url)).await
    }

    /// Posts a form and stays there.
    pub async fn post(&self, url: Url, headers: &[(&'static str, &str)], form: &[(&str, &str)]) -> Page {
        let request = self.stays.post(url).form(form);
        Page::of(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
    }

    /// Posts a text of any kind and stays there.
    pub async fn post_text(&self, url: Url, kind: &str, text: &str) -> Page {
        Page::of(self.stays.post(url).header("content-type", kind).body(text.to_owned())).await
    }
}

impl Page {
    async fn of(request: reqwest::RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        Self {
            url: answer.url().clone(),
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            text: answer.text().await.unwrap(),
        }
    }

    pub fn location(&self) -> Url {
        self.url.join(self.headers[LOCATION].to_str().unwrap()).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

/// One parameter of an address.
pub fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}
