//! Making rows due although nothing changed here: what a site holds is to be written again.

use uuid::Uuid;

use super::{Kind, Reason, store};
use crate::audit::{self, Actor};
use crate::kernel::{Fault, SiteId, TxnId};
use crate::platform::store::{Sql, Unit};
use crate::sync::facts;

/// Holds the feed of a site until the commit, for whoever writes many of its rows at once. Two who took the
/// same rows in different orders would wait for each other.
///
/// # Errors
/// When the database refuses it.
pub(in crate::sync) async fn hold_feed(unit: &mut Unit, site: SiteId) -> Result<(), Fault> {
    store::feeds::hold(unit, site).await
}

/// Makes `items` of a site due, each with a new revision, so that the site takes the write although
/// nothing changed here. Rows that are not there stay away.
///
/// # Errors
/// When the database refuses it.
pub async fn mark(unit: &mut Unit, site: SiteId, items: &[(Kind, Uuid)], reason: Reason) -> Result<TxnId, Fault> {
    let txn = TxnId::new(unit.now(), &unit.entropy());
    store::feeds::hold(unit, site).await?;
    for (kind, resource) in items {
        store::marks::bump(unit, (site, *kind, *resource), 0, (reason, txn)).await?;
    }
    unit.owe_work();
    Ok(txn)
}

/// Makes one row due with a revision above `rev`, which the site has seen already: it is ahead of us
/// when our database comes from a backup.
///
/// # Errors
/// When the database refuses it.
pub async fn outrun(unit: &mut Unit, site: SiteId, item: (Kind, Uuid), rev: i64, reason: Reason) -> Result<(), Fault> {
    let txn = TxnId::new(unit.now(), &unit.entropy());
    store::feeds::hold(unit, site).await?;
    store::marks::bump(unit, (site, item.0, item.1), rev, (reason, txn)).await?;
    unit.owe_work();
    Ok(())
}

/// Sends one item again, because somebody asked for it.
///
/// # Errors
/// When the database refuses it.
pub async fn retry(unit: &mut Unit, actor: &Actor, site: SiteId, item: (Kind, Uuid)) -> Result<TxnId, Fault> {
    let txn = mark(unit, site, &[item], Reason::Retry).await?;
    audit::record(unit, actor, facts::retried(site, txn)).await?;
    Ok(txn)
}
