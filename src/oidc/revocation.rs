//! `POST /revoke` (RFC 7009): a client gives a token back.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    Provider, clients, facts, grants,
    token::{FormParams, read_access_token},
};
use crate::audit::{self, Actor};
use crate::kernel::{Fault, GrantId};
use crate::platform::web::OAuthError;
use crate::protocol::oauth::OAuthErrorCode;

/// Takes a token back. The answer is the same for a token that was good, one that never was, and
/// one of another client, which stays as it was (RFC 7009 §2.1, §2.2).
pub(super) async fn revoke(
    State(provider): State<Provider>,
    headers: HeaderMap,
    FormParams(params): FormParams,
) -> Result<Response, OAuthError> {
    let caller = clients::authenticate(&provider, &headers, &params).await?;
    let token =
        params.get("token").ok_or_else(|| OAuthError::of(OAuthErrorCode::InvalidRequest, "token is missing"))?;
    take_back(&provider, &caller.client.id, token).await?;
    Ok((StatusCode::OK, [(header::CACHE_CONTROL, "no-store")]).into_response())
}

async fn take_back(provider: &Provider, client_id: &str, token: &str) -> Result<(), Fault> {
    if let Some(access) = read_access_token(provider, token) {
        if access.client_id != client_id {
            return Ok(());
        }
        let mut unit = provider.db().write().await?;
        grants::revoke_token(&mut unit, &access.jti, access.expires_at).await?;
        return unit.commit().await;
    }
    let mut reader = provider.db().read().await?;
    let family = grants::find_family(&mut reader, provider.kit().sealing(), token).await?;
    drop(reader);
    match family.filter(|family| family.grant.client_id == client_id) {
        Some(family) => end_grant(provider, client_id, family.grant.id).await,
        None => Ok(()),
    }
}

/// A refresh token takes its grant with it, and so the access tokens of that grant.
async fn end_grant(provider: &Provider, client_id: &str, id: GrantId) -> Result<(), Fault> {
    let mut unit = provider.db().write().await?;
    if grants::revoke(&mut unit, id).await? {
        audit::record(&mut unit, &Actor::Client(client_id.to_owned()), facts::grant_revoked(id, client_id)).await?;
    }
    unit.commit().await
}
