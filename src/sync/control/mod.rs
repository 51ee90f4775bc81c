//! What a person can do about the copies at a site: send again, pause, go on, compare now.
//!
//! It changes when something is sent, never what is sent.

mod facts;
mod store;

use std::{fmt, str::FromStr};

use uuid::Uuid;

use super::{
    ledger::{self, Kind},
    reconcile,
};
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, Fault, NotAnId, OrganizationId, SiteId, Timestamp, TxnId};
use crate::platform::store::{Sql, Unit};

/// One copy at a site, named by whom it is of: `acct_…` or `org_…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// Of a person.
    User(AccountId),
    /// Of an organization.
    Organization(OrganizationId),
}

impl Item {
    /// What it is a copy of.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::User(_) => Kind::User,
            Self::Organization(_) => Kind::Organization,
        }
    }

    /// The bare id, as the ledger has it.
    #[must_use]
    pub const fn resource(self) -> Uuid {
        match self {
            Self::User(id) => id.uuid(),
            Self::Organization(id) => id.uuid(),
        }
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => id.fmt(f),
            Self::Organization(id) => id.fmt(f),
        }
    }
}

impl FromStr for Item {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        text.parse().map(Self::User).or_else(|_| text.parse().map(Self::Organization))
    }
}

/// Sends one copy again, whatever the site has said of it: with a new revision, so that the site takes
/// it also when it has confirmed it before.
///
/// # Errors
/// When the database refuses it.
pub async fn resend(unit: &mut Unit, actor: &Actor, site: SiteId, item: Item) -> Result<(), Fault> {
    ledger::retry(unit, actor, site, (item.kind(), item.resource())).await?;
    Ok(())
}

/// Sends again whatever the site has refused since `since`. Returns how many.
///
/// # Errors
/// When the database refuses it.
pub async fn resend_all(unit: &mut Unit, actor: &Actor, site: SiteId, since: Timestamp) -> Result<u64, Fault> {
    let txn = TxnId::new(unit.now(), &unit.entropy());
    ledger::hold_feed(unit, site).await?;
    let count = store::resend_all(unit, site, since, txn).await?;
    if count > 0 {
        unit.owe_work();
        audit::record(unit, actor, facts::resent_all(site, count)).await?;
    }
    Ok(count)
}

/// Sends nothing to a site until somebody lets it go on; a node that serves it stops within ten
/// seconds. Says whether that is new.
///
/// # Errors
/// When the database refuses it.
pub async fn pause(unit: &mut Unit, actor: &Actor, site: SiteId) -> Result<bool, Fault> {
    let is_new = store::hold(unit, site).await?;
    if is_new {
        audit::record(unit, actor, facts::held(site)).await?;
    }
    Ok(is_new)
}

/// Lets a site go on: that an operator has paused, and that waits for a word because too much differed
/// there. Says whether it did either.
///
/// # Errors
/// When the database refuses it.
pub async fn resume(unit: &mut Unit, actor: &Actor, site: SiteId) -> Result<bool, Fault> {
    let was_held = store::let_go(unit, site).await?;
    if was_held {
        audit::record(unit, actor, facts::let_go(site)).await?;
        unit.owe_work();
    }
    let was_asked = reconcile::resume(unit, site, actor).await?;
    Ok(was_held || was_asked)
}

/// Compares what a site holds with what it should as soon as a worker is free.
///
/// # Errors
/// When the database refuses it.
pub async fn compare_now(unit: &mut Unit, actor: &Actor, site: SiteId) -> Result<(), Fault> {
    store::compare_now(unit, site).await?;
    unit.owe_work();
    audit::record(unit, actor, facts::comparison_asked(site)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_survives_its_text_form() {
        let (now, entropy) = (Timestamp::from_seconds(1), crate::kernel::Entropy::seeded(1));
        let items = [Item::User(AccountId::new(now, &entropy)), Item::Organization(OrganizationId::new(now, &entropy))];
        assert_eq!(items.map(|item| item.to_string().parse()), items.map(Ok));
        assert!(SiteId::new(now, &entropy).to_string().parse::<Item>().is_err());
    }
}
