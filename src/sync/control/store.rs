//! The tables `sync_items` and `sync_sites`, as far as people change them.

use super::Item;
use crate::kernel::{Fault, SiteId, Timestamp, TxnId};
use crate::platform::store::{Sql, Unit};

/// Why a site is paused that an operator has paused.
pub(super) const BY_OPERATOR: &str = "operator";

/// Makes an unconfirmed copy due at once, with all its tries before it. What is confirmed is left
/// alone: the site would take the same revision for an old one.
pub(super) async fn resend(unit: &mut Unit, site: SiteId, item: Item, txn: TxnId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update sync_items set state = 'due', reason = 'retry', txn = $4, attempts = 0, next_at = $5
             where site_id = $1 and kind = $2 and resource_id = $3 and state <> 'ok'",
        )
        .bind(site)
        .bind(item.kind().as_str())
        .bind(item.resource())
        .bind(txn)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// The same for all that need attention and changed since `since`.
pub(super) async fn resend_all(unit: &mut Unit, site: SiteId, since: Timestamp, txn: TxnId) -> Result<u64, Fault> {
    let now = unit.now();
    unit.sql(
        "update sync_items set state = 'due', reason = 'retry', txn = $3, attempts = 0, next_at = $4
         where site_id = $1 and state = 'attention' and changed_at >= $2",
    )
    .bind(site)
    .bind(since)
    .bind(txn)
    .bind(now)
    .run()
    .await
}

/// Pauses a site. Says whether it was not paused before.
pub(super) async fn pause(unit: &mut Unit, site: SiteId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql("update sync_sites set paused_at = $2, paused_why = $3 where site_id = $1 and paused_at is null")
        .bind(site)
        .bind(now)
        .bind(BY_OPERATOR)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Lets a site go on. Says whether it was paused.
pub(super) async fn resume(unit: &mut Unit, site: SiteId) -> Result<bool, Fault> {
    let rows = unit
        .sql(
            "update sync_sites set paused_at = null, paused_why = null
             where site_id = $1 and paused_at is not null",
        )
        .bind(site)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Compares a site next.
pub(super) async fn compare_now(unit: &mut Unit, site: SiteId) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql("update sync_sites set compare_at = $2 where site_id = $1").bind(site).bind(now).run().await?;
    Ok(())
}
