//! Reading our own access tokens, each signature verified once.

use std::sync::Arc;

use moka::sync::Cache;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::issue::FOR_ITSELF;
use crate::kernel::{GrantId, Timestamp};
use crate::oidc::Provider;
use crate::protocol::{oauth::Scope, oidc::access_token::ACCESS_TOKEN_TYP};
use crate::signing::Signed;

/// Verified tokens by their SHA-256: verifying a signature costs more than everything else that
/// userinfo and introspection do. What is kept is only that the signature held; whether the token
/// is still good is asked each time.
#[derive(Clone)]
pub(in crate::oidc) struct TokenCache(Cache<[u8; 32], Arc<AccessToken>>);

impl TokenCache {
    /// Room for the tokens of some minutes.
    pub(in crate::oidc) fn new() -> Self {
        Self(Cache::new(20_000))
    }
}

/// An access token of ours whose signature, kind, issuer and life were checked.
#[derive(Debug, Clone)]
pub(in crate::oidc) struct AccessToken {
    /// Its id.
    pub(in crate::oidc) jti: String,
    /// The grant that it belongs to; `None` for one that a client got for itself.
    pub(in crate::oidc) grant: Option<GrantId>,
    /// Whose client's it is.
    pub(in crate::oidc) client_id: String,
    /// Whom it speaks for.
    pub(in crate::oidc) subject: String,
    /// For which resource.
    pub(in crate::oidc) audience: String,
    /// What it allows.
    pub(in crate::oidc) scope: Scope,
    /// When it ends.
    pub(in crate::oidc) expires_at: Timestamp,
    /// The key that signed it: what a removed key signed is believed no more.
    kid: String,
    /// All its claims.
    pub(in crate::oidc) claims: Map<String, Value>,
}

/// Reads an access token of ours; `None` for anything else, an ID token of ours included.
pub(in crate::oidc) fn read_access_token(provider: &Provider, token: &str) -> Option<Arc<AccessToken>> {
    let (key, cache) = (<[u8; 32]>::from(Sha256::digest(token)), &provider.verified_tokens().0);
    let read = match cache.get(&key) {
        Some(known) => known,
        None => {
            let signed =
                provider.keys().verify(token).filter(|signed| signed.typ.as_deref() == Some(ACCESS_TOKEN_TYP))?;
            let read = Arc::new(parse(signed, provider.issuer())?);
            cache.insert(key, read.clone());
            read
        }
    };
    (read.expires_at > provider.db().now() && provider.keys().believes(&read.kid)).then_some(read)
}

fn parse(signed: Signed, issuer: &str) -> Option<AccessToken> {
    let Signed { claims, kid, .. } = signed;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    let audience = match claims.get("aud")? {
        Value::Array(all) => all.first()?.as_str()?.to_owned(),
        one => one.as_str()?.to_owned(),
    };
    let (jti, expires_at) = (text("jti")?, claims.get("exp").and_then(Value::as_i64).map(Timestamp::from_seconds)?);
    if text("iss")? != issuer {
        return None;
    }
    let (of, _) = jti.split_once('.')?;
    let grant = if of == FOR_ITSELF { None } else { Some(of.parse().ok()?) };
    let (client_id, subject, scope) =
        (text("client_id")?, text("sub")?, text("scope").unwrap_or_default().parse().ok()?);
    Some(AccessToken { grant, client_id, subject, audience, scope, expires_at, kid, claims, jti })
}
