//! `POST /introspect` (RFC 7662): whether a token is good at this moment.
//!
//! A client learns of its own tokens only; the operator's protected resources learn of all. To
//! everybody else a token is as unknown as a made-up one.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::{
    Provider, claims,
    clients::{self, Client},
    gate::{self, Facts, Refusal},
    grants::{self, Grant},
    token::{FormParams, read_access_token},
};
use crate::kernel::Fault;
use crate::platform::{store::Reader, web::OAuthError};
use crate::protocol::oauth::{AuthMethod, OAuthErrorCode};

/// Answers whether a token is good, and what it says.
pub(super) async fn introspect(
    State(provider): State<Provider>,
    headers: HeaderMap,
    FormParams(params): FormParams,
) -> Result<Response, OAuthError> {
    let caller = clients::authenticate(&provider, &headers, &params).await?;
    if caller.method == AuthMethod::None {
        return Err(OAuthError::of(OAuthErrorCode::InvalidClient, "a public client cannot introspect"));
    }
    let token =
        params.get("token").ok_or_else(|| OAuthError::of(OAuthErrorCode::InvalidRequest, "token is missing"))?;
    let found = match look_up(&provider, &caller.client, token).await? {
        Some(claims) => Value::Object(claims),
        None => json!({ "active": false }),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(found)).into_response())
}

async fn look_up(provider: &Provider, caller: &Client, token: &str) -> Result<Option<Map<String, Value>>, Fault> {
    let mut reader = provider.db().read().await?;
    if let Some(access) = read_access_token(provider, token) {
        if !may_know(caller, &access.client_id) {
            return Ok(None);
        }
        let mut claims = access.claims.clone();
        let is_good = match access.grant {
            None => {
                clients::load(provider, &mut reader, &access.client_id).await?.is_some()
                    && !grants::is_token_revoked(&mut reader, &access.jti).await?
            }
            Some(id) => match grants::live(provider, &mut reader, id, &access.jti).await? {
                Some((grant, owner)) => match good(&mut reader, &grant, &owner).await? {
                    Some(facts) => {
                        claims::refresh(&mut claims, &facts, &access.scope);
                        true
                    }
                    None => false,
                },
                None => false,
            },
        };
        claims.insert("active".to_owned(), true.into());
        claims.insert("token_type".to_owned(), "Bearer".into());
        return Ok(is_good.then_some(claims));
    }
    let Some(family) = grants::find_family(&mut reader, provider.kit().sealing(), token).await? else {
        return Ok(None);
    };
    if !may_know(caller, &family.grant.client_id) {
        return Ok(None);
    }
    let Some(owner) = clients::load(provider, &mut reader, &family.grant.client_id).await? else { return Ok(None) };
    if good(&mut reader, &family.grant, &owner).await?.is_none() {
        return Ok(None);
    }
    let claims = json!({
        "active": true,
        "token_type": "refresh_token",
        "client_id": family.grant.client_id,
        "scope": family.grant.granted.0.scope,
        "iss": provider.issuer(),
    });
    Ok(claims.as_object().cloned())
}

fn may_know(caller: &Client, owner: &str) -> bool {
    caller.id == owner || caller.is_protected_resource()
}

/// What is known of the person now, when the grant is still good.
async fn good(reader: &mut Reader, grant: &Grant, owner: &Client) -> Result<Option<Facts>, Fault> {
    match gate::may_issue(reader, grant.account_id, grant.session_id, owner).await {
        Ok(facts) => Ok(Some(facts)),
        Err(Refusal::Fault(fault)) => Err(fault),
        Err(_) => Ok(None),
    }
}
