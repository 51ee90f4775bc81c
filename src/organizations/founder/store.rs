//! The table `hand_overs`, and the end of organizations.

use crate::kernel::{AccountId, Fault, HandOverId, OrganizationId, OrganizationName, PersonName, Timestamp};
use crate::platform::store::{Sql, Unit};

/// A hand-over to be kept.
pub(super) struct NewHandOver {
    pub(super) organization: OrganizationId,
    pub(super) kind: &'static str,
    pub(super) from: AccountId,
    pub(super) to: AccountId,
    pub(super) reason: Option<String>,
    pub(super) due_at: Timestamp,
}

/// Keeps a hand-over. The index refuses a second one that is open.
pub(super) async fn insert(unit: &mut Unit, new: NewHandOver) -> Result<HandOverId, Fault> {
    let now = unit.now();
    let id = HandOverId::new(now, &unit.entropy());
    unit.sql(
        "insert into hand_overs (id, organization_id, kind, from_account_id, to_account_id, reason, status, offered_at, due_at)
         values ($1, $2, $3, $4, $5, $6, 'open', $7, $8)",
    )
    .bind(id)
    .bind(new.organization)
    .bind(new.kind)
    .bind(new.from)
    .bind(new.to)
    .bind(new.reason)
    .bind(now)
    .bind(new.due_at)
    .run()
    .await?;
    Ok(id)
}

/// A row of the hand-over that is open.
#[derive(sqlx::FromRow)]
pub(super) struct HandOverRow {
    pub(super) id: HandOverId,
    pub(super) kind: String,
    pub(super) from_account_id: AccountId,
    pub(super) to_account_id: AccountId,
    pub(super) given_name: PersonName,
    pub(super) family_name: PersonName,
    pub(super) reason: Option<String>,
    pub(super) offered_at: Timestamp,
    pub(super) due_at: Timestamp,
}

/// The hand-over that is open at an organization, with the name of whom it is to.
pub(super) async fn open_at(on: &mut impl Sql, organization: OrganizationId) -> Result<Option<HandOverRow>, Fault> {
    let now = on.now();
    on.sql(
        "select h.id, h.kind, h.from_account_id, h.to_account_id, a.given_name, a.family_name, h.reason, h.offered_at, h.due_at
         from hand_overs h join accounts a on a.id = h.to_account_id
         where h.organization_id = $1 and h.status = 'open' and (h.kind = 'replacement' or h.due_at > $2)",
    )
    .bind(organization)
    .bind(now)
    .maybe()
    .await
}

/// Settles offers whose time is over, so that the founder can make another one.
pub(super) async fn expire_at(unit: &mut Unit, organization: OrganizationId) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "update hand_overs set status = 'expired', decided_at = due_at
         where organization_id = $1 and status = 'open' and kind = 'offer' and due_at <= $2",
    )
    .bind(organization)
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// Uses up an offer to `to`, once. Names who made it.
pub(super) async fn accept(
    unit: &mut Unit,
    organization: OrganizationId,
    id: HandOverId,
    to: AccountId,
) -> Result<Option<AccountId>, Fault> {
    let now = unit.now();
    unit.sql(
        "update hand_overs set status = 'done', decided_at = $4
         where id = $1 and organization_id = $2 and to_account_id = $3 and kind = 'offer' and status = 'open' and due_at > $4
         returning from_account_id",
    )
    .bind(id)
    .bind(organization)
    .bind(to)
    .bind(now)
    .scalar()
    .await
}

/// Ends an offer to `to`, who does not want it. Names who made it.
pub(super) async fn decline(
    unit: &mut Unit,
    organization: OrganizationId,
    id: HandOverId,
    to: AccountId,
) -> Result<Option<AccountId>, Fault> {
    let now = unit.now();
    unit.sql(
        "update hand_overs set status = 'declined', decided_at = $4
         where id = $1 and organization_id = $2 and to_account_id = $3 and kind = 'offer' and status = 'open'
         returning from_account_id",
    )
    .bind(id)
    .bind(organization)
    .bind(to)
    .bind(now)
    .scalar()
    .await
}

/// Ends the hand-over that is open at an organization, and names it.
pub(super) async fn cancel(unit: &mut Unit, organization: OrganizationId) -> Result<Option<HandOverId>, Fault> {
    let now = unit.now();
    unit.sql(
        "update hand_overs set status = 'cancelled', decided_at = $2
         where organization_id = $1 and status = 'open' returning id",
    )
    .bind(organization)
    .bind(now)
    .scalar()
    .await
}

