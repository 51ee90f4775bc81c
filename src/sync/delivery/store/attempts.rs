//! The table `sync_attempts`: the delivery log.

use crate::kernel::{AttemptId, Fault, SiteId, Timestamp};
use crate::platform::store::{Sql, Unit};
use crate::sync::delivery::{client::Attempt, model::Due};

/// Notes what was said to a site about one item.
pub(in crate::sync::delivery) async fn note(
    unit: &mut Unit,
    site: SiteId,
    (due, rev): (&Due, i64),
    attempts: Vec<Attempt>,
) -> Result<(), Fault> {
    for attempt in attempts {
        let id = AttemptId::new(unit.now(), &unit.entropy());
        unit.sql(
            "insert into sync_attempts (id, site_id, kind, resource_id, rev, txn, method, began_at, millis, http_status, answer)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(id)
        .bind(site)
        .bind(due.kind.as_str())
        .bind(due.resource)
        .bind(rev)
        .bind(due.txn)
        .bind(attempt.method)
        .bind(attempt.began_at)
        .bind(attempt.millis)
        .bind(attempt.status.map(i64::from))
        .bind(attempt.answer)
        .run()
        .await?;
    }
    Ok(())
}

/// Forgets attempts that began before `before`.
pub(in crate::sync::delivery) async fn forget(unit: &mut Unit, before: Timestamp) -> Result<u64, Fault> {
    unit.sql("delete from sync_attempts where began_at < $1").bind(before).run().await
}
