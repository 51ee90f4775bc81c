//! The column `external_id` of `sync_items`.

use uuid::Uuid;

use crate::kernel::{Fault, OrganizationId, SiteId};
use crate::platform::store::{Sql, Unit};

/// People whose name at the site is open, with their public subjects.
pub(super) async fn without_name(on: &mut impl Sql, site: SiteId, most: i64) -> Result<Vec<(Uuid, String)>, Fault> {
    on.sql(
        "select i.resource_id, a.subject from sync_items i join accounts a on a.id = i.resource_id
         where i.site_id = $1 and i.kind = 'user' and i.external_id is null order by i.resource_id limit $2",
    )
    .bind(site)
    .bind(most)
    .all()
    .await
}

/// Fills in a name that is open.
pub(super) async fn name(unit: &mut Unit, site: SiteId, account: Uuid, name: String) -> Result<(), Fault> {
    unit.sql(
        "update sync_items set external_id = $3
         where site_id = $1 and kind = 'user' and resource_id = $2 and external_id is null",
    )
    .bind(site)
    .bind(account)
    .bind(name)
    .run()
    .await?;
    Ok(())
}

pub(super) async fn by_name(on: &mut impl Sql, site: SiteId, name: &str) -> Result<Option<Uuid>, Fault> {
    on.sql("select resource_id from sync_items where site_id = $1 and kind = 'user' and external_id = $2")
        .bind(site)
        .bind(name.to_owned())
        .scalar()
        .await
}

pub(super) async fn organization(on: &mut impl Sql, site: SiteId, id: OrganizationId) -> Result<Option<Uuid>, Fault> {
    on.sql("select resource_id from sync_items where site_id = $1 and kind = 'organization' and resource_id = $2")
        .bind(site)
        .bind(id)
        .scalar()
        .await
}
