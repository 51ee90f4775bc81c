//! The logout token with which ConneX ends a session here (OIDC Back-Channel Logout 1.0 §2.4, §2.6). Pure: the same
//! token, keys and time give the same verdict.

use openidconnect::JsonWebKeySet;
use openidconnect::core::CoreJsonWebKey;
use serde_json::{Map, Value};

use crate::id_token::LEEWAY_SECONDS;
use crate::jws::{self, Refusal, ensure, is_audience, text};
use crate::session::Session;

/// A logout token is made to be delivered at once, and lives two minutes.
const LIFE_SECONDS_MAX: i64 = 120;
/// Without its own type, an ID token that happens to have the right members could be taken for a logout token.
const TYP: &str = "logout+jwt";
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

/// Proves a logout token for this issuer and client.
pub(crate) fn prove(
    token: &str,
    keys: &JsonWebKeySet<CoreJsonWebKey>,
    issuer: &str,
    client_id: &str,
    now: i64,
) -> Result<LogoutToken, Refusal> {
    let claims = jws::signed_claims(token, keys, TYP)?;
    ensure(text(&claims, "iss") == Some(issuer), "iss is not the issuer of this site")?;
    ensure(is_audience(&claims, client_id), "aud is not exactly this client")?;
    ensure(is_logout_event(&claims), "events is not exactly the back-channel logout event")?;
    ensure(!claims.contains_key("nonce"), "a logout token has no nonce")?;
    let dead_at = proven_times(&claims, now)?;
    let jti = text(&claims, "jti").ok_or(Refusal::Because("jti is missing"))?.to_owned();
    Ok(LogoutToken { ending: ending(&claims)?, jti, dead_at })
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
