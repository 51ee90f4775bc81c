//! Reads over `consents` and `grants` of one person.

use crate::kernel::{AccountId, Fault, OrganizationId, SessionId, SiteId, Timestamp};
use crate::platform::store::{Sql, Unit};

/// A client that a person has let know who they are.
#[derive(sqlx::FromRow)]
pub(super) struct ConnectedRow {
    pub(super) client_id: String,
    pub(super) scope: String,
    pub(super) granted_at: Timestamp,
    pub(super) last_at: Option<Timestamp>,
}

/// The clients of a person, the newest first.
pub(super) async fn of_person(on: &mut impl Sql, account: AccountId) -> Result<Vec<ConnectedRow>, Fault> {
    on.sql(
        "select c.client_id, c.scope, c.granted_at,
                (select max(g.created_at) from grants g where g.account_id = $1 and g.client_id = c.client_id) as last_at
         from consents c where c.account_id = $1 order by c.granted_at desc, c.client_id limit 200",
    )
    .bind(account)
    .all()
    .await
}

/// Forgets what the person agreed to at a client. Says whether there was anything.
pub(super) async fn forget_consent(unit: &mut Unit, account: AccountId, client_id: &str) -> Result<bool, Fault> {
    let rows = unit
        .sql("delete from consents where account_id = $1 and client_id = $2")
        .bind(account)
        .bind(client_id.to_owned())
        .run()
        .await?;
    Ok(rows == 1)
}

/// Takes back all that a client was given in the person's name until `until`.
pub(super) async fn revoke_grants(
    unit: &mut Unit,
    account: AccountId,
    client_id: &str,
    until: Timestamp,
) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "update grants set revoked_at = $3
         where account_id = $1 and client_id = $2 and revoked_at is null and created_at <= $4",
    )
    .bind(account)
    .bind(client_id.to_owned())
    .bind(now)
    .bind(until)
    .run()
    .await?;
    Ok(())
}

/// The sessions of the person that the client has seen until `until`, and of whose end it does not know:
/// when one ends at the latest stands in its ID token (`session_expiry`).
pub(super) async fn sessions_seen(
    on: &mut impl Sql,
    account: AccountId,
    client_id: &str,
    until: Timestamp,
) -> Result<Vec<(SessionId,)>, Fault> {
    on.sql(
        "select v.session_id from sessions s join session_clients v on v.session_id = s.id
         where s.account_id = $1 and s.ended_at is null and s.expires_at > $3
               and v.client_id = $2 and v.first_at <= $3",
    )
    .bind(account)
    .bind(client_id.to_owned())
    .bind(until)
    .all()
    .await
}

/// A site that was given something in somebody's name that is still good, or that has seen a session
/// of theirs that lasts: what it was given is forgotten long before.
#[derive(sqlx::FromRow)]
pub(super) struct Access {
    pub(super) account_id: AccountId,
    pub(super) client_id: String,
}

/// Where a person has come until `until`: at all sites, or at one.
pub(super) async fn of_account(
    on: &mut impl Sql,
    account: AccountId,
    site: Option<SiteId>,
    until: Timestamp,
) -> Result<Vec<Access>, Fault> {
    on.sql(
        "select g.account_id, g.client_id from grants g join clients c on c.id = g.client_id
         where g.account_id = $1 and g.revoked_at is null and g.created_at <= $3
               and c.site_id is not null and c.site_id = coalesce($2, c.site_id)
         union
         select s.account_id, v.client_id
         from sessions s join session_clients v on v.session_id = s.id join clients c on c.id = v.client_id
         where s.account_id = $1 and s.ended_at is null and s.expires_at > $3 and v.first_at <= $3
               and c.site_id is not null and c.site_id = coalesce($2, c.site_id)
         limit 100",
    )
    .bind(account)
    .bind(site)
    .bind(until)
    .all()
    .await
}

/// Where an organization's people have come until `until`: at all sites, or at one.
pub(super) async fn of_organization(
    on: &mut impl Sql,
    organization: OrganizationId,
    site: Option<SiteId>,
    until: Timestamp,
) -> Result<Vec<Access>, Fault> {
    on.sql(
        "select g.account_id, g.client_id
         from memberships m join grants g on g.account_id = m.account_id join clients c on c.id = g.client_id
         where m.organization_id = $1 and m.ended_at is null and g.revoked_at is null and g.created_at <= $3
               and c.site_id is not null and c.site_id = coalesce($2, c.site_id)
         union
         select s.account_id, v.client_id
         from memberships m join sessions s on s.account_id = m.account_id
         join session_clients v on v.session_id = s.id join clients c on c.id = v.client_id
         where m.organization_id = $1 and m.ended_at is null and s.ended_at is null and s.expires_at > $3 and v.first_at <= $3
               and c.site_id is not null and c.site_id = coalesce($2, c.site_id)
         limit 100",
    )
    .bind(organization)
    .bind(site)
    .bind(until)
    .all()
    .await
}

/// Who has come to a site until `until`: whoever came has a visit, also when that has ended.
pub(super) async fn of_site(on: &mut impl Sql, site: SiteId, until: Timestamp) -> Result<Vec<Access>, Fault> {
    on.sql(
        "select g.account_id, g.client_id
         from site_visits w join grants g on g.account_id = w.account_id
         join clients c on c.id = g.client_id and c.site_id = w.site_id
         where w.site_id = $1 and g.revoked_at is null and g.created_at <= $2
         union
         select s.account_id, v.client_id
         from site_visits w join sessions s on s.account_id = w.account_id
         join session_clients v on v.session_id = s.id join clients c on c.id = v.client_id and c.site_id = w.site_id
         where w.site_id = $1 and s.ended_at is null and s.expires_at > $2 and v.first_at <= $2
         limit 100",
    )
    .bind(site)
    .bind(until)
    .all()
    .await
}
