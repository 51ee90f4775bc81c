//! `grant_type=authorization_code` (RFC 6749 §4.1.3, RFC 7636 §4.5)

use super::{endpoint::TokenAnswer, issue};
use crate::kernel::Token;
use crate::oidc::{
    Provider,
    clients::Client,
    gate::{self, Refusal},
    grants::{self, AuthorizationCode, CodeError, Redemption},
};
use crate::platform::web::OAuthError;
use crate::protocol::oauth::{GrantType, OAuthErrorCode, Params, Verifier};

impl From<CodeError> for OAuthError {
    fn from(error: CodeError) -> Self {
        match error {
            CodeError::Invalid | CodeError::Replayed | CodeError::Verifier => {
                // One answer for all of them: a thief learns nothing.
                Self::of(OAuthErrorCode::InvalidGrant, "the code is not valid")
            }
            CodeError::Fault(fault) => fault.into(),
        }
    }
}

impl From<Refusal> for OAuthError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Ended | Refusal::SiteRemoved | Refusal::NotAdmitted(..) | Refusal::NotConnected => {
                Self::of(OAuthErrorCode::InvalidGrant, "the grant is no longer good")
            }
            Refusal::Fault(fault) => fault.into(),
        }
    }
}

pub(super) async fn exchange(provider: &Provider, client: &Client, params: &Params) -> Result<TokenAnswer, OAuthError> {
    let invalid = || OAuthError::from(CodeError::Invalid);
    let code = params.get("code").ok_or_else(|| OAuthError::of(OAuthErrorCode::InvalidRequest, "code is missing"))?;
    let code: Token<AuthorizationCode> = code.parse().map_err(|_| invalid())?;
    // A verifier of the wrong form answers no challenge; the code that came with it is spent all the same.
    let (verifier, is_malformed) = match params.get("code_verifier").map(Verifier::parse) {
        None => (None, false),
        Some(Ok(verifier)) => (Some(verifier), false),
        Some(Err(_)) => (None, true),
    };
    let redemption = Redemption {
        client_id: &client.id,
        redirect_uri: params.get("redirect_uri"),
        verifier: verifier.as_ref(),
        is_malformed,
    };
    let mut unit = provider.db().write().await?;
    let redeemed = grants::redeem(&mut unit, provider.tokens(), &code, &redemption).await;
    let grant = match redeemed {
        Ok(grant) => grant,
        Err(CodeError::Fault(fault)) => return Err(fault.into()),
        Err(refused) => {
            unit.commit().await?;
            return Err(refused.into());
        }
    };
    let offline = grant.granted.0.scope.contains("offline_access")
        && client.metadata.grant_types.contains(&GrantType::RefreshToken);
    let refresh_token = match offline {
        true => Some(grants::begin_family(&mut unit, provider.kit().sealing(), provider.tokens(), &grant).await?),
        false => None,
    };
    unit.commit().await?;
    let facts = gate::may_issue(&mut provider.db().read().await?, grant.account_id, grant.session_id, client).await?;
    Ok(issue::for_person(provider, client, &grant, &facts, refresh_token)?)
}
