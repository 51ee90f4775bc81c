//! The tables `organizations` and `memberships`.

use super::{Organization, Role, service::NewOrganization};
use crate::kernel::{AccountId, Fault, MembershipId, OrganizationId, OrganizationName};
use crate::platform::store::{Sql, Unit};

pub(super) async fn insert(unit: &mut Unit, id: OrganizationId, new: NewOrganization) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "insert into organizations (id, name, name_folded, city, state, status, rev, created_at, updated_at)
         values ($1, $2, $3, $4, $5, 'active', 1, $6, $6)",
    )
    .bind(id)
    .bind(new.name.clone())
    .bind(new.name.folded())
    .bind(new.city)
    .bind(new.state)
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// Adds a membership; the indexes refuse a second founder and a second place of one person.
pub(super) async fn insert_membership(
    unit: &mut Unit,
    organization: OrganizationId,
    account: AccountId,
    role: Role,
) -> Result<(), Fault> {
    let now = unit.now();
    let id = MembershipId::new(now, &unit.entropy());
    unit.sql("insert into memberships (id, organization_id, account_id, role, joined_at) values ($1, $2, $3, $4, $5)")
        .bind(id)
        .bind(organization)
        .bind(account)
        .bind(role.as_str())
        .bind(now)
        .run()
        .await?;
    Ok(())
}

/// Lets the revision grow, if the organization is there and active.
pub(super) async fn grow(unit: &mut Unit, id: OrganizationId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql("update organizations set rev = rev + 1, updated_at = $2 where id = $1 and status = 'active'")
        .bind(id)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

pub(super) async fn by_id(on: &mut impl Sql, id: OrganizationId) -> Result<Option<Organization>, Fault> {
    on.sql("select id, name, city, state, rev from organizations where id = $1 and status <> 'deleted'")
        .bind(id)
        .maybe()
        .await
}

pub(super) async fn by_name(on: &mut impl Sql, folded: &str) -> Result<Vec<Organization>, Fault> {
    on.sql("select id, name, city, state, rev from organizations where name_folded = $1 and status <> 'deleted' order by id limit 50")
        .bind(folded.to_owned())
        .all()
        .await
}

/// A row of [`place_of`].
#[derive(sqlx::FromRow)]
pub(super) struct PlaceRow {
    pub(super) organization_id: OrganizationId,
    pub(super) name: OrganizationName,
    pub(super) role: String,
    pub(super) rev: i64,
}

/// The person's place in an active organization; the oldest one, when there are several.
pub(super) async fn place_of(on: &mut impl Sql, account: AccountId) -> Result<Option<PlaceRow>, Fault> {
    on.sql(
        "select m.organization_id, o.name, m.role, o.rev
         from memberships m join organizations o on o.id = m.organization_id
         where m.account_id = $1 and m.ended_at is null and o.status = 'active' order by m.joined_at, m.id limit 1",
    )
    .bind(account)
    .maybe()
    .await
}
