//! The feed in the table `sync_items`.

use super::model::Entry;
use crate::kernel::{Fault, SiteId};
use crate::platform::store::Sql;

/// The next entries after the place `after`.
pub(super) async fn entries(on: &mut impl Sql, site: SiteId, after: i64, most: i64) -> Result<Vec<Entry>, Fault> {
    on.sql(
        "select seq, kind, resource_id, external_id, want, want_rev, reason, txn, changed_at
         from sync_items where site_id = $1 and seq > $2 order by seq limit $3",
    )
    .bind(site)
    .bind(after)
    .bind(most)
    .all()
    .await
}

/// The end of a site's feed; 0 while it is empty.
pub(super) async fn end(on: &mut impl Sql, site: SiteId) -> Result<i64, Fault> {
    let end: Option<i64> =
        on.sql("select coalesce(max(seq), 0) from sync_items where site_id = $1").bind(site).scalar().await?;
    Ok(end.unwrap_or_default())
}
