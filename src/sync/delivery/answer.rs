//! What an answer means (pure).

use serde_json::{Map, Value};

use crate::kernel::Lifetime;
use crate::platform::fetch::{FetchError, Reply};
use crate::sync::{
    copy::{EXTENSION_OF_ORGANIZATIONS, EXTENSION_OF_USERS, managed_of},
    ledger::Kind,
};

/// The longest that a site can have us wait.
const LONGEST_WAIT: Lifetime = Lifetime::hours(1);
/// How long to wait when a site is asked too much and does not say how long.
const USUAL_WAIT: Lifetime = Lifetime::seconds(60);
/// How much of an error of the site is repeated.
const MOST_OF_A_DETAIL: usize = 300;

/// Why an attempt came to nothing; each with what the operator reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// This item is not taken, and repeating it will hardly help.
    Refused(Option<u16>, String),
    /// The site does not believe that we are we.
    Credentials(u16, String),
    /// The whole site wants to be left alone for so long.
    Wait(u16, Lifetime, String),
    /// The site does not work at the moment.
    Failing(Option<u16>, String),
    /// Something broke here; nothing is known of the site.
    Ours(String),
}

impl Trouble {
    /// The status of the answer, and what the operator reads.
    #[must_use]
    pub fn said(&self) -> (Option<u16>, &str) {
        match self {
            Self::Refused(status, why) | Self::Failing(status, why) => (*status, why),
            Self::Credentials(status, why) | Self::Wait(status, _, why) => (Some(*status), why),
            Self::Ours(why) => (None, why),
        }
    }
}

impl From<crate::kernel::Fault> for Trouble {
    fn from(fault: crate::kernel::Fault) -> Self {
        Self::Ours(format!("{fault:?}"))
    }
}

/// Sorts out what is trouble whatever was asked. What is left are successes, and the statuses 404,
/// 405, 409, 410, 412 and 501, which mean something different for each request.
///
/// # Errors
/// The trouble.
pub fn judge(answer: Result<Reply, FetchError>) -> Result<Reply, Trouble> {
    let reply = match answer {
        Ok(reply) => reply,
        Err(FetchError::TooLong) => {
            return Err(Trouble::Refused(None, "The answer of the site is longer than 1 MB.".into()));
        }
        Err(error) => return Err(Trouble::Failing(None, format!("The site cannot be reached: {error}."))),
    };
    let status = reply.status;
    match (status, reply.retry_after) {
        (200..=299 | 404 | 405 | 409 | 410 | 412 | 501, _) => Ok(reply),
        (401 | 403, _) => Err(Trouble::Credentials(status, words(&reply, "The site does not accept our credentials"))),
        (429, asked) => Err(wait(status, asked.unwrap_or(USUAL_WAIT))),
        (503, Some(asked)) => Err(wait(status, asked)),
        (300..=399, _) => Err(Trouble::Failing(
            Some(status),
            format!(
                "The site answered with a redirect ({status}). Redirects are not followed: register the address that it leads to."
            ),
        )),
        (500.., _) => Err(Trouble::Failing(Some(status), words(&reply, "The site answered with an error"))),
        _ => Err(refused(&reply)),
    }
}

fn wait(status: u16, asked: Lifetime) -> Trouble {
    // "At once" is not what a site means that has too much to do.
    let asked = asked.clamp(Lifetime::seconds(1), LONGEST_WAIT);
    let why = format!("The site asked to be left alone for {} seconds ({status}).", asked.as_seconds());
    Trouble::Wait(status, asked, why)
}

/// The site does not take this item.
pub(super) fn refused(reply: &Reply) -> Trouble {
    let about = match reply.status {
        409 => "The site says that this is in conflict with something else there",
        404 | 410 => "The site says that this is not there",
        405 | 501 => "The site cannot do this",
        412 => "The site refuses the ETag that it gave",
        _ => "The site did not take this",
    };
    Trouble::Refused(Some(reply.status), words(reply, about))
}

/// A sentence with the status and, when the site says why, its own words (RFC 7644 §3.12).
fn words(reply: &Reply, about: &str) -> String {
    let detail = serde_json::from_slice::<Value>(&reply.body).ok();
    let detail = detail.as_ref().and_then(|error| error.get("detail")).and_then(Value::as_str).unwrap_or_default();
    let detail: String = detail.chars().filter(|c| !c.is_control()).take(MOST_OF_A_DETAIL).collect();
    match detail.is_empty() {
        true => format!("{about} ({}).", reply.status),
        false => format!("{about} ({}): {detail}", reply.status),
    }
}

