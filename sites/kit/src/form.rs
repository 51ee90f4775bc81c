//! Forms of the site's own pages: read from the body, and taken only from a page of this site.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use url::Url;

use crate::page::Problem;
use crate::site::Site;

/// The fields of a form, as typed but for blanks around them.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The field's text; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// The field's text with its blanks, as a password needs it.
    pub fn exact(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Every value of a field that may be chosen several times.
    pub fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim())
    }

    /// Whether a button or box of this name was pressed or ticked.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// The parameters of an address.
    pub fn of_query(query: Option<&str>) -> Self {
        Self(url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect())
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = StatusCode;

    async fn from_request(request: Request, state: &S) -> Result<Self, StatusCode> {
        let body = Bytes::from_request(request, state).await.map_err(|rejection| rejection.status())?;
        Ok(Self(url::form_urlencoded::parse(&body).into_owned().collect()))
    }
}

/// Lets a form through only when a page of this site has sent it: another site's page could otherwise press any button
/// here in the name of whoever is signed in.
pub(crate) async fn own_forms(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if is_safe || is_own_form(request.headers(), &site.settings.url) {
        return next.run(request).await;
    }
    Problem::new(
        StatusCode::FORBIDDEN,
        "Nothing was done",
        "The form did not come from a page of this site. Open the page here and press its button again.",
    )
    .page(&site)
}

/// Whether a page of this site sent the form. Browsers say where a request comes from, in `Sec-Fetch-Site` or at least
/// in `Origin`; a request that says neither comes from no page.
pub(crate) fn is_own_form(headers: &HeaderMap, site: &Url) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some(from), _) => from == "same-origin" || from == "none",
        (None, Some(origin)) => origin == site.origin().ascii_serialization(),
        (None, None) => false,
    }
}
