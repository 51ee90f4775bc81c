//! How the sites are doing, in figures.

use serde::Serialize;

use crate::kernel::{Lifetime, SiteId, Timestamp};

/// How a site is doing.
#[derive(Debug, Clone, sqlx::FromRow, Serialize)]
pub struct SiteHealth {
    /// The site.
    pub site_id: SiteId,
    /// Its name.
    pub name: String,
    /// How many copies wait to be confirmed.
    pub due_count: i64,
    /// Since when the oldest of them waits.
    pub oldest_due_at: Option<Timestamp>,
    /// Since when the oldest of them waits that was tried in vain.
    pub oldest_failing_at: Option<Timestamp>,
    /// How many somebody has to look at.
    pub attention_count: i64,
    /// Since when the site has not confirmed that somebody is to be let in no more.
    pub oldest_leaving_at: Option<Timestamp>,
    /// Why it is not served.
    pub trouble: Option<String>,
    /// Nothing is sent before this moment.
    pub resume_at: Option<Timestamp>,
    /// Since when an operator lets nothing be sent.
    pub held_at: Option<Timestamp>,
    /// Since when it waits for a word, because too much differed.
    pub paused_at: Option<Timestamp>,
    /// Why it does.
    pub paused_why: Option<String>,
    /// When it confirmed something last.
    pub last_ok_at: Option<Timestamp>,
    /// What it said last when something went wrong.
    pub last_error: Option<String>,
    /// When it was compared last.
    pub compared_at: Option<Timestamp>,
    /// When it was last found to hold exactly what it should.
    pub proven_at: Option<Timestamp>,
}

/// Whether a site gets what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// An operator lets nothing be sent.
    Paused,
    /// More differs there than is put back without asking.
    Differs,
    /// It refuses our signature, or us.
    Credentials,
    /// It does not answer.
    NotAnswering,
    /// It asked to be left alone for a while.
    AskedToWait,
    /// Nothing was ever sent.
    Unproven,
    /// It confirms.
    Working,
}

impl SiteHealth {
    /// Whether the site gets what it should, and if not, why.
    #[must_use]
    pub fn condition(&self) -> Condition {
        if self.held_at.is_some() {
            return Condition::Paused;
        }
        match (self.paused_at, self.trouble.as_deref()) {
            (Some(_), _) => Condition::Differs,
            (None, Some("credentials")) => Condition::Credentials,
            (None, Some("asked to wait")) => Condition::AskedToWait,
            (None, Some(_)) => Condition::NotAnswering,
            (None, None) if self.last_ok_at.is_none() => Condition::Unproven,
            (None, None) => Condition::Working,
        }
    }

    /// How long the oldest change has waited to be confirmed; `None` when all are.
    #[must_use]
    pub fn lag(&self, now: Timestamp) -> Option<Lifetime> {
        self.oldest_due_at.map(|at| now.since(at))
    }

    /// Of a site to which nothing was ever sent.
    #[cfg(test)]
    pub(crate) fn of_nothing(site_id: SiteId) -> Self {
        Self {
            site_id,
            name: String::new(),
            due_count: 0,
            oldest_due_at: None,
            oldest_failing_at: None,
            attention_count: 0,
            oldest_leaving_at: None,
            trouble: None,
            resume_at: None,
            held_at: None,
            paused_at: None,
            paused_why: None,
            last_ok_at: None,
            last_error: None,
            compared_at: None,
            proven_at: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_what_somebody_has_to_act_on() {
        let now = Timestamp::from_seconds(100);
        let healthy = SiteHealth::of_nothing(SiteId::new(now, &crate::kernel::Entropy::seeded(1)));
        assert_eq!(healthy.condition(), Condition::Unproven);
        let worked = SiteHealth { last_ok_at: Some(now), ..healthy };
        assert_eq!(worked.condition(), Condition::Working);
        let waits = SiteHealth { trouble: Some("asked to wait".to_owned()), ..worked.clone() };
        assert_eq!(waits.condition(), Condition::AskedToWait);
        let both =
            SiteHealth { held_at: Some(now), paused_at: Some(now), trouble: Some("credentials".to_owned()), ..worked };
        assert_eq!(both.condition(), Condition::Paused, "nothing happens until somebody acts");
    }
}
