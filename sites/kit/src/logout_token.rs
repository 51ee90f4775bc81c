//! The logout token with which ConneX ends a session here (OIDC Back-Channel Logout 1.0 §2.4, §2.6). Pure: the same
//! token, keys and time give the same verdict.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey, JsonWebKeySet};
use serde_json::{Map, Value};

use crate::id_token::{ALGORITHMS, LEEWAY_SECONDS};
use crate::session::Session;

/// A logout token is made to be delivered at once, and lives two minutes.
const LIFE_SECONDS_MAX: i64 = 120;
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A proven logout token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LogoutToken {
    /// Whose session ends.
    pub(crate) ending: Ending,
    /// The token's own id: it counts once.
    pub(crate) jti: String,
    /// When it would be refused for its age anyway, in seconds.
    pub(crate) dead_at: i64,
}

/// Which sessions end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Those of one session at ConneX; a `sub` beside it must agree.
    Session {
        /// The session as this site knows it.
        sid: String,
        /// The person, if the token names them too.
        sub: Option<String>,
    },
    /// All of one person.
    Person {
        /// The person.
        sub: String,
    },
}

impl Ending {
    /// Whether a session is among those that end.
    pub(crate) fn concerns(&self, session: &Session) -> bool {
        match self {
            Self::Session { sid, sub } => {
                session.connex.sid.as_ref() == Some(sid) && sub.as_ref().is_none_or(|sub| *sub == session.sub)
            }
            Self::Person { sub } => session.sub == *sub,
        }
    }
}

/// Why a logout token is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No published key fits; newer ones may.
    UnknownKey,
    /// Any other reason, for the answer.
    Because(&'static str),
}

/// Proves a logout token for this issuer and client.
pub(crate) fn prove(
    token: &str,
    keys: &JsonWebKeySet<CoreJsonWebKey>,
    issuer: &str,
    client_id: &str,
    now: i64,
) -> Result<LogoutToken, Refusal> {
    let claims = signed_claims(token, keys)?;
    ensure(text(&claims, "iss") == Some(issuer), "iss is not the issuer of this site")?;
    ensure(is_audience(&claims, client_id), "aud is not exactly this client")?;
    ensure(is_logout_event(&claims), "events is not exactly the back-channel logout event")?;
    ensure(!claims.contains_key("nonce"), "a logout token has no nonce")?;
    let dead_at = proven_times(&claims, now)?;
    let jti = text(&claims, "jti").ok_or(Refusal::Because("jti is missing"))?.to_owned();
    Ok(LogoutToken { ending: ending(&claims)?, jti, dead_at })
}

/// Checks the signature and the header, and gives the claims.
fn signed_claims(token: &str, keys: &JsonWebKeySet<CoreJsonWebKey>) -> Result<Map<String, Value>, Refusal> {
    let malformed = Refusal::Because("not a signed JWT");
    let Some((message, signature)) = token.rsplit_once('.') else { return Err(malformed) };
    let Some((header, payload)) = message.split_once('.') else { return Err(malformed) };
    let header = object(header).ok_or(Refusal::Because("the header is no JSON object"))?;
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| malformed)?;

    ensure(text(&header, "typ").is_some_and(is_logout_type), "typ is not logout+jwt")?;
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

/// `logout+jwt` in any case, with or without `application/` (RFC 7515 §4.1.9). Without it, an ID token that happens to
/// have the right members could be taken for a logout token.
fn is_logout_type(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    typ.strip_prefix("application/").unwrap_or(&typ) == "logout+jwt"
}

fn is_audience(claims: &Map<String, Value>, client_id: &str) -> bool {
    match claims.get("aud") {
        Some(Value::String(audience)) => audience == client_id,
        Some(Value::Array(audiences)) => matches!(audiences.as_slice(), [Value::String(only)] if only == client_id),
        _ => false,
    }
}

fn is_logout_event(claims: &Map<String, Value>) -> bool {
    let Some(Value::Object(events)) = claims.get("events") else { return false };
    events.len() == 1 && matches!(events.get(EVENT), Some(Value::Object(event)) if event.is_empty())
}

/// Checks `iat` and `exp`, and gives the time from which the token is refused for its age.
fn proven_times(claims: &Map<String, Value>, now: i64) -> Result<i64, Refusal> {
    let second = |name| claims.get(name).and_then(Value::as_i64).filter(|second| (0..1 << 40).contains(second));
    let issued_at = second("iat").ok_or(Refusal::Because("iat is missing"))?;
    let expires_at = second("exp").ok_or(Refusal::Because("exp is missing"))?;
    ensure(issued_at <= now + LEEWAY_SECONDS, "iat is in the future")?;
    ensure((1..=LIFE_SECONDS_MAX).contains(&(expires_at - issued_at)), "exp is not within two minutes after iat")?;
    let dead_at = expires_at + LEEWAY_SECONDS;
    ensure(now < dead_at, "expired")?;
    Ok(dead_at)
}

fn ending(claims: &Map<String, Value>) -> Result<Ending, Refusal> {
    let optional = |name, refusal| match claims.get(name) {
        None => Ok(None),
        Some(_) => text(claims, name).map(|text| Some(text.to_owned())).ok_or(Refusal::Because(refusal)),
    };
    match (optional("sid", "sid is no text")?, optional("sub", "sub is no text")?) {
        (Some(sid), sub) => Ok(Ending::Session { sid, sub }),
        (None, Some(sub)) => Ok(Ending::Person { sub }),
        (None, None) => Err(Refusal::Because("neither sid nor sub")),
    }
}

/// A member that is a text and not an empty one.
fn text<'m>(members: &'m Map<String, Value>, name: &str) -> Option<&'m str> {
    members.get(name)?.as_str().filter(|text| !text.is_empty())
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn ensure(holds: bool, otherwise: &'static str) -> Result<(), Refusal> {
    holds.then_some(()).ok_or(Refusal::Because(otherwise))
}
