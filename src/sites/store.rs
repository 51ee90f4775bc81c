//! The tables `sites`, `site_approvals` and `site_links`.

use super::{SiteUrl, service::NewSite};
use crate::kernel::{AccountId, ApprovalId, Fault, Json, OrganizationId, SiteId, SiteName};
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
}

pub(super) async fn insert(unit: &mut Unit, id: SiteId, new: NewSite) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "insert into sites (id, kind, name, url, scim_url, require_approval, status, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, 'active', $7, $7)",
    )
    .bind(id)
    .bind(new.kind.as_str())
    .bind(new.name)
    .bind(new.url)
    .bind(new.scim_url)
    .bind(new.require_approval)
    .bind(now)
    .run()
    .await?;
    Ok(())
}

pub(super) async fn all(on: &mut impl Sql) -> Result<Vec<SiteRow>, Fault> {
    on.sql(
        "select id, kind, name, url, scim_url, require_approval from sites where status = 'active' order by name, id",
    )
    .all()
    .await
}

pub(super) async fn by_id(on: &mut impl Sql, id: SiteId) -> Result<Option<SiteRow>, Fault> {
    on.sql("select id, kind, name, url, scim_url, require_approval from sites where id = $1 and status = 'active'")
        .bind(id)
        .maybe()
        .await
}

/// Removes a site. Says whether it was still there.
pub(super) async fn remove(unit: &mut Unit, id: SiteId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql("update sites set status = 'removed', updated_at = $2 where id = $1 and status = 'active'")
        .bind(id)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Approves, whatever was said before; the revision grows.
pub(super) async fn approve(
    unit: &mut Unit,
    site: SiteId,
    organization: OrganizationId,
    roles: Vec<String>,
    by: String,
) -> Result<(), Fault> {
    let now = unit.now();
    let id = ApprovalId::new(now, &unit.entropy());
    unit.sql(
        "insert into site_approvals (id, site_id, organization_id, status, roles, decided_by, approved_at, rev, updated_at)
         values ($1, $2, $3, 'approved', $4, $5, $6, 1, $6)
         on conflict (site_id, organization_id) do update set
             status = 'approved', roles = excluded.roles, decided_by = excluded.decided_by, reason = null,
             valid_until = null, approved_at = excluded.approved_at, rev = site_approvals.rev + 1, updated_at = excluded.updated_at",
    )
    .bind(id)
    .bind(site)
    .bind(organization)
    .bind(Json(roles))
    .bind(by)
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// Ends an approval. Says whether there was one.
pub(super) async fn revoke(
    unit: &mut Unit,
    site: SiteId,
    organization: OrganizationId,
    by: String,
) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update site_approvals set status = 'revoked', decided_by = $3, rev = rev + 1, updated_at = $4
             where site_id = $1 and organization_id = $2 and status in ('approved', 'suspended', 'requested')",
        )
        .bind(site)
        .bind(organization)
        .bind(by)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Links an organization to a site. Says whether the link is new.
pub(super) async fn link(
    unit: &mut Unit,
    site: SiteId,
    organization: OrganizationId,
    by: AccountId,
) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "insert into site_links (site_id, organization_id, linked_by, linked_at) values ($1, $2, $3, $4)
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
