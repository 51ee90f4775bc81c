//! What belongs to one cause, in the table `sync_items`.

use uuid::Uuid;

use crate::kernel::{Fault, SiteId, TxnId};
use crate::platform::store::Sql;
use crate::sync::delivery::Progress;

/// A copy that belongs to a cause.
#[derive(sqlx::FromRow)]
pub(in crate::sync::api) struct ItemRow {
    pub(in crate::sync::api) kind: String,
    pub(in crate::sync::api) resource_id: Uuid,
    pub(in crate::sync::api) external_id: Option<String>,
    pub(in crate::sync::api) state: String,
}

/// The copies of a cause: its own, and for a resync whatever else of its organization is not confirmed. A
/// copy that became due anew belongs to the newer cause, and is still what the older one waits for.
macro_rules! items {
    ($what:literal, $rest:literal) => {
        concat!(
            "select ",
            $what,
            " from (select kind, resource_id, external_id, state from sync_items where txn = $2 and site_id = $1
                    union
                    select kind, resource_id, external_id, state from sync_items
                    where site_id = $1 and state <> 'ok' and organization_id in (
                        select t.organization_id from sync_txns t where t.id = $2 and t.site_id = $1)) i ",
            $rest
        )
    };
}

/// How many copies belong to a cause, and how many of them are confirmed.
pub(in crate::sync::api) async fn progress(on: &mut impl Sql, site: SiteId, txn: TxnId) -> Result<Progress, Fault> {
    let row = on
        .sql(items!(
            "count(*) as total, coalesce(sum(case when state = 'ok' then 1 else 0 end), 0) as confirmed,
             coalesce(sum(case when state = 'attention' then 1 else 0 end), 0) as attention",
            ""
        ))
        .bind(site)
        .bind(txn)
        .maybe()
        .await?;
    Ok(row.unwrap_or_default())
}

/// Up to `most` of the copies, those first that are not confirmed.
pub(in crate::sync::api) async fn items(
    on: &mut impl Sql,
    site: SiteId,
    txn: TxnId,
    most: i64,
) -> Result<Vec<ItemRow>, Fault> {
    on.sql(items!(
        "kind, resource_id, external_id, state",
        "order by case when state = 'ok' then 1 else 0 end, kind, resource_id limit $3"
    ))
    .bind(site)
    .bind(txn)
    .bind(most)
    .all()
    .await
}

/// Whether somebody at this site, or for it, asked for something that has this name.
pub(in crate::sync::api) async fn is_noted(on: &mut impl Sql, site: SiteId, txn: TxnId) -> Result<bool, Fault> {
    let found: Option<i64> =
        on.sql("select count(*) from sync_txns where id = $2 and site_id = $1").bind(site).bind(txn).scalar().await?;
    Ok(found.unwrap_or_default() > 0)
}
