//! People at sites.

use crate::kernel::{AccountId, Fault, Leaf, MembershipId, OrganizationId, PersonName, SiteId, SiteName, leaf};
use crate::platform::store::Sql;
use crate::sync::pages::readiness::CopyRow;

/// How many people a page lists.
const PAGE: i64 = 50;

/// A person of an organization, and their copy at a site.
#[derive(sqlx::FromRow)]
pub(in crate::sync::pages) struct PersonRow {
    pub(in crate::sync::pages) membership: MembershipId,
    pub(in crate::sync::pages) given_name: PersonName,
    pub(in crate::sync::pages) family_name: PersonName,
    #[sqlx(flatten)]
    pub(in crate::sync::pages) copy: CopyRow,
}

/// Page number `page` (from 1) of an organization's people at a site; of one person, if `only` is given.
pub(in crate::sync::pages) async fn at_site(
    on: &mut impl Sql,
    (organization, site): (OrganizationId, SiteId),
    only: Option<AccountId>,
    page: i64,
) -> Result<Leaf<PersonRow>, Fault> {
    let (skip, most) = leaf::span(page, PAGE);
    let read = on
        .sql(
        "select m.id as membership, a.given_name, a.family_name, i.want, i.want_rev, i.acked_rev, i.acked_at,
                i.state as sync_state, b.blocked_at, a.email_verified_at, m.disabled_at
         from memberships m
         join accounts a on a.id = m.account_id
         left join sync_items i on i.site_id = $2 and i.kind = 'user' and i.resource_id = m.account_id and i.organization_id = $1
         left join site_blocks b on b.site_id = $2 and b.account_id = m.account_id
         where m.organization_id = $1 and m.ended_at is null and m.account_id = coalesce($3, m.account_id)
         order by m.listed_as, m.id limit $4 offset $5",
    )
    .bind(organization)
    .bind(site)
    .bind(only)
    .bind(most)
    .bind(skip)
    .all()
    .await?;
    Ok(Leaf::of(read, PAGE))
}

/// A site, and a person's copy there.
#[derive(sqlx::FromRow)]
pub(in crate::sync::pages) struct ThereRow {
    pub(in crate::sync::pages) id: SiteId,
    pub(in crate::sync::pages) name: SiteName,
    pub(in crate::sync::pages) kind: String,
    #[sqlx(flatten)]
    pub(in crate::sync::pages) copy: CopyRow,
}

/// The sites where a person of an organization stands, or should stand because all of it do.
pub(in crate::sync::pages) async fn of_person(
    on: &mut impl Sql,
    organization: OrganizationId,
    account: AccountId,
) -> Result<Vec<ThereRow>, Fault> {
    on.sql(
        "select t.id, t.name, t.kind, i.want, i.want_rev, i.acked_rev, i.acked_at, i.state as sync_state, b.blocked_at,
                a.email_verified_at, m.disabled_at
         from sites t
         join accounts a on a.id = $2
         join memberships m on m.account_id = $2 and m.organization_id = $1 and m.ended_at is null
         left join sync_items i on i.site_id = t.id and i.kind = 'user' and i.resource_id = $2 and i.organization_id = $1
         left join site_blocks b on b.site_id = t.id and b.account_id = $2
         left join site_approvals w on w.site_id = t.id and w.organization_id = $1 and w.status = 'approved'
         left join site_links l on l.site_id = t.id and l.organization_id = $1
         where t.status = 'active' and (i.site_id is not null or w.site_id is not null or l.site_id is not null)
         order by t.name, t.id limit 500",
    )
    .bind(organization)
    .bind(account)
    .all()
    .await
}
