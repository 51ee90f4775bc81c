//! A signed JWT, before anybody believes its claims (RFC 7515, RFC 8725): the type that it must say, an algorithm that
//! nobody can turn against us, a published key, and a signature that holds. Pure.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey, JsonWebKeySet};
use serde_json::{Map, Value};

use crate::id_token::ALGORITHMS;

/// Why a token is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No published key fits; newer ones may.
    UnknownKey,
    /// Any other reason, for the answer.
    Because(&'static str),
}

/// Checks the header and the signature, and gives the claims of a token whose type is `typ`.
pub(crate) fn signed_claims(
    token: &str,
    keys: &JsonWebKeySet<CoreJsonWebKey>,
    typ: &str,
) -> Result<Map<String, Value>, Refusal> {
    let malformed = Refusal::Because("not a signed JWT");
    let Some((message, signature)) = token.rsplit_once('.') else { return Err(malformed) };
    let Some((header, payload)) = message.split_once('.') else { return Err(malformed) };
    let header = object(header).ok_or(Refusal::Because("the header is no JSON object"))?;
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| malformed)?;

    ensure(text(&header, "typ").is_some_and(|said| is_type(said, typ)), "typ is another")?;
    ensure(!header.contains_key("crit"), "crit names what this site does not know")?;
    let algorithm = header.get("alg").cloned().and_then(|alg| serde_json::from_value(alg).ok());
    let algorithm = algorithm.filter(|alg| ALGORITHMS.contains(alg)).ok_or(Refusal::Because("alg is not allowed"))?;
    key_for(keys, text(&header, "kid"), &algorithm)?
        .verify_signature(&algorithm, message.as_bytes(), &signature)
        .map_err(|_| Refusal::Because("the signature does not hold"))?;
    object(payload).ok_or(Refusal::Because("the claims are no JSON object"))
}

/// The published key that the header names; without a name, the only one of its type.
fn key_for<'k>(
    keys: &'k JsonWebKeySet<CoreJsonWebKey>,
    kid: Option<&str>,
    algorithm: &CoreJwsSigningAlgorithm,
) -> Result<&'k CoreJsonWebKey, Refusal> {
    use openidconnect::JwsSigningAlgorithm;
    let fits = |key: &&CoreJsonWebKey| {
        algorithm.key_type().as_ref() == Some(key.key_type())
            && kid.is_none_or(|kid| key.key_id().is_some_and(|id| id.as_str() == kid))
    };
    let mut fitting = keys.keys().iter().filter(fits);
    match (fitting.next(), fitting.next()) {
        (Some(key), None) => Ok(key),
        (None, _) => Err(Refusal::UnknownKey),
        (Some(_), Some(_)) => Err(Refusal::Because("several keys fit; kid must name one")),
    }
}

/// The type in any case, with or without `application/` (RFC 7515 §4.1.9).
fn is_type(said: &str, wanted: &str) -> bool {
    let said = said.to_ascii_lowercase();
    said.strip_prefix("application/").unwrap_or(&said) == wanted
}

/// Whether the token is for `wanted`, and for nobody else.
pub(crate) fn is_audience(claims: &Map<String, Value>, wanted: &str) -> bool {
    match claims.get("aud") {
        Some(Value::String(audience)) => audience == wanted,
        Some(Value::Array(audiences)) => matches!(audiences.as_slice(), [Value::String(only)] if only == wanted),
        _ => false,
    }
}

/// A member that is a text and not an empty one.
pub(crate) fn text<'m>(members: &'m Map<String, Value>, name: &str) -> Option<&'m str> {
    members.get(name)?.as_str().filter(|text| !text.is_empty())
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// Refuses what does not hold.
pub(crate) fn ensure(holds: bool, otherwise: &'static str) -> Result<(), Refusal> {
    holds.then_some(()).ok_or(Refusal::Because(otherwise))
}
