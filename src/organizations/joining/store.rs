//! The table `join_requests`. The lists read the names of accounts on the way (decision 8).

use super::{LatestRequest, OpenRequest, Request, WaitingRequest, model::RequestRow};
use crate::kernel::{AccountId, Fault, JoinRequestId, OrganizationId, OrganizationName, Remark, Timestamp};
use crate::organizations::rules::{REMIND_EVERY, REQUEST_STANDS_FOR};
use crate::platform::store::{Sql, Unit};

/// How many rows one sweep settles at most, so that it holds the writer for a moment only.
const AT_ONCE: i64 = 200;

/// Keeps a request. The index refuses a second one of the same person that waits.
pub(super) async fn insert(
    unit: &mut Unit,
    account: AccountId,
    organization: OrganizationId,
    note: Option<Remark>,
) -> Result<JoinRequestId, Fault> {
    let now = unit.now();
    let id = JoinRequestId::new(now, &unit.entropy());
    unit.sql(
        "insert into join_requests (id, organization_id, account_id, note, status, requested_at, expires_at)
         values ($1, $2, $3, $4, 'open', $5, $6)",
    )
    .bind(id)
    .bind(organization)
    .bind(account)
    .bind(note)
    .bind(now)
    .bind(now + REQUEST_STANDS_FOR)
    .run()
    .await?;
    Ok(id)
}

/// The person's request that waits for a decision.
///
/// # Errors
/// When the database does not answer.
pub async fn open_of(on: &mut impl Sql, account: AccountId) -> Result<Option<OpenRequest>, Fault> {
    let now = on.now();
    on.sql(
        "select r.id, r.organization_id as organization, o.name, r.requested_at, r.reminded_at, r.expires_at
         from join_requests r join organizations o on o.id = r.organization_id
         where r.account_id = $1 and r.status = 'open' and r.expires_at > $2",
    )
    .bind(account)
    .bind(now)
    .maybe()
    .await
}

/// The person's newest request, however it stands.
///
/// # Errors
/// When the database does not answer.
pub async fn latest_of(on: &mut impl Sql, account: AccountId) -> Result<Option<LatestRequest>, Fault> {
    let now = on.now();
    on.sql(
        "select r.id, r.organization_id as organization, o.name,
                case when r.status = 'open' and r.expires_at <= $2 then 'expired' else r.status end as status,
                r.requested_at, r.decided_at, r.reason
         from join_requests r join organizations o on o.id = r.organization_id
         where r.account_id = $1 order by r.id desc limit 1",
    )
    .bind(account)
    .bind(now)
    .maybe()
    .await
}

/// How many requests wait at an organization.
///
/// # Errors
/// When the database does not answer.
pub async fn count_waiting(on: &mut impl Sql, organization: OrganizationId) -> Result<i64, Fault> {
    let now = on.now();
    let count = on
        .sql("select count(*) from join_requests where organization_id = $1 and status = 'open' and expires_at > $2")
        .bind(organization)
        .bind(now)
        .scalar()
        .await?;
    Ok(count.unwrap_or_default())
}

/// The 50 oldest requests that wait at an organization.
///
/// # Errors
/// When the database does not answer.
pub async fn waiting(on: &mut impl Sql, organization: OrganizationId) -> Result<Vec<WaitingRequest>, Fault> {
    let now = on.now();
    on.sql(
        "select r.id, a.given_name, a.family_name, a.email, r.requested_at
         from join_requests r join accounts a on a.id = r.account_id
         where r.organization_id = $1 and r.status = 'open' and r.expires_at > $2 order by r.id limit 50",
    )
    .bind(organization)
    .bind(now)
    .all()
    .await
}

/// One request to an organization, however it stands.
///
/// # Errors
/// When the database does not answer.
pub async fn request(
    on: &mut impl Sql,
    organization: OrganizationId,
    id: JoinRequestId,
) -> Result<Option<Request>, Fault> {
    let now = on.now();
    let row: Option<RequestRow> = on
        .sql(
            "select r.id, a.given_name, a.family_name, a.email, a.email_verified_at, r.note, r.status, r.requested_at,
                    r.expires_at, r.decided_at, d.given_name as decider_given_name, d.family_name as decider_family_name,
                    r.reason
             from join_requests r join accounts a on a.id = r.account_id left join accounts d on d.id = r.decided_by
             where r.id = $1 and r.organization_id = $2",
        )
        .bind(id)
        .bind(organization)
        .maybe()
        .await?;
    Ok(row.map(|row| row.at(now)))
}

