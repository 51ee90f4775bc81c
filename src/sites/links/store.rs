//! The table `site_links`.

use crate::kernel::{AccountId, Fault, OrganizationId, SiteId};
use crate::platform::store::{Sql, Unit};

/// Links, if the site is there, a link opens it, and the agency has not put the organization out. Says
/// whether the link is new.
pub(super) async fn insert(
    unit: &mut Unit,
    site: SiteId,
    organization: OrganizationId,
    by: AccountId,
) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "insert into site_links (site_id, organization_id, linked_by, linked_at)
             select t.id, o.id, $3, $4 from sites t join organizations o on o.id = $2 and o.status = 'active'
             where t.id = $1 and t.status = 'active' and not t.require_approval
                   and not exists (select 1 from site_approvals w
                                   where w.site_id = $1 and w.organization_id = $2 and w.status in ('suspended', 'denied'))
             on conflict (site_id, organization_id) do nothing",
        )
        .bind(site)
        .bind(organization)
        .bind(by)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Ends a link, whatever the agency says.
pub(in crate::sites) async fn delete(unit: &mut Unit, site: SiteId, organization: OrganizationId) -> Result<(), Fault> {
    unit.sql("delete from site_links where site_id = $1 and organization_id = $2")
        .bind(site)
        .bind(organization)
        .run()
        .await?;
    Ok(())
}

/// Ends a link, unless the organization is approved. Says whether there was one to end.
pub(super) async fn delete_unapproved(
    unit: &mut Unit,
    site: SiteId,
    organization: OrganizationId,
) -> Result<bool, Fault> {
    let rows = unit
        .sql(
            "delete from site_links where site_id = $1 and organization_id = $2
               and not exists (select 1 from site_approvals w
                               where w.site_id = $1 and w.organization_id = $2 and w.status = 'approved')",
        )
        .bind(site)
        .bind(organization)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Whether there is a link.
pub(super) async fn exists(on: &mut impl Sql, site: SiteId, organization: OrganizationId) -> Result<bool, Fault> {
    let found: Option<i64> = on
        .sql("select count(*) from site_links where site_id = $1 and organization_id = $2")
        .bind(site)
        .bind(organization)
        .scalar()
        .await?;
    Ok(found.unwrap_or_default() > 0)
}
