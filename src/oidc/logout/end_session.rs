//! `GET /end-session`, `POST /end-session` (OpenID Connect RP-Initiated Logout)
//!
//! A good hint of the session at the browser signs out at once. Whatever else comes is a question
//! to the person. The browser goes back to the site only at an address that the site registered.

use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};

use super::pages;
use crate::accounts::{SignedIn, sessions::extract::Visitor};
use crate::kernel::Fault;
use crate::oidc::{
    Provider,
    clients::{self, Client},
    hint::{self, Hint},
};
use crate::platform::web::{Body, PageError};
use crate::protocol::oauth::Params;

/// A request in the query.
pub(in crate::oidc) async fn end_session_get(
    State(provider): State<Provider>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    end_session(&provider, visitor, query.unwrap_or_default().as_bytes()).await
}

/// A request in a form.
pub(in crate::oidc) async fn end_session_post(
    State(provider): State<Provider>,
    visitor: Visitor,
    Body(body): Body,
) -> Result<Response, PageError> {
    end_session(&provider, visitor, &body).await
}

/// Where the browser goes when all is done.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(super) struct Onward {
    /// The registered address, with `state`; `None` for our own page.
    pub(super) address: Option<String>,
    /// Its origin.
    pub(super) origin: Option<String>,
    /// The site's name, for the page.
    pub(super) site: Option<String>,
}

async fn end_session(provider: &Provider, visitor: Visitor, encoded: &[u8]) -> Result<Response, PageError> {
    let params = Params::parse(encoded).map_err(|why| {
        PageError::new(StatusCode::BAD_REQUEST, "CX-1003", |t| t.error_request_unreadable().into())
            .advise(|t| t.error_sign_out_unreadable_advice().into())
            .for_the_developer(why.to_string())
    })?;
    let hint = params.get("id_token_hint").map(|hint| hint::read(provider, hint));
    let client = client_of(provider, &params, hint.as_ref()).await?;
    let onward = onward(client.as_ref(), &params);
    let asked_for_an_address = params.get("post_logout_redirect_uri").is_some();
    let hint = hint.flatten().filter(|hint| client.as_ref().is_some_and(|client| client.id == hint.client_id));
    // An address that is not registered is no reason to sign anybody out unasked, either.
    let is_sound = hint.is_some() && (onward.address.is_some() || !asked_for_an_address);
    match (&visitor.person, hint) {
        (Some(person), Some(hint)) if is_sound && is_of(provider, &hint, person, client.as_ref()) => {
            pages::finish(provider, &visitor, onward).await
        }
        (None, _) if is_sound => pages::finish(provider, &visitor, onward).await,
        (None, _) => pages::finish(provider, &visitor, Onward { address: None, origin: None, site: onward.site }).await,
        (Some(_), _) => pages::ask(provider, &visitor, onward).await,
    }
}

/// The client that speaks: by its hint, or by its `client_id`; both have to agree, and a hint
/// that is not ours makes the whole request suspect.
async fn client_of(provider: &Provider, params: &Params, hint: Option<&Option<Hint>>) -> Result<Option<Client>, Fault> {
    let id = match (hint, params.get("client_id")) {
        (Some(None), _) => None,
        (Some(Some(hint)), None) => Some(hint.client_id.as_str()),
        (Some(Some(hint)), Some(id)) => (hint.client_id == id).then_some(id),
        (None, id) => id,
    };
    match id {
        Some(id) => clients::load(provider, &mut provider.db().read().await?, id).await,
        None => Ok(None),
    }
}

fn onward(client: Option<&Client>, params: &Params) -> Onward {
    let site = client.map(|client| client.name().to_owned());
    let wanted = params.get("post_logout_redirect_uri");
    let proven = client.zip(wanted).and_then(|(client, wanted)| {
        client.metadata.post_logout_redirect_uris.iter().find_map(|registered| registered.prove(wanted))
    });
    let state = params.get("state").map(|state| ("state", state));
    match proven {
        Some(uri) => Onward { address: Some(uri.with_query(state)), origin: Some(uri.origin()), site },
        None => Onward { address: None, origin: None, site },
    }
}

/// Whether the hint speaks of the person at this browser.
fn is_of(provider: &Provider, hint: &Hint, person: &SignedIn, client: Option<&Client>) -> bool {
    let Some(client) = client else { return false };
    let same_session = hint.sid.as_ref().is_some_and(|sid| *sid == provider.sid(person.session, &client.id));
    same_session || hint.subject == client.subject(provider.kit(), person.account.subject())
}