/// How many people of an organization have an address at `domain`, of how many.
///
/// # Errors
/// When the database does not answer.
pub async fn usual_domain(on: &mut impl Sql, organization: OrganizationId, domain: &str) -> Result<(i64, i64), Fault> {
    // Lists end with the address, and a domain holds no character that `like` would read as a wildcard
    // but the underscore, which no domain of a verified address has.
    let counts: Option<(i64, i64)> = on
        .sql(
            "select count(case when listed_as like $2 then 1 end), count(*) from memberships
             where organization_id = $1 and ended_at is null",
        )
        .bind(organization)
        .bind(format!("%@{}", domain.to_lowercase()))
        .maybe()
        .await?;
    Ok(counts.unwrap_or_default())
}

/// Decides a request, once. Names who asked.
pub(super) async fn decide(
    unit: &mut Unit,
    organization: OrganizationId,
    id: JoinRequestId,
    by: AccountId,
    (status, reason): (&'static str, Option<Remark>),
) -> Result<Option<AccountId>, Fault> {
    let now = unit.now();
    unit.sql(
        "update join_requests set status = $3, decided_at = $4, decided_by = $5, reason = $6
         where id = $1 and organization_id = $2 and status = 'open' and expires_at > $4 returning account_id",
    )
    .bind(id)
    .bind(organization)
    .bind(status)
    .bind(now)
    .bind(by)
    .bind(reason)
    .scalar()
    .await
}

/// Notes a reminder, if the last word is old enough. Names the organization.
pub(super) async fn remind(
    unit: &mut Unit,
    account: AccountId,
    id: JoinRequestId,
) -> Result<Option<OrganizationId>, Fault> {
    let now = unit.now();
    unit.sql(
        "update join_requests set reminded_at = $3
         where id = $1 and account_id = $2 and status = 'open' and expires_at > $3
               and coalesce(reminded_at, requested_at) <= $4
         returning organization_id",
    )
    .bind(id)
    .bind(account)
    .bind(now)
    .bind(now - REMIND_EVERY)
    .scalar()
    .await
}

/// Cancels the requests of a person that wait, and names them with their organizations.
pub(super) async fn cancel_of(
    unit: &mut Unit,
    account: AccountId,
) -> Result<Vec<(JoinRequestId, OrganizationId)>, Fault> {
    let now = unit.now();
    unit.sql(
        "update join_requests set status = 'cancelled', decided_at = $2
         where account_id = $1 and status = 'open' returning id, organization_id",
    )
    .bind(account)
    .bind(now)
    .all()
    .await
}

/// Cancels all requests that wait at an organization, and names who asked.
pub(super) async fn cancel_at(
    unit: &mut Unit,
    organization: OrganizationId,
) -> Result<Vec<(JoinRequestId, AccountId)>, Fault> {
    let now = unit.now();
    unit.sql(
        "update join_requests set status = 'cancelled', decided_at = $2
         where organization_id = $1 and status = 'open' returning id, account_id",
    )
    .bind(organization)
    .bind(now)
    .all()
    .await
}

/// A request whose time is over.
#[derive(sqlx::FromRow)]
pub(super) struct Expired {
    pub(super) id: JoinRequestId,
    pub(super) organization_id: OrganizationId,
    pub(super) account_id: AccountId,
}

/// Settles requests whose time is over, some at a time.
pub(super) async fn expire(unit: &mut Unit) -> Result<Vec<Expired>, Fault> {
    let now = unit.now();
    unit.sql(
        "update join_requests set status = 'expired', decided_at = expires_at
         where status = 'open' and id in (
             select id from join_requests where status = 'open' and expires_at <= $1 order by expires_at limit $2)
         returning id, organization_id, account_id",
    )
    .bind(now)
    .bind(AT_ONCE)
    .all()
    .await
}

/// Settles the person's request whose time is over, so that another organization can be asked before
/// the next sweep.
pub(super) async fn expire_of(unit: &mut Unit, account: AccountId) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "update join_requests set status = 'expired', decided_at = expires_at
         where account_id = $1 and status = 'open' and expires_at <= $2",
    )
    .bind(account)
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// The name of an organization, deleted or not, for a letter about a request.
pub(super) async fn name_of(on: &mut impl Sql, id: OrganizationId) -> Result<Option<OrganizationName>, Fault> {
    on.sql("select name from organizations where id = $1").bind(id).scalar().await
}

/// Forgets settled requests that are older than `before`. Returns how many.
pub(super) async fn forget(unit: &mut Unit, before: Timestamp) -> Result<u64, Fault> {
    unit.sql("delete from join_requests where status <> 'open' and expires_at < $1").bind(before).run().await
}
