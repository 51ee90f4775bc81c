//! What every page has in common: the headers that guard it, and the page for what went wrong.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use url::Url;

use crate::return_path::ReturnPath;
use crate::session::Session;
use crate::settings::Settings;
use crate::site::Site;

/// A site's own look: the kit decides what happened, the site says it in its own dress.
pub trait Pages: Send + Sync + 'static {
    /// The style sheet, served at `/site.css`.
    fn stylesheet(&self) -> &'static str;

    /// The page for what went wrong, with the session if there still is one; `#error` holds the text.
    ///
    /// # Errors
    /// When the template cannot be rendered.
    fn problem(&self, settings: &Settings, session: Option<&Session>, problem: &Problem) -> askama::Result<String>;
}

/// Something that did not work, and what the person can do next.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The answer's status.
    pub status: StatusCode,
    /// A line that says what happened.
    pub heading: &'static str,
    /// What it means and what to do.
    pub text: String,
    /// Where *Try again* leads; `None` when trying again cannot help.
    pub retry: Option<String>,
}

impl Problem {
    /// A problem without *Try again*.
    pub fn new(status: StatusCode, heading: &'static str, text: impl Into<String>) -> Self {
        Self { status, heading, text: text.into(), retry: None }
    }

    /// Offers to sign in again and then to go on to `path`.
    pub fn with_sign_in(self, path: &ReturnPath) -> Self {
        Self { retry: Some(path.sign_in_href()), ..self }
    }

    /// Shows the problem in the site's dress, to somebody who is not signed in.
    pub(crate) fn page(&self, site: &Site) -> Response {
        self.page_for(site, None)
    }

    /// Shows the problem in the site's dress.
    pub(crate) fn page_for(&self, site: &Site, session: Option<&Session>) -> Response {
        rendered(self.status, site.pages.problem(&site.settings, session, self))
    }
}

/// Renders a page of the site.
pub fn page(template: &impl Template) -> Response {
    rendered(StatusCode::OK, template.render())
}

/// Renders a page of the site with a status of its own.
pub fn page_with(status: StatusCode, template: &impl Template) -> Response {
    rendered(status, template.render())
}

fn rendered(status: StatusCode, html: askama::Result<String>) -> Response {
    match html {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(reason = %error, "a page cannot be rendered");
            (StatusCode::INTERNAL_SERVER_ERROR, "This page cannot be shown at the moment.").into_response()
        }
    }
}

/// Leads to a page of this site.
pub(crate) fn to_page(path: &ReturnPath) -> Response {
    see_other(path.as_str())
}

/// Leads to ConneX by way of the address that starts a sign-in.
pub(crate) fn to_sign_in(wanted: &ReturnPath) -> Response {
    see_other(&wanted.sign_in_href())
}

/// Leads to a page of ConneX. The address comes from its discovery document.
pub(crate) fn to_connex(url: &Url) -> Response {
    see_other(url.as_str())
}

/// Leads to a path of this site that the program itself has made.
pub fn see_other(location: &str) -> Response {
    match HeaderValue::try_from(location) {
        Ok(location) => (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The headers that guard every answer.
#[derive(Clone, Debug)]
pub(crate) struct Guards([(HeaderName, HeaderValue); 4]);

impl Guards {
    /// No script, no frame, nothing from elsewhere. A form may lead to ConneX, because signing out posts to this site
    /// and goes on there, and browsers hold `form-action` against redirects too. The referrer stays on this site, but
    /// is not switched off: without it, a form's `Origin` would be `null`.
    pub(crate) fn of(settings: &Settings) -> anyhow::Result<Self> {
        let connex = Url::parse(&settings.issuer)?.origin().ascii_serialization();
        let policy = format!(
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {connex}; base-uri 'none'; \
             frame-ancestors 'none'"
        );
        Ok(Self([
            (CONTENT_SECURITY_POLICY, HeaderValue::try_from(policy)?),
            (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
            // Every page shows who is signed in, so none is kept; what may be kept says so itself.
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ]))
    }
}

/// Puts the guards on an answer, where it does not say otherwise.
pub(crate) async fn guard(State(site): State<Arc<Site>>, mut response: Response) -> Response {
    for (name, value) in &site.guards.0 {
        response.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    response
}
