//! Sites, and how one organization stands to each.

use crate::kernel::{Fault, Json, OrganizationId, SiteId, SiteName, Timestamp};
use crate::platform::store::Sql;
use crate::sites::{Family, SiteUrl};

/// A site beside the agency's word on one organization, its link, and how the site is doing.
#[derive(sqlx::FromRow)]
pub(in crate::sync::pages) struct SiteRow {
    pub(in crate::sync::pages) id: SiteId,
    pub(in crate::sync::pages) kind: String,
    pub(in crate::sync::pages) name: SiteName,
    pub(in crate::sync::pages) url: SiteUrl,
    pub(in crate::sync::pages) county: Option<String>,
    pub(in crate::sync::pages) state: Option<String>,
    pub(in crate::sync::pages) require_approval: bool,
    pub(in crate::sync::pages) status: Option<String>,
    pub(in crate::sync::pages) said_at: Option<Timestamp>,
    pub(in crate::sync::pages) roles: Option<Json<Vec<String>>>,
    pub(in crate::sync::pages) reason: Option<String>,
    pub(in crate::sync::pages) valid_until: Option<Timestamp>,
    pub(in crate::sync::pages) requested_at: Option<Timestamp>,
    pub(in crate::sync::pages) linked_at: Option<Timestamp>,
    pub(in crate::sync::pages) trouble: Option<String>,
    pub(in crate::sync::pages) proven_at: Option<Timestamp>,
}

macro_rules! sites {
    ($which:literal) => {
        concat!(
            "select t.id, t.kind, t.name, t.url, t.county, t.state, t.require_approval, w.status, w.updated_at as said_at, w.roles,
                    w.reason, w.valid_until, w.requested_at, l.linked_at, s.trouble, s.proven_at
             from sites t
             left join site_approvals w on w.site_id = t.id and w.organization_id = $1
             left join site_links l on l.site_id = t.id and l.organization_id = $1
             left join sync_sites s on s.site_id = t.id
             where t.status = 'active' and ",
            $which,
            " order by t.name, t.id limit 2000"
        )
    };
}

/// The name of a site, also of one that was removed.
pub(in crate::sync::pages) async fn name(on: &mut impl Sql, id: SiteId) -> Result<Option<SiteName>, Fault> {
    on.sql("select name from sites where id = $1").bind(id).scalar().await
}

/// All sites of a family, by name.
pub(in crate::sync::pages) async fn of_family(
    on: &mut impl Sql,
    organization: OrganizationId,
    family: Family,
) -> Result<Vec<SiteRow>, Fault> {
    on.sql(sites!("t.kind = $2")).bind(organization).bind(family.as_str()).all().await
}

/// One site.
pub(in crate::sync::pages) async fn one(
    on: &mut impl Sql,
    organization: OrganizationId,
    site: SiteId,
) -> Result<Option<SiteRow>, Fault> {
    on.sql(sites!("t.id = $2")).bind(organization).bind(site).maybe().await
}

/// How far a site has confirmed what it should hold of an organization.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub(in crate::sync::pages) struct Counts {
    /// Its people who should be there.
    pub(in crate::sync::pages) users: i64,
    /// Those of them whom the site has confirmed.
    pub(in crate::sync::pages) confirmed: i64,
    /// Everything that it has not confirmed: people who left, and the organization itself, too.
    pub(in crate::sync::pages) owed: i64,
    /// When it last confirmed anything.
    pub(in crate::sync::pages) last_at: Option<Timestamp>,
}

/// The counts at one of several sites.
#[derive(sqlx::FromRow)]
pub(in crate::sync::pages) struct CountsRow {
    pub(in crate::sync::pages) site_id: SiteId,
    #[sqlx(flatten)]
    pub(in crate::sync::pages) counts: Counts,
}

macro_rules! counts {
    ($which:literal) => {
        concat!(
            "select i.site_id,
                    count(case when i.kind = 'user' and i.want = 'present' then 1 end) as users,
                    count(case when i.kind = 'user' and i.want = 'present' and i.acked_rev >= i.want_rev then 1 end) as confirmed,
                    count(case when i.acked_rev < i.want_rev then 1 end) as owed,
                    max(i.acked_at) as last_at
             from sync_items i where i.organization_id = $1 ",
            $which,
            " group by i.site_id"
        )
    };
}

/// The counts at every site.
pub(in crate::sync::pages) async fn counts(
    on: &mut impl Sql,
    organization: OrganizationId,
) -> Result<Vec<CountsRow>, Fault> {
    on.sql(counts!("")).bind(organization).all().await
}

/// The counts at one site.
pub(in crate::sync::pages) async fn counts_at(
    on: &mut impl Sql,
    organization: OrganizationId,
    site: SiteId,
) -> Result<Option<Counts>, Fault> {
    on.sql(counts!("and i.site_id = $2")).bind(organization).bind(site).maybe().await
}
