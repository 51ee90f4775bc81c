//! The table `site_visits`.

use crate::kernel::{AccountId, Fault, OrganizationId, SiteId};
use crate::platform::store::{Sql, Unit};

/// Begins a visit, or begins it anew. Says whether none stood.
pub(super) async fn begin(unit: &mut Unit, site: SiteId, account: AccountId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "insert into site_visits (site_id, account_id, visited_at) values ($1, $2, $3)
             on conflict (site_id, account_id) do update set visited_at = excluded.visited_at, ended_at = null
             where site_visits.ended_at is not null",
        )
        .bind(site)
        .bind(account)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Ends one visit. Says whether it stood.
pub(super) async fn end(unit: &mut Unit, site: SiteId, account: AccountId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql("update site_visits set ended_at = $3 where site_id = $1 and account_id = $2 and ended_at is null")
        .bind(site)
        .bind(account)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Ends all visits of a person.
pub(super) async fn end_of_person(unit: &mut Unit, account: AccountId) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql("update site_visits set ended_at = $2 where account_id = $1 and ended_at is null")
        .bind(account)
        .bind(now)
        .run()
        .await?;
    Ok(())
}

/// Ends the visits of an organization's people at one site.
pub(in crate::sites) async fn end_of_organization(
    unit: &mut Unit,
    site: SiteId,
    organization: OrganizationId,
) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "update site_visits set ended_at = $3 where site_id = $1 and ended_at is null
           and account_id in (select m.account_id from memberships m where m.organization_id = $2 and m.ended_at is null)",
    )
    .bind(site)
    .bind(organization)
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// Ends the visits of an organization's people everywhere.
pub(super) async fn end_of_people(unit: &mut Unit, organization: OrganizationId) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "update site_visits set ended_at = $2 where ended_at is null
           and account_id in (select m.account_id from memberships m where m.organization_id = $1 and m.ended_at is null)",
    )
    .bind(organization)
    .bind(now)
    .run()
    .await?;
    Ok(())
}
