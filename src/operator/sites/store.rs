//! The organizations at a site, with their names, for a page (decision 8). What is said of them is
//! read and written by `sites::approvals`.

use crate::kernel::{Fault, OrganizationId, OrganizationName, SiteId, Timestamp};
use crate::platform::store::Sql;

/// An organization in the list of a site.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Standing {
    pub(super) id: OrganizationId,
    pub(super) name: OrganizationName,
    pub(super) city: Option<String>,
    pub(super) state: Option<String>,
    /// The agency's word; `None` when it has said nothing.
    pub(super) status: Option<String>,
    pub(super) said_at: Option<Timestamp>,
    pub(super) valid_until: Option<Timestamp>,
    pub(super) linked_at: Option<Timestamp>,
}

/// The organizations that stand at a site, stood there or asked to, whose name contains `part` (lower
/// case, with what `like` reads as more than a letter escaped); by name.
pub(super) async fn organizations(
    on: &mut impl Sql,
    site: SiteId,
    part: String,
    (skip, most): (i64, i64),
) -> Result<Vec<Standing>, Fault> {
    on.sql(
        r"select o.id, o.name, o.city, o.state, w.status, w.updated_at as said_at, w.valid_until, l.linked_at
          from (select organization_id from site_approvals where site_id = $1
                union select organization_id from site_links where site_id = $1) x
          join organizations o on o.id = x.organization_id
          left join site_approvals w on w.site_id = $1 and w.organization_id = o.id
          left join site_links l on l.site_id = $1 and l.organization_id = o.id
          where lower(o.name) like '%' || $2 || '%' escape '\'
          order by o.name, o.id limit $3 offset $4",
    )
    .bind(site)
    .bind(part)
    .bind(most)
    .bind(skip)
    .all()
    .await
}
