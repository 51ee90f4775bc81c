//! The back-channel logout token (OpenID Connect Back-Channel Logout §2.4).

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::id_token::seconds;
use crate::kernel::{Lifetime, Timestamp};

/// The `typ` of a logout token, so that it is taken for nothing else.
pub const LOGOUT_TOKEN_TYP: &str = "logout+jwt";

/// The one event that it tells.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// How long a logout token is good: as long as one delivery takes, and two clocks may differ.
const LIFE: Lifetime = Lifetime::minutes(2);

/// What has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended<'a> {
    /// One session of a person, as the client knows it.
    Session {
        /// The person.
        sub: &'a str,
        /// The session.
        sid: &'a str,
    },
    /// All sessions of a person.
    Everywhere {
        /// The person.
        sub: &'a str,
    },
}

/// A logout token before it is signed. It has no `nonce`, so that it can never be an ID token.
#[derive(Debug, Clone, Serialize)]
pub struct LogoutTokenClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    #[serde(serialize_with = "seconds")]
    iat: Timestamp,
    #[serde(serialize_with = "seconds")]
    exp: Timestamp,
    jti: &'a str,
    events: Events,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
}

impl<'a> LogoutTokenClaims<'a> {
    /// Tells `client_id` what has ended. `jti` is fresh for each token, so that the client can
    /// refuse one that it has seen; it is good for two minutes.
    #[must_use]
    pub fn new(issuer: &'a str, client_id: &'a str, ended: Ended<'a>, jti: &'a str, now: Timestamp) -> Self {
        let (sub, sid) = match ended {
            Ended::Session { sub, sid } => (sub, Some(sid)),
            Ended::Everywhere { sub } => (sub, None),
        };
        Self { iss: issuer, sub, aud: client_id, iat: now, exp: now + LIFE, jti, events: Events, sid }
    }
}

/// The member `events`, which is the same in every logout token.
#[derive(Debug, Clone, Copy)]
struct Events;

impl Serialize for Events {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut events = to.serialize_map(Some(1))?;
        events.serialize_entry(EVENT, &serde_json::Map::new())?;
        events.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_event_is_told_as_the_standard_spells_it() {
        let token = |ended| {
            let now = Timestamp::from_seconds(1000);
            serde_json::to_value(LogoutTokenClaims::new("https://id.example", "site", ended, "j", now)).unwrap()
        };
        let session = token(Ended::Session { sub: "acct_1", sid: "s" });
        assert_eq!(
            session,
            json!({ "iss": "https://id.example", "sub": "acct_1", "aud": "site", "iat": 1000, "exp": 1120, "jti": "j",
                    "events": { "http://schemas.openid.net/event/backchannel-logout": {} }, "sid": "s" })
        );
        assert_eq!(token(Ended::Everywhere { sub: "acct_1" }).get("sid"), None);
    }
}
