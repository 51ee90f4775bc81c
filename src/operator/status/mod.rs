//! How the installation and its sites are doing, in figures. It reads and changes nothing.

mod store;

use crate::kernel::{Fault, Lifetime, SiteId, Timestamp};
use crate::platform::store::Sql;
use crate::sync::control::Item;
pub use store::{Attempt, Delivery, SiteHealth};

/// How many deliveries a page shows.
pub const PAGE: i64 = 50;

/// Which deliveries are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum State {
    /// Those that somebody has to look at.
    Attention,
    /// Those that the site has not confirmed yet.
    Due,
    /// Those that the site has confirmed.
    Ok,
    /// All of them.
    All,
}

impl State {
    /// All, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Attention, Self::Due, Self::Ok, Self::All];

    /// As addresses have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Attention => "attention",
            Self::Due => "due",
            Self::Ok => "ok",
            Self::All => "all",
        }
    }

    /// Reads it from an address; anything else is `None`.
    #[must_use]
    pub fn asked(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Whether a site gets what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
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
}

/// How all sites are doing, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn of_all(on: &mut impl Sql) -> Result<Vec<SiteHealth>, Fault> {
    store::of_all(on).await
}

/// How one site is doing; `None` when it is not there.
///
/// # Errors
/// When the database does not answer.
pub async fn of_site(on: &mut impl Sql, site: SiteId) -> Result<Option<SiteHealth>, Fault> {
    Ok(store::of_all(on).await?.into_iter().find(|health| health.site_id == site))
}

/// One page of a site's deliveries, what changed last first; with one more than a page shows when
/// there is another page.
///
/// # Errors
/// When the database does not answer.
pub async fn deliveries(on: &mut impl Sql, site: SiteId, state: State, page: i64) -> Result<Vec<Delivery>, Fault> {
    store::deliveries(on, site, state, (page * PAGE, PAGE + 1)).await
}

/// One delivery, with what was tried for it, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn delivery(on: &mut impl Sql, site: SiteId, item: Item) -> Result<Option<(Delivery, Vec<Attempt>)>, Fault> {
    let Some(found) = store::delivery(on, site, item).await? else { return Ok(None) };
    let attempts = store::attempts(on, site, item).await?;
    Ok(Some((found, attempts)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_what_somebody_has_to_act_on() {
        let now = Timestamp::from_seconds(100);
        let site_id = SiteId::new(now, &crate::kernel::Entropy::seeded(1));
        let healthy = SiteHealth::of_nothing(site_id);
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
