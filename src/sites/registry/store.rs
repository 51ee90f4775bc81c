//! The table `sites`.

use super::{SiteUrl, service::NewSite};
use crate::kernel::{AddressLine, Fault, SiteId, SiteName};
use crate::organizations::UsState;
use crate::platform::store::{Sql, Unit};

/// A site as it stands in the table.
#[derive(sqlx::FromRow)]
pub(super) struct SiteRow {
    pub(super) id: SiteId,
    pub(super) kind: String,
    pub(super) name: SiteName,
    pub(super) url: SiteUrl,
    pub(super) scim_url: Option<String>,
    pub(super) require_approval: bool,
    pub(super) county: Option<AddressLine>,
    pub(super) state: Option<UsState>,
    pub(super) per_second: i64,
    pub(super) pairwise: bool,
}

pub(super) async fn insert(unit: &mut Unit, id: SiteId, new: NewSite) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "insert into sites (id, kind, name, url, scim_url, require_approval, county, state, per_second, pairwise, contact,
                            status, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'active', $12, $12)",
    )
    .bind(id)
    .bind(new.kind.as_str())
    .bind(new.name)
    .bind(new.url)
    .bind(new.scim_url)
    .bind(new.require_approval)
    .bind(new.county)
    .bind(new.state)
    .bind(new.per_second)
    .bind(new.pairwise)
    .bind(new.contact)
    .bind(now)
    .run()
    .await?;
    Ok(())
}

pub(super) async fn all(on: &mut impl Sql) -> Result<Vec<SiteRow>, Fault> {
    on.sql(
        "select id, kind, name, url, scim_url, require_approval, county, state, per_second, pairwise
         from sites where status = 'active' order by name, id",
    )
    .all()
    .await
}

pub(super) async fn by_id(on: &mut impl Sql, id: SiteId) -> Result<Option<SiteRow>, Fault> {
    on.sql(
        "select id, kind, name, url, scim_url, require_approval, county, state, per_second, pairwise
         from sites where id = $1 and status = 'active'",
    )
    .bind(id)
    .maybe()
    .await
}

/// Removes a site. Says whether it was still there.
pub(super) async fn remove(unit: &mut Unit, id: SiteId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update sites set status = 'removed', removed_at = $2, updated_at = $2 where id = $1 and status = 'active'",
        )
        .bind(id)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}