/// A replacement whose day has come.
#[derive(Clone, sqlx::FromRow)]
pub(super) struct Due {
    pub(super) id: HandOverId,
    pub(super) organization_id: OrganizationId,
    pub(super) from_account_id: AccountId,
    pub(super) to_account_id: AccountId,
}

/// Some of the replacements whose day has come.
pub(super) async fn due(on: &mut impl Sql) -> Result<Vec<Due>, Fault> {
    let now = on.now();
    on.sql(
        "select id, organization_id, from_account_id, to_account_id from hand_overs
         where status = 'open' and kind = 'replacement' and due_at <= $1 order by due_at limit 50",
    )
    .bind(now)
    .all()
    .await
}

/// Settles a due replacement, once.
pub(super) async fn settle_due(unit: &mut Unit, id: HandOverId, status: &'static str) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update hand_overs set status = $2, decided_at = $3
             where id = $1 and status = 'open' and kind = 'replacement' and due_at <= $3",
        )
        .bind(id)
        .bind(status)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// The founder of an organization, whatever its status.
pub(super) async fn founder_of(on: &mut impl Sql, organization: OrganizationId) -> Result<Option<AccountId>, Fault> {
    on.sql("select account_id from memberships where organization_id = $1 and role = 'founder' and ended_at is null")
        .bind(organization)
        .scalar()
        .await
}

/// How many people besides the founder are in an organization, disabled ones too.
pub(super) async fn count_others(on: &mut impl Sql, organization: OrganizationId) -> Result<i64, Fault> {
    let count = on
        .sql("select count(*) from memberships where organization_id = $1 and ended_at is null and role <> 'founder'")
        .bind(organization)
        .scalar()
        .await?;
    Ok(count.unwrap_or_default())
}

/// How many invitations and requests are open, which a deletion ends.
pub(super) async fn count_open(on: &mut impl Sql, organization: OrganizationId) -> Result<(i64, i64), Fault> {
    let now = on.now();
    let counts: Option<(i64, i64)> = on
        .sql(
            "select (select count(*) from invitations where organization_id = $1 and status = 'open'),
                    (select count(*) from join_requests where organization_id = $1 and status = 'open' and expires_at > $2)",
        )
        .bind(organization)
        .bind(now)
        .maybe()
        .await?;
    Ok(counts.unwrap_or_default())
}

/// Deletes an organization whose only user is the founder. Says whether it could. The row is held.
pub(super) async fn delete(unit: &mut Unit, organization: OrganizationId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update organizations set status = 'deleted', deleted_at = $2, rev = rev + 1, updated_at = $2
             where id = $1 and status = 'active' and not exists (
                 select 1 from memberships where organization_id = $1 and ended_at is null and role <> 'founder')",
        )
        .bind(organization)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Undoes a deletion that is younger than `since`. Names the organization.
pub(super) async fn restore(
    unit: &mut Unit,
    organization: OrganizationId,
    since: Timestamp,
) -> Result<Option<OrganizationName>, Fault> {
    let now = unit.now();
    unit.sql(
        "update organizations set status = 'active', deleted_at = null, rev = rev + 1, updated_at = $3
         where id = $1 and status = 'deleted' and wiped_at is null and deleted_at > $2 returning name",
    )
    .bind(organization)
    .bind(since)
    .bind(now)
    .scalar()
    .await
}

/// Some of the organizations that were deleted before `until`.
pub(super) async fn deleted_before(on: &mut impl Sql, until: Timestamp) -> Result<Vec<OrganizationId>, Fault> {
    let rows: Vec<(OrganizationId,)> = on
        .sql(
            "select id from organizations where status = 'deleted' and wiped_at is null and deleted_at <= $1
             order by deleted_at limit 20",
        )
        .bind(until)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Leaves nothing of an organization that was deleted before `until` but its id. Says whether it did.
pub(super) async fn wipe(unit: &mut Unit, organization: OrganizationId, until: Timestamp) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update organizations set wiped_at = $3, name = '', name_folded = '', email = null, street = null, city = null,
                                      state = null, postal_code = null, phone = null, rev = rev + 1, updated_at = $3
             where id = $1 and status = 'deleted' and wiped_at is null and deleted_at <= $2",
        )
        .bind(organization)
        .bind(until)
        .bind(now)
        .run()
        .await?;
    if rows == 0 {
        return Ok(false);
    }
    for statement in [
        "delete from hand_overs where organization_id = $1",
        "delete from invitations where organization_id = $1",
        "delete from join_requests where organization_id = $1",
        "delete from memberships where organization_id = $1",
    ] {
        unit.sql(statement).bind(organization).run().await?;
    }
    Ok(true)
}
