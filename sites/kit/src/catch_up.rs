//! At a sign-in: whether this site's copy of the person is as new as the token says, and if not, fetching it before the
//! person goes on. It closes the gap between a push that is under way and a person who is faster.

use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::claims::SiteFact;
use crate::clock;
use crate::copy::{Cause, Effect, Kind};
use crate::logout_token::Ending;
use crate::session::Session;
use crate::site::Site;

/// A person does not wait longer for a copy.
const PATIENCE: Duration = Duration::from_secs(3);
/// When a copy that could not be fetched is tried for again.
const LATER: [Duration; 4] =
    [Duration::from_secs(5), Duration::from_secs(30), Duration::from_secs(120), Duration::from_secs(600)];

/// Whether a person may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// They may.
    Open,
    /// Somebody of this site pressed *Disable User*.
    Blocked,
    /// ConneX has ended their access since it signed the token.
    Ended,
}

impl Site {
    /// The site's own entry among the facts of a session.
    pub(crate) fn fact_of<'s>(&self, session: &'s Session) -> Option<&'s SiteFact> {
        let sites = &session.connex.sites;
        match &self.settings.site_id {
            Some(id) => sites.iter().find(|fact| fact.id == *id),
            None => sites.first(),
        }
    }

    /// Fetches the person's copy if the token knows a newer one. When ConneX does not answer in time, the token's claims
    /// are good enough to go on with, and the copy is fetched later.
    pub(crate) async fn catch_up(self: &Arc<Self>, session: &Session) {
        let Some(wanted) = self.wanted_rev(session) else { return };
        match self.copies.find_external(Kind::User, &session.sub).await {
            Ok(Some(copy)) if copy.rev >= wanted => return,
            Ok(_) => {}
            Err(error) => tracing::error!(reason = %error, "the site's database does not answer"),
        }
        if !self.pull(&session.sub).await {
            tokio::spawn(pull_later(Arc::downgrade(self), session.sub.clone()));
        }
    }

    /// Whether the person may go on, once the session is open: an end that came in between is seen here, and one that
    /// comes later closes the session itself.
    pub(crate) async fn entry(&self, session: &Session) -> Entry {
        let person = match self.copies.person_of(&session.sub).await {
            Ok(Some(person)) => person,
            Ok(None) => return Entry::Open,
            Err(error) => {
                tracing::error!(reason = %error, "the site's database does not answer");
                return Entry::Ended;
            }
        };
        if person.blocked_at.is_some() {
            return Entry::Blocked;
        }
        let rev = match self.copies.find_external(Kind::User, &session.sub).await {
            Ok(copy) => copy.map_or(0, |copy| copy.rev),
            Err(_) => i64::MAX,
        };
        // An older copy that lets nobody in is not the last word: the token is newer.
        let is_older = self.wanted_rev(session).is_some_and(|wanted| rev < wanted);
        if person.active || is_older { Entry::Open } else { Entry::Ended }
    }

    /// What follows from a write by ConneX: sessions end at once, and ConneX hears of what it put back.
    pub(crate) fn follow(self: &Arc<Self>, effect: Effect, cause: &Cause) {
        self.end_sessions(effect.ends_sessions_of.as_deref());
        if effect.put_backs.is_empty() {
            return;
        }
        let (site, txn) = (self.clone(), cause.txn.clone());
        tokio::spawn(async move {
            if let Err(error) = site.connex().put_backs(txn.as_deref(), &effect.put_backs).await {
                tracing::info!(reason = %error, "ConneX was not told of what it put back");
            }
        });
    }

    /// Ends every session of a person.
    pub fn end_sessions(&self, sub: Option<&str>) {
        let Some(sub) = sub else { return };
        let count = self.sessions.end(&Ending::Person { sub: sub.to_owned() }, clock::now());
        tracing::info!(session_count = count, "sessions ended");
    }

    async fn pull(self: &Arc<Self>, sub: &str) -> bool {
        let cause = Cause { txn: None, reason: "login".to_owned(), actor: crate::copy::CONNEX.to_owned() };
        match tokio::time::timeout(PATIENCE, self.connex().pull(sub, &cause)).await {
            Ok(Ok(is_shown)) => {
                if !is_shown {
                    tracing::info!("ConneX keeps no copy of this person at this site");
                }
                true
            }
            Ok(Err(error)) => {
                tracing::warn!(reason = %error, "a copy cannot be fetched at the sign-in");
                false
            }
            Err(_) => {
                tracing::warn!("a copy did not come in time for the sign-in");
                false
            }
        }
    }

    fn wanted_rev(&self, session: &Session) -> Option<i64> {
        self.fact_of(session)?.rev.and_then(|rev| i64::try_from(rev).ok())
    }
}

/// Fetches a copy that did not come in time. A site that has stopped is not kept alive by it.
async fn pull_later(site: Weak<Site>, sub: String) {
    for pause in LATER {
        tokio::time::sleep(pause).await;
        let Some(site) = site.upgrade() else { return };
        if site.pull(&sub).await {
            return;
        }
    }
}
