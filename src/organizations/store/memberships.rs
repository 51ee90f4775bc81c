//! The table `memberships`: one row for each place of a person, also of those that have ended.
//!
//! What changes a membership is one statement with its guard, and says whether it did anything. None
//! of them touches a founder, but for the two of a hand-over.

use crate::kernel::{AccountId, Fault, MembershipId, OrganizationId, OrganizationName, Timestamp};
use crate::organizations::{AssignableRole, Role};
use crate::platform::store::{Sql, Unit};

/// A membership to be kept.
pub(crate) struct NewMembership {
    pub(crate) organization: OrganizationId,
    pub(crate) account: AccountId,
    pub(crate) role: Role,
    pub(crate) listed_as: String,
    pub(crate) created_account: bool,
}

/// Adds a membership. The indexes refuse a second founder, a second place in one organization, and a
/// second place that counts.
pub(crate) async fn insert_membership(unit: &mut Unit, new: NewMembership) -> Result<MembershipId, Fault> {
    let now = unit.now();
    let id = MembershipId::new(now, &unit.entropy());
    unit.sql(
        "insert into memberships (id, organization_id, account_id, role, rev, is_active, listed_as, created_account, joined_at)
         values ($1, $2, $3, $4, 1,
                 not exists (select 1 from memberships where account_id = $3 and is_active and ended_at is null),
                 $5, $6, $7)",
    )
    .bind(id)
    .bind(new.organization)
    .bind(new.account)
    .bind(new.role.as_str())
    .bind(new.listed_as)
    .bind(new.created_account)
    .bind(now)
    .run()
    .await?;
    Ok(id)
}

/// Whether the person has a place that counts.
pub(crate) async fn has_place(on: &mut impl Sql, account: AccountId) -> Result<bool, Fault> {
    let found: Option<MembershipId> = on
        .sql("select id from memberships where account_id = $1 and is_active and ended_at is null")
        .bind(account)
        .scalar()
        .await?;
    Ok(found.is_some())
}

/// Whether a place is the one that counts for its person.
pub(crate) async fn counts(on: &mut impl Sql, id: MembershipId) -> Result<bool, Fault> {
    Ok(on.sql("select is_active from memberships where id = $1").bind(id).scalar().await?.unwrap_or(false))
}

/// What a person may do in an organization now.
pub(crate) async fn role_of(
    on: &mut impl Sql,
    organization: OrganizationId,
    account: AccountId,
) -> Result<Option<Role>, Fault> {
    let role: Option<String> = on
        .sql(
            "select role from memberships
             where organization_id = $1 and account_id = $2 and ended_at is null and disabled_at is null",
        )
        .bind(organization)
        .bind(account)
        .scalar()
        .await?;
    role.map(|role| role.parse()).transpose()
}

/// The membership of a person in an organization, as long as it lasts.
pub(crate) async fn of_account(
    on: &mut impl Sql,
    organization: OrganizationId,
    account: AccountId,
) -> Result<Option<MembershipId>, Fault> {
    on.sql("select id from memberships where organization_id = $1 and account_id = $2 and ended_at is null")
        .bind(organization)
        .bind(account)
        .scalar()
        .await
}

/// Gives another role. Says whether that changed anything.
pub(crate) async fn set_role(
    unit: &mut Unit,
    organization: OrganizationId,
    id: MembershipId,
    role: AssignableRole,
) -> Result<bool, Fault> {
    let rows = unit
        .sql(
            "update memberships set role = $3, rev = rev + 1
             where id = $1 and organization_id = $2 and ended_at is null and role <> 'founder' and role <> $3",
        )
        .bind(id)
        .bind(organization)
        .bind(role.as_str())
        .run()
        .await?;
    Ok(rows == 1)
}

/// Disables a person's place. Says whether that changed anything.
pub(crate) async fn disable(unit: &mut Unit, organization: OrganizationId, id: MembershipId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update memberships set disabled_at = $3, rev = rev + 1
             where id = $1 and organization_id = $2 and ended_at is null and role <> 'founder' and disabled_at is null",
        )
        .bind(id)
        .bind(organization)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Lets a disabled place be used again. Says whether that changed anything.
