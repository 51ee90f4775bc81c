//! The face for people: what happened, what to do, and a reference.

use std::sync::Arc;

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
    telemetry::Reference,
    web::{ErrandSite, Kit, Page, Shell},
};

/// An error as a person sees it.
#[derive(Debug, Clone)]
pub struct PageError(Box<Said>);

#[derive(Debug, Clone)]
struct Said {
    status: StatusCode,
    code: &'static str,
    title: String,
    advice: String,
    developer: Option<String>,
    way_out: Option<(String, String)>,
    fault: Option<Arc<Fault>>,
}

impl PageError {
    /// What happened, in plain words. `code` is the one of the error catalog.
    pub fn new(status: StatusCode, code: &'static str, title: impl Into<String>) -> Self {
        let title = title.into();
        Self(Box::new(Said { status, code, title, advice: String::new(), developer: None, way_out: None, fault: None }))
    }

    /// What the person can do about it.
    #[must_use]
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.0.advice = advice.into();
        self
    }

    /// What the site's developer needs to know; folded on the page.
    #[must_use]
    pub fn for_the_developer(mut self, text: impl Into<String>) -> Self {
        self.0.developer = Some(text.into());
        self
    }

    /// The way out: back to where the person started.
    #[must_use]
    pub fn start_again_at(mut self, site: &ErrandSite) -> Self {
        if let Some(home) = &site.home {
            self.0.way_out = Some((home.clone(), format!("Start again at {}", site.name)));
        }
        self
    }

    /// The way out: back to `site`, by an address that tells it.
    #[must_use]
    pub fn back_to(mut self, site: &ErrandSite, address: String) -> Self {
        self.0.way_out = Some((address, format!("Back to {}", site.name)));
        self
    }

    /// A page that does not exist, or whose existence is nobody's business.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "CX-1004", "There is no such page")
            .advise("Check the address, or start at the home page.")
    }
}

impl From<Fault> for PageError {
    fn from(fault: Fault) -> Self {
        let mut error = match fault.kind() {
            Kind::Broken => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "CX-1901", "Something broke on our side")
                .advise("We have been told. Try again in a minute; nothing that was confirmed is lost."),
            Kind::Busy => Self::new(StatusCode::SERVICE_UNAVAILABLE, "CX-1902", "We are very busy at the moment")
                .advise("Try again in a few seconds."),
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
    advice: String,
    developer: Option<String>,
    way_out: Option<(String, String)>,
    code: &'static str,
    reference: String,
}

/// Draws the page of every [`PageError`] that comes up.
pub async fn draw_error_pages(State(kit): State<Kit>, request: Request, next: Next) -> Response {
    let reference = request.extensions().get::<Reference>().map(ToString::to_string).unwrap_or_default();
    let response = next.run(request).await;
    let Some(PageError(error)) = response.extensions().get::<PageError>().cloned() else { return response };
    let shell = Shell::bare(kit.brand());
    let page = ErrorPage {
        shell: shell.clone(),
        title: error.title,
        advice: error.advice,
        developer: error.developer,
        way_out: error.way_out,
        code: error.code,
        reference,
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
