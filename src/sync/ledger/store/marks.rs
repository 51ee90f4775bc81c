//! Making rows due although nothing changed here.

use uuid::Uuid;

use crate::kernel::{Fault, SiteId, TxnId};
use crate::platform::store::{Sql, Unit};
use crate::sync::ledger::{Kind, Reason};

/// Makes one row due with a revision above `rev` and above all that there were. The feed has to be
/// held. Says whether there is such a row.
pub(in crate::sync::ledger) async fn bump(
    unit: &mut Unit,
    (site, kind, resource): (SiteId, Kind, Uuid),
    rev: i64,
    (reason, txn): (Reason, TxnId),
) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update sync_items set
                 want_rev = 1 + case when want_rev >= acked_rev and want_rev >= $4 then want_rev
                                     when acked_rev >= $4 then acked_rev else $4 end,
                 seq = (select max(i.seq) + 1 from sync_items i where i.site_id = $1),
                 first_due_at = case when state = 'ok' then $7 else first_due_at end,
                 state = 'due', reason = $5, txn = $6, attempts = 0, next_at = $7, changed_at = $7
             where site_id = $1 and kind = $2 and resource_id = $3",
        )
        .bind(site)
        .bind(kind.as_str())
        .bind(resource)
        .bind(rev)
        .bind(reason.as_str())
        .bind(txn)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}
