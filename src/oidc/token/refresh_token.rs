//! `grant_type=refresh_token` (RFC 6749 §6, OIDC Core §12)

use super::{endpoint::TokenAnswer, issue};
use crate::kernel::Fault;
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
    check_before_rotating(provider, client, token, wanted.as_ref()).await?;
    let mut unit = provider.db().write().await?;
    let refreshed = grants::refresh(&mut unit, provider.kit().sealing(), provider.tokens(), &client.id, token).await;
    let (mut grant, successor) = match refreshed {
        Ok(refreshed) => refreshed,
        Err(RefreshError::Fault(fault)) => return Err(fault.into()),
        Err(refused) => {
            unit.commit().await?;
            return Err(refused.into());
        }
    };
    unit.commit().await?;
    let facts = gate::may_issue(&mut provider.db().read().await?, grant.account_id, grant.session_id, client).await?;
    if let Some(wanted) = wanted {
        grant.granted.0.scope = wanted;
    }
    // An ID token of a refresh repeats no nonce (OIDC Core §12.2).
    grant.granted.0.nonce = None;
    Ok(issue::for_person(provider, client, &grant, &facts, Some(successor))?)
}

/// What can be refused without spending the token: a person who may not be served for the moment
/// (an organization that is suspended, say) must not lose the family by trying.
async fn check_before_rotating(
    provider: &Provider,
    client: &Client,
    token: &str,
    wanted: Option<&Scope>,
) -> Result<(), OAuthError> {
    let mut reader = provider.db().read().await?;
    let found: Result<_, Fault> = grants::find_family(&mut reader, provider.kit().sealing(), token).await;
    let Some(family) = found?.filter(|family| family.grant.client_id == client.id) else {
        return Err(RefreshError::Invalid.into());
    };
    if wanted.is_some_and(|wanted| !wanted.is_subset_of(&family.grant.granted.0.scope)) {
        return Err(OAuthError::of(OAuthErrorCode::InvalidScope, "the scope is wider than what was granted"));
    }
    Ok(())
}
