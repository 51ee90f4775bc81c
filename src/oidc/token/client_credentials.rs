//! `grant_type=client_credentials` (RFC 6749 §4.4): a client acts for itself.

use super::{endpoint::TokenAnswer, issue};
use crate::oidc::{Provider, clients::Client, discovery::SCOPES};
use crate::platform::web::OAuthError;
use crate::protocol::oauth::{OAuthErrorCode, Params, Scope};

pub(super) async fn exchange(provider: &Provider, client: &Client, params: &Params) -> Result<TokenAnswer, OAuthError> {
    let registered = client.metadata.scope.clone().unwrap_or_default();
    // What speaks of a person a client does not have for itself.
    let own: Scope = registered.iter().filter(|token| !SCOPES.contains(token)).collect();
    let scope = match params.get("scope").map(str::parse::<Scope>) {
        None => own,
        Some(Ok(wanted)) if wanted.is_subset_of(&own) => wanted,
        Some(_) => {
            return Err(OAuthError::of(OAuthErrorCode::InvalidScope, "the client is not registered for that scope"));
        }
    };
    if params.get("resource").is_some_and(|resource| resource != provider.issuer()) {
        return Err(OAuthError::of(OAuthErrorCode::InvalidTarget, "no such resource"));
    }
    Ok(issue::for_client(provider, client, scope, None)?)
}
