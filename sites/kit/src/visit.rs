//! Who is looking at a page: extractors for the pages of a site.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;

use crate::clock;
use crate::page::to_sign_in;
use crate::return_path::ReturnPath;
use crate::session::Session;
use crate::site::Site;

/// Holds the id of the session.
pub(crate) const SESSION_COOKIE: &str = "session";
/// Holds the `state` of a sign-out that is on its way back from ConneX.
pub(crate) const SIGNED_OUT_COOKIE: &str = "logout";

/// A visit to a public page.
#[derive(Debug)]
pub struct Visit {
    /// The session, if the visitor is signed in.
    pub session: Option<Arc<Session>>,
    /// Whether ConneX has just sent the visitor back after signing out there, with the `state` of this browser.
    pub is_back_from_sign_out: bool,
}

impl FromRequestParts<Arc<Site>> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Infallible> {
        let cookie = |name| site.cookies.get(&parts.headers, name);
        let session = cookie(SESSION_COOKIE).and_then(|id| site.sessions.get(id, clock::now()));
        let query = parts.uri.query().unwrap_or_default();
        let state = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "state");
        let is_back_from_sign_out = match (state, cookie(SIGNED_OUT_COOKIE)) {
            (Some((_, told)), Some(kept)) => told == kept && session.is_none(),
            _ => false,
        };
        Ok(Self { session, is_back_from_sign_out })
    }
}

/// A visit to a page that is for signed-in people. Others are sent to ConneX and come back to the same page.
#[derive(Debug)]
pub struct SignedIn(pub Arc<Session>);

impl FromRequestParts<Arc<Site>> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Response> {
        let Ok(visit) = Visit::from_request_parts(parts, site).await;
        visit.session.map(Self).ok_or_else(|| {
            let wanted = parts.uri.path_and_query().map_or("/", |path| path.as_str());
            let wanted = ReturnPath::parse(wanted).unwrap_or_else(ReturnPath::home);
            to_sign_in(&wanted)
        })
    }
}
