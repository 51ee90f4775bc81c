//! Which sites a person or an organization concerns.

use uuid::Uuid;

use crate::kernel::{AccountId, Fault, OrganizationId, SiteId};
use crate::platform::store::Sql;

/// The organizations whose turn has to be taken with that of a person: where they are now, and for
/// which they stand at sites.
pub(in crate::sync::ledger) async fn organizations_of(
    on: &mut impl Sql,
    account: AccountId,
) -> Result<Vec<Uuid>, Fault> {
    let rows: Vec<(Uuid,)> = on
        .sql(
            "select organization_id from memberships where account_id = $1 and ended_at is null
             union select organization_id from sync_items
             where resource_id = $1 and kind = 'user' and organization_id is not null",
        )
        .bind(account)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The sites where a person stands, or may stand from now on.
pub(in crate::sync::ledger) async fn sites_of_person(
    on: &mut impl Sql,
    account: AccountId,
) -> Result<Vec<SiteId>, Fault> {
    let rows: Vec<(SiteId,)> = on
        .sql(
            "select site_id from sync_items where resource_id = $1
             union select site_id from site_visits where account_id = $1 and ended_at is null
             union select w.site_id from memberships m join site_approvals w on w.organization_id = m.organization_id
                   where m.account_id = $1 and m.ended_at is null
             union select l.site_id from memberships m join site_links l on l.organization_id = m.organization_id
                   where m.account_id = $1 and m.ended_at is null",
        )
        .bind(account)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The sites that hold what an organization says of itself.
pub(in crate::sync::ledger) async fn sites_of_profile(
    on: &mut impl Sql,
    organization: OrganizationId,
) -> Result<Vec<SiteId>, Fault> {
    let rows: Vec<(SiteId,)> =
        on.sql("select site_id from sync_items where resource_id = $1").bind(organization).all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The sites where an organization or anybody of it stands, or may stand from now on.
pub(in crate::sync::ledger) async fn sites_of_organization(
    on: &mut impl Sql,
    organization: OrganizationId,
) -> Result<Vec<SiteId>, Fault> {
    let rows: Vec<(SiteId,)> = on
        .sql(
            "select site_id from sync_items where organization_id = $1
             union select site_id from sync_items where resource_id = $1
             union select site_id from site_approvals where organization_id = $1
             union select site_id from site_links where organization_id = $1
             union select v.site_id from memberships m join site_visits v on v.account_id = m.account_id
                   where m.organization_id = $1 and m.ended_at is null and v.ended_at is null",
        )
        .bind(organization)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
