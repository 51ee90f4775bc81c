//! What has become of the end of somebody's access.

use crate::kernel::{AccountId, Fault, MembershipId, OrganizationId, PersonName, SiteName, Timestamp};
use crate::platform::store::Sql;

/// Whose place it is, and how it ended.
#[derive(sqlx::FromRow)]
pub(in crate::sync::pages) struct EndedRow {
    pub(in crate::sync::pages) account_id: AccountId,
    pub(in crate::sync::pages) given_name: PersonName,
    pub(in crate::sync::pages) family_name: PersonName,
    pub(in crate::sync::pages) ended_at: Option<Timestamp>,
    pub(in crate::sync::pages) disabled_at: Option<Timestamp>,
}

/// A place in the organization, whether or not it has ended.
pub(in crate::sync::pages) async fn place(
    on: &mut impl Sql,
    organization: OrganizationId,
    id: MembershipId,
) -> Result<Option<EndedRow>, Fault> {
    on.sql(
        "select m.account_id, a.given_name, a.family_name, m.ended_at, m.disabled_at
         from memberships m join accounts a on a.id = m.account_id where m.id = $1 and m.organization_id = $2",
    )
    .bind(id)
    .bind(organization)
    .maybe()
    .await
}

/// A site that held a copy of the person for this organization.
#[derive(sqlx::FromRow)]
pub(in crate::sync::pages) struct ToldRow {
    pub(in crate::sync::pages) name: SiteName,
    pub(in crate::sync::pages) want: String,
    pub(in crate::sync::pages) want_rev: i64,
    pub(in crate::sync::pages) acked_rev: i64,
    pub(in crate::sync::pages) acked_at: Option<Timestamp>,
    /// When it confirmed the end; it stays when the person comes again with somebody else.
    pub(in crate::sync::pages) ended_there_at: Option<Timestamp>,
}

/// The sites that held a copy of the person for this organization; an end counts from `since` on.
pub(in crate::sync::pages) async fn told(
    on: &mut impl Sql,
    organization: OrganizationId,
    account: AccountId,
    since: Timestamp,
) -> Result<Vec<ToldRow>, Fault> {
    on.sql(
        "select x.name, x.want, x.want_rev, x.acked_rev, x.acked_at, x.ended_there_at
         from (select t.id, t.name, i.want, i.want_rev, i.acked_rev, i.acked_at, i.organization_id,
                      (select min(r.acked_at) from sync_receipts r
                       where r.resource_id = $2 and r.site_id = t.id and r.organization_id = $1
                             and not r.active and r.acked_at >= $3) as ended_there_at
               from sync_items i join sites t on t.id = i.site_id
               where i.resource_id = $2 and i.kind = 'user') x
         where x.organization_id = $1 or x.ended_there_at is not null
         order by x.name, x.id",
    )
    .bind(organization)
    .bind(account)
    .bind(since)
    .all()
    .await
}

/// How many browsers of the person were signed out because their account was disabled or closed, from `since` until
/// `until`. The record tells: sessions are forgotten some day.
pub(in crate::sync::pages) async fn sessions_ended(
    on: &mut impl Sql,
    account: AccountId,
    (since, until): (Timestamp, Timestamp),
) -> Result<usize, Fault> {
    let details: Vec<(String,)> = on
        .sql(
            "select detail from audit_entries
             where person_id = $1 and fact = 'accounts.session_ended' and at >= $2 and at <= $3 limit 1000",
        )
        .bind(account)
        .bind(since)
        .bind(until)
        .all()
        .await?;
    let why =
        |detail: &str| serde_json::from_str::<serde_json::Value>(detail).ok()?.get("why")?.as_str().map(str::to_owned);
    let with_the_account = |detail: &&(String,)| matches!(why(&detail.0).as_deref(), Some("disabled" | "closed"));
    Ok(details.iter().filter(with_the_account).count())
}

/// How many sign-ins of the person at sites were ended from `since` until `until`.
pub(in crate::sync::pages) async fn grants_ended(
    on: &mut impl Sql,
    account: AccountId,
    (since, until): (Timestamp, Timestamp),
) -> Result<i64, Fault> {
    let count = on
        .sql(
            "select count(*) from grants g join clients c on c.id = g.client_id
             where g.account_id = $1 and c.site_id is not null and g.revoked_at >= $2 and g.revoked_at <= $3",
        )
        .bind(account)
        .bind(since)
        .bind(until)
        .scalar()
        .await?;
    Ok(count.unwrap_or_default())
}