pub(crate) async fn enable(unit: &mut Unit, organization: OrganizationId, id: MembershipId) -> Result<bool, Fault> {
    let rows = unit
        .sql(
            "update memberships set disabled_at = null, rev = rev + 1
             where id = $1 and organization_id = $2 and ended_at is null and disabled_at is not null",
        )
        .bind(id)
        .bind(organization)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Ends a membership, but never a founder's. Says whether that changed anything.
pub(crate) async fn end(
    unit: &mut Unit,
    organization: OrganizationId,
    id: MembershipId,
    by: String,
) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update memberships set ended_at = $3, ended_by = $4, rev = rev + 1
             where id = $1 and organization_id = $2 and ended_at is null and role <> 'founder'",
        )
        .bind(id)
        .bind(organization)
        .bind(now)
        .bind(by)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Makes the founder an administrator: the first half of a hand-over.
pub(crate) async fn step_down(unit: &mut Unit, organization: OrganizationId, from: AccountId) -> Result<bool, Fault> {
    let rows = unit
        .sql(
            "update memberships set role = 'administrator', rev = rev + 1
             where organization_id = $1 and account_id = $2 and role = 'founder' and ended_at is null",
        )
        .bind(organization)
        .bind(from)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Makes an administrator the founder: the second half. The index refuses it while there is another one.
pub(crate) async fn step_up(unit: &mut Unit, organization: OrganizationId, to: AccountId) -> Result<bool, Fault> {
    let rows = unit
        .sql(
            "update memberships set role = 'founder', rev = rev + 1
             where organization_id = $1 and account_id = $2 and role = 'administrator' and ended_at is null
                   and disabled_at is null",
        )
        .bind(organization)
        .bind(to)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Whether the founder's place in an organization counts for them. The index refuses it when another one does.
pub(crate) async fn set_founder_active(
    unit: &mut Unit,
    organization: OrganizationId,
    is_active: bool,
) -> Result<(), Fault> {
    unit.sql(
        "update memberships set is_active = $2, rev = rev + 1
         where organization_id = $1 and role = 'founder' and ended_at is null",
    )
    .bind(organization)
    .bind(is_active)
    .run()
    .await?;
    Ok(())
}

/// Lists a person under another name or address, wherever they have a place.
pub(crate) async fn relist(unit: &mut Unit, account: AccountId, listed_as: String) -> Result<(), Fault> {
    unit.sql(
        "update memberships set listed_as = $2, rev = rev + 1
         where account_id = $1 and ended_at is null and listed_as <> $2",
    )
    .bind(account)
    .bind(listed_as)
    .run()
    .await?;
    Ok(())
}

/// A place of a person, for the file that they take with them.
#[derive(sqlx::FromRow)]
pub(crate) struct KeptMembership {
    pub(crate) id: MembershipId,
    pub(crate) organization: OrganizationId,
    pub(crate) name: OrganizationName,
    pub(crate) role: String,
    pub(crate) joined_at: Timestamp,
    pub(crate) disabled_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
}

/// All places of a person, also those that have ended, the newest first.
pub(crate) async fn kept_of(on: &mut impl Sql, account: AccountId) -> Result<Vec<KeptMembership>, Fault> {
    on.sql(
        "select m.id, o.id as organization, o.name, m.role, m.joined_at, m.disabled_at, m.ended_at
         from memberships m join organizations o on o.id = m.organization_id
         where m.account_id = $1 order by m.id desc limit 1000",
    )
    .bind(account)
    .all()
    .await
}

/// Where a person has a place, in one order for everybody who takes locks.
pub(crate) async fn organizations_of(on: &mut impl Sql, account: AccountId) -> Result<Vec<OrganizationId>, Fault> {
    let rows: Vec<(OrganizationId,)> = on
        .sql("select organization_id from memberships where account_id = $1 and ended_at is null order by organization_id")
        .bind(account)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(organization,)| organization).collect())
}

/// The founder and the administrators of an organization.
pub(crate) async fn administrators(on: &mut impl Sql, organization: OrganizationId) -> Result<Vec<AccountId>, Fault> {
    let rows: Vec<(AccountId,)> = on
        .sql(
            "select account_id from memberships
             where organization_id = $1 and ended_at is null and disabled_at is null
                   and role <> 'member' order by joined_at, id",
        )
        .bind(organization)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(account,)| account).collect())
}
