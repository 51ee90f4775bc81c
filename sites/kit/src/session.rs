//! Who is signed in at this site. The browser holds a random id; the site holds the rest, in memory, under the digest of
//! that id, so that a copy of the table opens no session.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::claims::{ConnexClaims, Person};
use crate::logout_token::Ending;

/// A session ends after twelve hours, whatever happens.
pub const SESSION_SECONDS: i64 = 12 * 60 * 60;
/// A sign-in that was under way while its session ended elsewhere must not open a session afterwards.
const ENDED_SECONDS: i64 = 600;

/// One person signed in in one browser, and what ConneX said then.
#[derive(Debug)]
pub struct Session {
    /// ConneX's name for the person. With the issuer, of which this site has one, it is the key for records.
    pub sub: String,
    /// The person as the site shows them.
    pub person: Person,
    /// What ConneX added: session, organization, sites.
    pub connex: ConnexClaims,
    /// When the person proved themselves at ConneX, in words, and as an RFC 3339 time.
    pub signed_in: (String, String),
    /// How strongly (`acr`).
    pub acr: Option<String>,
    /// By what means (`amr`).
    pub amr: Vec<String>,
    /// The proven claims, indented for people to read.
    pub claims_text: String,
    /// The ID token, to be shown to ConneX at sign-out as a hint of who is leaving.
    pub(crate) id_token: String,
    /// When it ends, in seconds.
    pub(crate) expires_at: i64,
}

/// All sessions of one site.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<Table>);

type Key = [u8; 32];

#[derive(Debug, Default)]
struct Table {
    open: HashMap<Key, Arc<Session>>,
    /// The `sid`s that ConneX ended, each with the time after which no sign-in can bring it back.
    ended: HashMap<String, i64>,
}

impl Sessions {
    /// Opens a session and gives the id for the browser; `None` when ConneX has ended it in the meantime.
    pub(crate) fn open(&self, session: Session, now: i64) -> Option<String> {
        let mut table = self.table();
        table.open.retain(|_, session| session.expires_at > now);
        if session.connex.sid.as_ref().is_some_and(|sid| table.ended.contains_key(sid)) {
            return None;
        }
        let id = BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
        table.open.insert(key(&id), Arc::new(session));
        Some(id)
    }

    /// The session that a browser's id opens, if it has not ended.
    pub(crate) fn get(&self, id: &str, now: i64) -> Option<Arc<Session>> {
        self.table().open.get(&key(id)).filter(|session| session.expires_at > now).cloned()
    }

    /// Ends one session.
    pub(crate) fn close(&self, id: &str) -> Option<Arc<Session>> {
        self.table().open.remove(&key(id))
    }

    /// Ends what a logout token names (Back-Channel Logout §2.6), and tells how many sessions that were.
    pub(crate) fn end(&self, ending: &Ending, now: i64) -> usize {
        let mut table = self.table();
        let before = table.open.len();
        table.open.retain(|_, session| !ending.concerns(session));
        let count = before - table.open.len();
        table.ended.retain(|_, until| *until > now);
        if let Ending::Session { sid, .. } = ending {
            table.ended.insert(sid.clone(), now + ENDED_SECONDS);
        }
        count
    }

    /// No step of ours leaves the table half-changed, so a panic elsewhere need not sign everybody out.
    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(id: &str) -> Key {
    Sha256::digest(id).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(sub: &str, sid: &str) -> Session {
        Session {
            sub: sub.to_owned(),
            person: Person::default(),
            connex: ConnexClaims { sid: Some(sid.to_owned()), ..ConnexClaims::default() },
            signed_in: Default::default(),
            acr: None,
            amr: Vec::new(),
            claims_text: String::new(),
            id_token: String::new(),
            expires_at: 1000,
        }
    }

    #[test]
    fn a_session_ends_by_itself() {
        let sessions = Sessions::default();
        let id = sessions.open(session("dana", "s1"), 0).unwrap();
        assert!(sessions.get(&id, 999).is_some());
        assert!(sessions.get(&id, 1000).is_none());
        assert!(sessions.get("guessed", 0).is_none());
    }

    #[test]
    fn a_sid_ends_one_session_and_a_sub_ends_all() {
        let sessions = Sessions::default();
        let open = |sub, sid| sessions.open(session(sub, sid), 0).unwrap();
        let [desk, phone, marcus] = [open("dana", "s1"), open("dana", "s2"), open("marcus", "s3")];
        assert_eq!(sessions.end(&Ending::Session { sid: "s1".to_owned(), sub: None }, 1), 1);
        assert!(sessions.get(&desk, 1).is_none() && sessions.get(&phone, 1).is_some());
        let of_another = Ending::Session { sid: "s2".to_owned(), sub: Some("marcus".to_owned()) };
        assert_eq!(sessions.end(&of_another, 1), 0);
        assert_eq!(sessions.end(&Ending::Person { sub: "dana".to_owned() }, 1), 1);
        assert!(sessions.get(&phone, 1).is_none() && sessions.get(&marcus, 1).is_some());
    }

    #[test]
    fn a_session_that_ended_during_the_sign_in_is_not_opened() {
        let sessions = Sessions::default();
        sessions.end(&Ending::Session { sid: "s1".to_owned(), sub: None }, 0);
        assert!(sessions.open(session("dana", "s1"), 1).is_none());
        assert!(sessions.open(session("dana", "s2"), 1).is_some());
    }
}
