//! `POST /par`: pushed authorization requests (RFC 9126).

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    check,
    request::{PUSHED, Progress},
    request_object, store,
    store::RequestUri,
    trust::{ReturnAddress, Trusted},
};
use crate::kernel::{Fault, Lifetime, PushedRequestId, Token};
use crate::oidc::{
    Provider,
    clients::{self, Client},
    token::FormParams,
};
use crate::platform::{store::Sql, web::OAuthError};
use crate::protocol::oauth::{OAuthErrorCode, Params, ResponseMode};

/// How long a pushed request waits for its person's browser.
const LIFE: Lifetime = Lifetime::seconds(90);
/// What stands in the form for the client's authentication; it is not kept.
const OF_AUTHENTICATION: [&str; 3] = ["client_secret", "client_assertion", "client_assertion_type"];

/// Takes a request from the client itself, and gives a reference to it.
pub(in crate::oidc) async fn push(
    State(provider): State<Provider>,
    headers: HeaderMap,
    FormParams(params): FormParams,
) -> Result<Response, OAuthError> {
    let caller = clients::authenticate(&provider, &headers, &params).await?;
    if params.get("request_uri").is_some() {
        return Err(OAuthError::of(OAuthErrorCode::InvalidRequest, "request_uri cannot be pushed"));
    }
    let kept = params.iter().filter(|(name, _)| !OF_AUTHENTICATION.contains(name));
    let mut kept: Vec<(String, String)> = kept.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    if params.get("client_id").is_none() {
        kept.push(("client_id".to_owned(), caller.client.id.clone()));
    }
    let outer = Params::from_pairs(kept)
        .map_err(|_| OAuthError::of(OAuthErrorCode::InvalidRequest, "a parameter is repeated"))?;
    if outer.get("client_id") != Some(&caller.client.id) {
        return Err(OAuthError::of(OAuthErrorCode::InvalidRequest, "client_id is another client's"));
    }
    let params = request_object::unfold(&provider, &caller.client, outer).await.map_err(OAuthError::new)?;
    let token = Token::new(provider.db().now(), provider.db().entropy());
    validate(&provider, caller.client.clone(), &params, id_of(&token))?;
    let request_uri = keep(&provider, &caller.client, &params, token).await?;
    let body = serde_json::json!({ "request_uri": request_uri, "expires_in": LIFE.as_seconds() });
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

/// The rules of the authorization endpoint, asked early: what is wrong is told to the client itself.
fn validate(provider: &Provider, client: Client, params: &Params, id: PushedRequestId) -> Result<(), OAuthError> {
    let sent = params
        .get("redirect_uri")
        .ok_or_else(|| OAuthError::of(OAuthErrorCode::InvalidRequest, "redirect_uri is missing"))?;
    let uri = client
        .metadata
        .redirect_uris
        .iter()
        .find_map(|registered| registered.prove(sent))
        .ok_or_else(|| OAuthError::of(OAuthErrorCode::InvalidRequest, "the redirect_uri is not registered"))?;
    let address = ReturnAddress { uri, was_sent: true, mode: ResponseMode::Query, state: None, language: None };
    let progress = Progress { pushed: Some(id), ..Progress::begun(provider.db().now()) };
    check::check(provider, Trusted { client, address }, params, &progress).map(|_| ()).map_err(OAuthError::new)
}

fn id_of(token: &Token<RequestUri>) -> PushedRequestId {
    PushedRequestId::from_uuid(token.id())
}

async fn keep(
    provider: &Provider,
    client: &Client,
    params: &Params,
    token: Token<RequestUri>,
) -> Result<String, Fault> {
    let pairs = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut unit = provider.db().write().await?;
    let expires_at = unit.now() + LIFE;
    store::push(&mut unit, id_of(&token), token.digest(), &client.id, pairs, expires_at).await?;
    unit.commit().await?;
    Ok(format!("{PUSHED}{}", token.reveal()))
}

/// The request that `request_uri` refers to, if it is this client's, unused and in time.
pub(super) async fn pull(
    provider: &Provider,
    client_id: &str,
    request_uri: &str,
) -> Result<Option<(Params, PushedRequestId)>, Fault> {
    let Some(token) = request_uri.strip_prefix(PUSHED).and_then(|text| text.parse::<Token<RequestUri>>().ok()) else {
        return Ok(None);
    };
    let id = id_of(&token);
    let pairs = store::pushed(&mut provider.db().read().await?, id, token.digest(), client_id).await?;
    Ok(pairs.and_then(|pairs| Params::from_pairs(pairs).ok()).map(|params| (params, id)))
}
