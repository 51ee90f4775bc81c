//! How organizations stand to a site, for the pages of the site.

use crate::kernel::{Fault, Json, OrganizationId, OrganizationName, SiteId, Timestamp};
use crate::platform::store::Sql;

/// An organization, the word that counts, and how far the site has come.
#[derive(sqlx::FromRow)]
pub(in crate::sync::api) struct OrganizationRow {
    pub(in crate::sync::api) id: OrganizationId,
    pub(in crate::sync::api) name: OrganizationName,
    pub(in crate::sync::api) city: Option<String>,
    pub(in crate::sync::api) state: Option<String>,
    pub(in crate::sync::api) word: Option<String>,
    pub(in crate::sync::api) roles: Option<Json<Vec<String>>>,
    pub(in crate::sync::api) reason: Option<String>,
    pub(in crate::sync::api) requested_at: Option<Timestamp>,
    pub(in crate::sync::api) decided_at: Option<Timestamp>,
    pub(in crate::sync::api) valid_until: Option<Timestamp>,
    pub(in crate::sync::api) is_linked: bool,
    pub(in crate::sync::api) users: i64,
    pub(in crate::sync::api) confirmed: i64,
    pub(in crate::sync::api) last_synced_at: Option<Timestamp>,
    pub(in crate::sync::api) proven_at: Option<Timestamp>,
}

macro_rules! organizations {
    ($which:literal, $rest:literal) => {
        concat!(
            "select o.id, o.name, o.city, o.state, w.status as word, w.roles, w.reason, w.requested_at,
                    w.updated_at as decided_at, w.valid_until,
                    case when l.site_id is null then false else true end as is_linked,
                    (select count(*) from sync_items i
                     where i.organization_id = o.id and i.site_id = $1 and i.kind = 'user' and i.want = 'present') as users,
                    (select count(*) from sync_items i
                     where i.organization_id = o.id and i.site_id = $1 and i.kind = 'user' and i.want = 'present'
                           and i.acked_rev >= i.want_rev) as confirmed,
                    (select max(i.acked_at) from sync_items i
                     where i.organization_id = o.id and i.site_id = $1) as last_synced_at,
                    (select s.proven_at from sync_sites s where s.site_id = $1) as proven_at
             from ", $which, " o
             left join site_approvals w on w.site_id = $1 and w.organization_id = o.id
             left join site_links l on l.site_id = $1 and l.organization_id = o.id
             ", $rest
        )
    };
}

/// Organizations that have to do with the site and whose folded names match `pattern`, by name.
pub(in crate::sync::api) async fn known(
    on: &mut impl Sql,
    site: SiteId,
    pattern: String,
    most: i64,
) -> Result<Vec<OrganizationRow>, Fault> {
    on.sql(organizations!(
        "(select k.* from organizations k
          where k.id in (select organization_id from site_approvals where site_id = $1
                         union select organization_id from site_links where site_id = $1)
                and k.status <> 'deleted' and k.name_folded like $2 escape '!'
          order by k.name_folded, k.id limit $3)",
        "order by o.name_folded, o.id"
    ))
    .bind(site)
    .bind(pattern)
    .bind(most)
    .all()
    .await
}

/// One organization that is not deleted, whether it has to do with the site or not.
pub(in crate::sync::api) async fn one(
    on: &mut impl Sql,
    site: SiteId,
    id: OrganizationId,
) -> Result<Option<OrganizationRow>, Fault> {
    on.sql(organizations!("organizations", "where o.id = $2 and o.status <> 'deleted'"))
        .bind(site)
        .bind(id)
        .maybe()
        .await
}
