//! `POST /logout`: the person signs out, here and then at ConneX (OIDC RP-Initiated Logout 1.0 §2).

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use openidconnect::CsrfToken;

use crate::form::is_own_form;
use crate::page::{Problem, to_connex, to_page};
use crate::return_path::ReturnPath;
use crate::session::Session;
use crate::site::Site;
use crate::visit::{SESSION_COOKIE, SIGNED_OUT_COOKIE, Visit};

/// How long the way back from ConneX may take for the front page to say that it worked.
const WAY_BACK_SECONDS: i64 = 300;

/// Ends the session here first: whatever becomes of the rest, this site lets nobody on.
pub(crate) async fn leave(State(site): State<Arc<Site>>, visit: Visit, headers: HeaderMap) -> Response {
    if !is_own_form(&headers, &site.settings.url) {
        return Problem::new(
            StatusCode::FORBIDDEN,
            "You were not signed out",
            "The request to sign out did not come from a page of this site. Use the button on this site.",
        )
        .page_for(&site, visit.session.as_deref());
    }
    let session = site.cookies.get(&headers, SESSION_COOKIE).and_then(|id| site.sessions.close(id));
    let mut response = match session {
        Some(session) => leave_connex(&site, &session).await,
        None => to_page(&ReturnPath::home()),
    };
    site.cookies.remove(&mut response, SESSION_COOKIE);
    response
}

/// Leads on to ConneX, which ends the session there and at the other sites, and sends the person back.
async fn leave_connex(site: &Site, session: &Session) -> Response {
    let endpoint = match site.provider.metadata().await {
        Ok(metadata) => metadata.additional_metadata().end_session_endpoint.clone(),
        Err(_) => None,
    };
    let Some(endpoint) = endpoint else {
        return Problem::new(
            StatusCode::OK,
            "You are signed out of this site",
            "ConneX cannot be reached at the moment, so you may still be signed in there and at other sites. Close the \
             browser if others use this computer.",
        )
        .page(site);
    };
    let state = CsrfToken::new_random_len(32).into_secret();
    let mut url = endpoint.url().clone();
    url.query_pairs_mut()
        .append_pair("id_token_hint", &session.id_token)
        .append_pair("client_id", &site.settings.client_id)
        .append_pair("post_logout_redirect_uri", site.settings.post_logout_redirect_uri.as_str())
        .append_pair("state", &state);
    let mut response = to_connex(&url);
    site.cookies.set(&mut response, SIGNED_OUT_COOKIE, &state, WAY_BACK_SECONDS);
    response
}
