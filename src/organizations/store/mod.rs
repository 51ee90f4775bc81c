//! The tables `organizations` and `memberships`. Requests, invitations and hand-overs have stores of
//! their own, beside what is done with them.

pub(super) mod memberships;
pub(super) mod people;

use super::{Organization, Place, Profile};
use crate::kernel::{AccountId, Fault, OrganizationId, OrganizationName};
use crate::platform::store::{Sql, Unit};

pub(super) use memberships::{NewMembership, insert_membership, role_of};

pub(super) async fn insert(unit: &mut Unit, id: OrganizationId, new: Profile) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "insert into organizations (id, name, name_folded, email, street, city, state, postal_code, phone, status, rev, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'active', 1, $10, $10)",
    )
    .bind(id)
    .bind(new.name.clone())
    .bind(new.name.folded())
    .bind(new.email)
    .bind(new.street)
    .bind(new.city)
    .bind(new.state)
    .bind(new.postal_code)
    .bind(new.phone)
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// Lets the revision grow, if the organization is there and active. From then on its row is held.
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

/// Holds the row of an active organization for what changes neither it nor its people, and names it.
pub(super) async fn hold(unit: &mut Unit, id: OrganizationId) -> Result<Option<OrganizationName>, Fault> {
    unit.sql("update organizations set status = status where id = $1 and status = 'active' returning name")
        .bind(id)
        .scalar()
        .await
}

pub(super) async fn by_id(on: &mut impl Sql, id: OrganizationId) -> Result<Option<Organization>, Fault> {
    on.sql("select id, name, city, state, status, rev from organizations where id = $1 and wiped_at is null")
        .bind(id)
        .maybe()
        .await
}

pub(super) async fn by_name(on: &mut impl Sql, folded: &str) -> Result<Vec<Organization>, Fault> {
    on.sql(
        "select id, name, city, state, status, rev from organizations
         where name_folded = $1 and wiped_at is null order by id limit 50",
    )
    .bind(folded.to_owned())
    .all()
    .await
}

/// What an organization says of itself.
pub(super) async fn profile(on: &mut impl Sql, id: OrganizationId) -> Result<Option<Profile>, Fault> {
    on.sql(
        "select name, email, street, city, state, postal_code, phone from organizations
         where id = $1 and status = 'active'",
    )
    .bind(id)
    .maybe()
    .await
}

/// Writes what an organization says of itself; the row is held.
pub(super) async fn set_profile(unit: &mut Unit, id: OrganizationId, profile: Profile) -> Result<(), Fault> {
    unit.sql(
        "update organizations set name = $2, name_folded = $3, email = $4, street = $5, city = $6, state = $7,
                                  postal_code = $8, phone = $9
         where id = $1 and status = 'active'",
    )
    .bind(id)
    .bind(profile.name.clone())
    .bind(profile.name.folded())
    .bind(profile.email)
    .bind(profile.street)
    .bind(profile.city)
    .bind(profile.state)
    .bind(profile.postal_code)
    .bind(profile.phone)
    .run()
    .await?;
    Ok(())
}

/// Whether members may sign in at sites to which the organization is not linked.
pub(super) async fn members_may_visit(on: &mut impl Sql, id: OrganizationId) -> Result<bool, Fault> {
    let may = on.sql("select members_may_visit from organizations where id = $1").bind(id).scalar().await?;
    Ok(may.unwrap_or(false))
}

/// Says whether they may. Says whether that is new.
pub(super) async fn set_members_may_visit(unit: &mut Unit, id: OrganizationId, may: bool) -> Result<bool, Fault> {
    let rows = unit
        .sql("update organizations set members_may_visit = $2 where id = $1 and members_may_visit <> $2")
        .bind(id)
        .bind(may)
        .run()
        .await?;
    Ok(rows == 1)
}

/// At how many sites all people of the organization are: it is linked or approved there. Reads across (decision 8).
pub(super) async fn count_sites(on: &mut impl Sql, id: OrganizationId) -> Result<i64, Fault> {
    let count = on
        .sql(
            "select count(*) from sites t
             left join site_approvals w on w.site_id = t.id and w.organization_id = $1
             left join site_links l on l.site_id = t.id and l.organization_id = $1
             where t.status = 'active' and coalesce(w.status, 'none') not in ('suspended', 'denied')
                   and (w.status = 'approved' or l.site_id is not null)",
        )
        .bind(id)
        .scalar()
        .await?;
    Ok(count.unwrap_or_default())
}

/// Changes the status from one to another. Says whether it was the one.
pub(super) async fn set_status(
    unit: &mut Unit,
    id: OrganizationId,
    from: &'static str,
    to: &'static str,
) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql("update organizations set status = $3, rev = rev + 1, updated_at = $4 where id = $1 and status = $2")
        .bind(id)
        .bind(from)
        .bind(to)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// A row of [`place_of`].
#[derive(sqlx::FromRow)]
struct PlaceRow {
    organization_id: OrganizationId,
    name: OrganizationName,
    role: String,
    rev: i64,
}

/// The person's place in an active organization.
pub(super) async fn place_of(on: &mut impl Sql, account: AccountId) -> Result<Option<Place>, Fault> {
    let row: Option<PlaceRow> = on
        .sql(
            "select m.organization_id, o.name, m.role, o.rev
             from memberships m join organizations o on o.id = m.organization_id
             where m.account_id = $1 and m.is_active and m.ended_at is null and m.disabled_at is null
               and o.status = 'active'",
        )
        .bind(account)
        .maybe()
        .await?;
    let Some(row) = row else { return Ok(None) };
    let role = row.role.parse()?;
    Ok(Some(Place { account, organization: row.organization_id, name: row.name, role, rev: row.rev }))
}
