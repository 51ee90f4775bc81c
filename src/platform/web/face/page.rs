//! The face for people: what happened, what to do, and a reference.

use std::{fmt, sync::Arc};

use askama::Template;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::leave;
use crate::kernel::{Fault, fault::Kind};
use crate::platform::{
    store::Clock,
    telemetry::Reference,
    web::{ErrandSite, Here, Kit, Page, Shell},
    words::Words,
};

/// An error as a person sees it.
#[derive(Debug, Clone)]
pub struct PageError(Box<Said>);

#[derive(Debug, Clone)]
struct Said {
    status: StatusCode,
    code: &'static str,
    title: Saying,
    advice: Option<Saying>,
    developer: Option<String>,
    way_out: Option<(String, Saying)>,
    fault: Option<Arc<Fault>>,
}

/// What is said in the language of whoever reads it.
#[derive(Clone)]
struct Saying(Arc<dyn Fn(Words) -> String + Send + Sync>);

impl Saying {
    fn new(say: impl Fn(Words) -> String + Send + Sync + 'static) -> Self {
        Self(Arc::new(say))
    }
}

impl fmt::Debug for Saying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&(self.0)(Words::default()))
    }
}

impl PageError {
    /// What happened, in plain words. `code` is the one of the error catalog.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        title: impl Fn(Words) -> String + Send + Sync + 'static,
    ) -> Self {
        let title = Saying::new(title);
        Self(Box::new(Said { status, code, title, advice: None, developer: None, way_out: None, fault: None }))
    }

    /// What the person can do about it.
    #[must_use]
    pub fn advise(mut self, advice: impl Fn(Words) -> String + Send + Sync + 'static) -> Self {
        self.0.advice = Some(Saying::new(advice));
        self
    }

    /// What the site's developer needs to know; folded on the page.
    #[must_use]
    pub fn for_the_developer(mut self, text: impl Into<String>) -> Self {
        self.0.developer = Some(text.into());
        self
    }

    /// The way out: `path`, under a label that says where it leads.
    #[must_use]
    pub fn lead_to(
        mut self,
        address: impl Into<String>,
        label: impl Fn(Words) -> String + Send + Sync + 'static,
    ) -> Self {
        self.0.way_out = Some((address.into(), Saying::new(label)));
        self
    }

    /// The way out: back to where the person started.
    #[must_use]
    pub fn start_again_at(self, site: &ErrandSite) -> Self {
        let name = site.name.clone();
        match &site.home {
            Some(home) => self.lead_to(home.clone(), move |t| t.error_start_again_at(&name)),
            None => self,
        }
    }

    /// The way out: back to `site`, by an address that tells it.
    #[must_use]
    pub fn back_to(self, site: &ErrandSite, address: String) -> Self {
        let name = site.name.clone();
        self.lead_to(address, move |t| t.error_back_to(&name))
    }

    /// A page that does not exist, or whose existence is nobody's business.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "CX-1004", |t| t.error_not_found().into())
            .advise(|t| t.error_not_found_advice().into())
    }
}

impl From<Fault> for PageError {
    fn from(fault: Fault) -> Self {
        let mut error = match fault.kind() {
            Kind::Broken => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "CX-1901", |t| t.error_broken().into())
                .advise(|t| t.error_broken_advice().into()),
            Kind::Busy => Self::new(StatusCode::SERVICE_UNAVAILABLE, "CX-1902", |t| t.error_busy().into())
                .advise(|t| t.error_busy_advice().into()),
        };
        error.0.fault = Some(Arc::new(fault));
        error
    }
}

impl IntoResponse for PageError {
    /// Without a body: [`draw_error_pages`] draws it where the request's reference is known.
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        leave(&mut response, self.0.fault.clone());
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    shell: Shell,
    title: String,
    advice: Option<String>,
    developer: Option<String>,
    way_out: (String, String),
    code: &'static str,
    reference: String,
    at: String,
}

/// What the layer that draws error pages needs.
#[derive(Clone)]
pub struct Easel {
    /// The kit of the pages.
    pub kit: Kit,
    /// What tells the time of the error.
    pub clock: Clock,
}

/// Draws the page of every [`PageError`] that comes up.
pub async fn draw_error_pages(State(easel): State<Easel>, request: Request, next: Next) -> Response {
    let reference = request.extensions().get::<Reference>().map(ToString::to_string).unwrap_or_default();
    let (parts, body) = request.into_parts();
    let here = Here::of(&parts);
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(PageError(error)) = response.extensions().get::<PageError>().cloned() else { return response };
    let shell = Shell::bare(&easel.kit, &here, None);
    let say = |saying: Saying| (saying.0)(shell.t);
    let home = || ("/".to_owned(), shell.t.error_home().to_owned());
    let page = ErrorPage {
        title: say(error.title),
        advice: error.advice.map(say),
        developer: error.developer,
        way_out: error.way_out.map_or_else(home, |(address, label)| (address, say(label))),
        code: error.code,
        reference,
        at: shell.t.moment(easel.clock.now()),
        shell: shell.clone(),
    };
    let mut drawn = Page::new(&shell, page).status(error.status).into_response();
    let kept: HeaderMap = response.headers().clone();
    let (kept_extensions, headers) = (response.extensions().clone(), drawn.headers_mut());
    for (name, value) in kept.iter().filter(|(name, _)| !name.as_str().starts_with("content-")) {
        headers.append(name.clone(), value.clone());
    }
    drawn.extensions_mut().extend(kept_extensions);
    drawn
}