/// A resource as the site gives it back.
#[derive(Debug, Clone)]
pub struct Echo {
    /// What the site calls it.
    pub id: String,
    /// What it knows it by; `None` when it does not say.
    pub external_id: Option<String>,
    /// Its entity tag.
    pub etag: Option<String>,
    /// The revision that it came to; `None` for a site that keeps none.
    pub rev: Option<i64>,
    /// The members that we manage.
    pub managed: Map<String, Value>,
    /// All of it.
    pub whole: Value,
}

impl Echo {
    /// The resource in `whole`; `None` when there is none.
    #[must_use]
    pub fn of(kind: Kind, whole: Value, etag: Option<String>) -> Option<Self> {
        let text = |name: &str| whole.get(name).and_then(Value::as_str).map(str::to_owned);
        let id = text("id").filter(|id| !id.is_empty())?;
        let in_meta = whole.get("meta").and_then(|meta| meta.get("version")).and_then(Value::as_str);
        let etag = etag.or_else(|| in_meta.map(str::to_owned));
        let rev = whole.get(extension_of(kind)).and_then(|extension| extension.get("rev")).and_then(Value::as_i64);
        Some(Self { id, external_id: text("externalId"), etag, rev, managed: managed_of(kind, &whole), whole })
    }

    /// The resource in an answer, or what is odd about it.
    pub(super) fn read(kind: Kind, reply: &Reply) -> Result<Self, &'static str> {
        if reply.body.iter().all(u8::is_ascii_whitespace) {
            return Err("with an empty body");
        }
        let whole: Value = serde_json::from_slice(&reply.body).map_err(|_| "with something that is not JSON")?;
        Self::of(kind, whole, reply.etag.clone()).ok_or("without an id")
    }

    /// Whether it has what only a resource of ConneX has.
    #[must_use]
    pub fn bears_our_extension(&self, kind: Kind) -> bool {
        self.whole.get(extension_of(kind)).is_some_and(Value::is_object)
    }

    /// Whether the site lets it count.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.managed.get("active") != Some(&Value::Bool(false))
    }

    /// The managed members as canonical JSON.
    #[must_use]
    pub fn canonical(&self) -> String {
        Value::Object(self.managed.clone()).to_string()
    }
}

const fn extension_of(kind: Kind) -> &'static str {
    match kind {
        Kind::User => EXTENSION_OF_USERS,
        Kind::Organization => EXTENSION_OF_ORGANIZATIONS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, retry_after: Option<i64>) -> Reply {
        let body = br#"{"detail":"user name taken\n"}"#.to_vec();
        Reply { status, body, etag: None, retry_after: retry_after.map(Lifetime::seconds) }
    }

    #[test]
    fn each_answer_has_its_meaning() {
        for status in [200, 201, 204, 404, 409, 410, 412, 501] {
            assert!(judge(Ok(reply(status, None))).is_ok(), "{status}");
        }
        for status in [400, 413, 422] {
            assert!(matches!(judge(Ok(reply(status, None))), Err(Trouble::Refused(..))), "{status}");
        }
        for status in [302, 500, 502, 503] {
            assert!(matches!(judge(Ok(reply(status, None))), Err(Trouble::Failing(..))), "{status}");
        }
        assert!(matches!(judge(Ok(reply(401, None))), Err(Trouble::Credentials(401, _))));
        assert!(matches!(judge(Err(FetchError::TimedOut)), Err(Trouble::Failing(None, _))));
        assert!(matches!(judge(Err(FetchError::TooLong)), Err(Trouble::Refused(None, _))));
    }

    #[test]
    fn a_site_can_have_us_wait_for_an_hour_at_most() {
        let waited = |status, asked| match judge(Ok(reply(status, asked))) {
            Err(Trouble::Wait(_, wait, _)) => Some(wait.as_seconds()),
            _ => None,
        };
        assert_eq!(waited(429, None), Some(60));
        assert_eq!(waited(429, Some(7)), Some(7));
        assert_eq!(waited(503, Some(0)), Some(1));
        assert_eq!(waited(503, Some(86_400)), Some(3600));
        assert_eq!(waited(503, None), None, "a failure like any other");
    }

    #[test]
    fn the_site_is_quoted_without_its_line_breaks() {
        let (_, said) = (0, judge(Ok(reply(400, None))).unwrap_err());
        assert_eq!(said.said().1, "The site did not take this (400): user name taken");
    }
}
