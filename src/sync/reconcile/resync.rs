//! Making the copies of one organization at a site right, because somebody asked for it.

use std::time::Duration;

use super::{
    model::{Resynced, State},
    plan::plan,
    store,
};
use crate::audit::{self, Actor};
use crate::kernel::{Fault, OrganizationId, SiteId};
use crate::sync::{
    delivery::{self, Courier, Trouble, Waited, wait_until_confirmed},
    facts,
    ledger::{self, Reason},
};

/// How long the answer waits for the site, which itself waits ten seconds for the answer.
const PATIENCE: Duration = Duration::from_secs(7);

/// Why nothing was begun.
#[derive(Debug, thiserror::Error)]
pub enum ResyncError {
    /// The site cannot be looked at; the text is for people.
    #[error("{0}")]
    Site(String),
    /// Something broke here.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<Trouble> for ResyncError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Ours(why) => Self::Fault(Fault::of("compare a site", why)),
            other => Self::Site(other.said().1.to_owned()),
        }
    }
}

/// How a resync is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resync {
    /// Only say what would be done.
    DryRun,
    /// Do it, unless it lets so many go that somebody has to be asked.
    Careful,
    /// Do it.
    Confirmed,
}

/// Looks at what a site holds of an organization, and has all of it written that differs. Pressing
/// twice does no harm: what is due is due once.
///
/// # Errors
/// [`ResyncError::Site`] when the site cannot be looked at.
pub async fn resync(
    courier: &Courier,
    (site, organization): (SiteId, OrganizationId),
    actor: &Actor,
    how: Resync,
) -> Result<Resynced, ResyncError> {
    let plan = plan(courier, site, organization).await?;
    if how == Resync::DryRun {
        return Ok(Resynced { txn: None, state: State::Planned, plan });
    }
    if how == Resync::Careful && plan.confirm_needed.is_some() {
        return Ok(Resynced { txn: None, state: State::Paused, plan });
    }
    let db = courier.provider.db();
    let mut unit = db.write().await?;
    let mut items: Vec<_> = plan.changes.iter().map(|change| change.item).collect();
    for row in store::of_organization(&mut unit, site, organization).await? {
        let item = (row.kind.parse()?, row.resource_id);
        if row.state != "ok" && !items.contains(&item) {
            items.push(item);
        }
    }
    let txn = ledger::mark(&mut unit, site, &items, Reason::Resync).await?;
    // It has just been looked at, so it is there again.
    delivery::end_rest(&mut unit, site).await?;
    store::note_txn(&mut unit, txn, (site, organization), actor.to_string()).await?;
    audit::record(&mut unit, actor, facts::resynced(site, organization, txn)).await?;
    unit.commit().await?;
    // Not for the cause: whoever presses again takes what is still due over into another one.
    let progress = wait_until_confirmed(db, site, Waited::Organization(organization), PATIENCE).await?;
    let state = if progress.is_done() { State::Done } else { State::UnderWay };
    Ok(Resynced { txn: Some(txn), state, plan })
}
