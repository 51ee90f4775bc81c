//! The table `sites`, as far as the operator changes it.

use super::Details;
use crate::kernel::{AddressLine, EmailAddress, Fault, OrganizationId, SiteId, SiteName, Timestamp};
use crate::organizations::UsState;
use crate::platform::store::{Sql, Unit};
use crate::sites::SiteUrl;

/// A site's details as they stand in the table.
#[derive(sqlx::FromRow)]
pub(super) struct DetailsRow {
    pub(super) name: SiteName,
    pub(super) url: SiteUrl,
    pub(super) county: Option<AddressLine>,
    pub(super) state: Option<UsState>,
    pub(super) scim_url: Option<String>,
    pub(super) require_approval: bool,
    pub(super) per_second: i64,
    pub(super) contact: Option<EmailAddress>,
    pub(super) created_at: Timestamp,
}

pub(super) async fn find(on: &mut impl Sql, site: SiteId) -> Result<Option<DetailsRow>, Fault> {
    on.sql(
        "select name, url, county, state, scim_url, require_approval, per_second, contact, created_at from sites
         where id = $1 and status = 'active'",
    )
    .bind(site)
    .maybe()
    .await
}

/// Writes the details, unless `required` (whether approvals were needed) is no longer so: what follows
/// from that word is recorded by whoever changed it. Says whether it did.
pub(super) async fn update(unit: &mut Unit, site: SiteId, new: Details, required: bool) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update sites set name = $2, url = $3, scim_url = $4, require_approval = $5, per_second = $6, contact = $9,
                    county = $10, state = $11, updated_at = $7
             where id = $1 and status = 'active' and require_approval = $8",
        )
        .bind(site)
        .bind(new.name)
        .bind(new.url)
        .bind(new.scim_url.map(|url| url.to_string()))
        .bind(new.require_approval)
        .bind(i64::from(new.per_second))
        .bind(now)
        .bind(required)
        .bind(new.contact)
        .bind(new.county)
        .bind(new.state)
        .run()
        .await?;
    Ok(rows == 1)
}

/// The organizations that are linked to a site.
pub(super) async fn linked(on: &mut impl Sql, site: SiteId) -> Result<Vec<OrganizationId>, Fault> {
    let rows: Vec<(OrganizationId,)> =
        on.sql("select organization_id from site_links where site_id = $1").bind(site).all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
