//! The token with which ConneX writes here: signed for each request, for this site alone, and good for a minute. Pure.

use openidconnect::JsonWebKeySet;
use openidconnect::core::CoreJsonWebKey;

use crate::id_token::LEEWAY_SECONDS;
use crate::jws::{self, Refusal, ensure, is_audience, text};

/// Without its own type, an ID token or a logout token could be taken for one.
const TYP: &str = "connex-sync+jwt";
/// A token is made for one request.
const LIFE_SECONDS_MAX: i64 = 60;

/// Proves that ConneX (`issuer`) made this token for the SCIM base `audience`, just now.
pub(super) fn prove(
    token: &str,
    keys: &JsonWebKeySet<CoreJsonWebKey>,
    issuer: &str,
    audience: &str,
    now: i64,
) -> Result<(), Refusal> {
    let claims = jws::signed_claims(token, keys, TYP)?;
    ensure(text(&claims, "iss") == Some(issuer), "iss is not the issuer of this site")?;
    ensure(text(&claims, "sub") == Some(issuer), "sub is not the issuer of this site")?;
    ensure(is_audience(&claims, audience), "aud is not exactly this SCIM base")?;
    ensure(text(&claims, "jti").is_some(), "jti is missing")?;
    let second =
        |name| claims.get(name).and_then(serde_json::Value::as_i64).filter(|second| (0..1 << 40).contains(second));
    let issued_at = second("iat").ok_or(Refusal::Because("iat is missing"))?;
    let expires_at = second("exp").ok_or(Refusal::Because("exp is missing"))?;
    ensure(issued_at <= now + LEEWAY_SECONDS, "iat is in the future")?;
    ensure((1..=LIFE_SECONDS_MAX).contains(&(expires_at - issued_at)), "exp is not within a minute after iat")?;
    ensure(now < expires_at, "expired")
}
