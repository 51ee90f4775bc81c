//! `grant_type=refresh_token` (RFC 6749 §6, OIDC Core §12)

use super::{endpoint::TokenAnswer, issue};
use crate::oidc::{
    Provider,
    clients::Client,
    gate,
    grants::{self, RefreshError},
};
use crate::platform::web::OAuthError;
use crate::protocol::oauth::{OAuthErrorCode, Params, Scope};

impl From<RefreshError> for OAuthError {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Invalid | RefreshError::Reused => {
                Self::of(OAuthErrorCode::InvalidGrant, "the refresh token is not valid")
            }
            RefreshError::Fault(fault) => fault.into(),
        }
    }
}

pub(super) async fn exchange(provider: &Provider, client: &Client, params: &Params) -> Result<TokenAnswer, OAuthError> {
    let token = params
        .get("refresh_token")
        .ok_or_else(|| OAuthError::of(OAuthErrorCode::InvalidRequest, "refresh_token is missing"))?;
    let wanted: Option<Scope> = params
        .get("scope")
        .map(str::parse)
        .transpose()
        .map_err(|_| OAuthError::of(OAuthErrorCode::InvalidScope, "the scope is malformed"))?;
    let sealing = provider.kit().sealing();
    let mut unit = provider.db().write().await?;
    let presentable = grants::presented_family(&mut unit, sealing, &client.id, token).await?;
    let mut grant = presentable.family.grant.clone();
    if wanted.as_ref().is_some_and(|wanted| !wanted.is_subset_of(&grant.granted.0.scope)) {
        return Err(OAuthError::of(OAuthErrorCode::InvalidScope, "the scope is wider than what was granted"));
    }
    // Asked before the token is spent: a person who may not be served for the moment (because the
    // organization is suspended, say) must not lose the family by trying.
    let facts = gate::may_issue(&mut unit, grant.account_id, grant.session_id, client).await?;
    let successor = match grants::rotate(&mut unit, sealing, provider.tokens(), &presentable).await {
        Err(RefreshError::Reused) => {
            unit.commit().await?;
            return Err(RefreshError::Reused.into());
        }
        rotated => rotated?,
    };
    unit.commit().await?;
    if let Some(wanted) = wanted {
        grant.granted.0.scope = wanted;
    }
    // An ID token of a refresh repeats no nonce (OIDC Core §12.2).
    grant.granted.0.nonce = None;
    Ok(issue::for_person(provider, client, &grant, &facts, Some(successor))?)
}
