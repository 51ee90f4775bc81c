//! The table `site_blocks`.

use crate::kernel::{AccountId, Fault, SiteId};
use crate::platform::store::{Sql, Unit};

/// Notes a block. Says whether it is new.
pub(super) async fn insert(unit: &mut Unit, site: SiteId, account: AccountId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "insert into site_blocks (site_id, account_id, blocked_at) values ($1, $2, $3)
             on conflict (site_id, account_id) do nothing",
        )
        .bind(site)
        .bind(account)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Forgets a block. Says whether there was one.
pub(super) async fn delete(unit: &mut Unit, site: SiteId, account: AccountId) -> Result<bool, Fault> {
    let rows = unit
        .sql("delete from site_blocks where site_id = $1 and account_id = $2")
        .bind(site)
        .bind(account)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Whether there is a block.
pub(super) async fn exists(on: &mut impl Sql, site: SiteId, account: AccountId) -> Result<bool, Fault> {
    let found: Option<i64> = on
        .sql("select count(*) from site_blocks where site_id = $1 and account_id = $2")
        .bind(site)
        .bind(account)
        .scalar()
        .await?;
    Ok(found.unwrap_or_default() > 0)
}
