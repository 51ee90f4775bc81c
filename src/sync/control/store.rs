//! The tables `sync_items` and `sync_sites`, as far as people change them.

use crate::kernel::{Fault, SiteId, Timestamp, TxnId};
use crate::platform::store::{Sql, Unit};

/// Makes what needs attention and changed since `since` due at once, with all its tries before it.
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

/// Holds a site. Says whether it was not held before.
pub(super) async fn hold(unit: &mut Unit, site: SiteId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql("update sync_sites set held_at = $2 where site_id = $1 and held_at is null")
        .bind(site)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Lets a site go. Says whether it was held.
pub(super) async fn let_go(unit: &mut Unit, site: SiteId) -> Result<bool, Fault> {
    let rows = unit
        .sql("update sync_sites set held_at = null where site_id = $1 and held_at is not null")
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
