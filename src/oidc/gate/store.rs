//! What the gate has to know, in one statement.
//!
//! This is the one place that reads the tables of other slices: the gate is asked at every request,
//! and four round trips instead of one would be most of a request's time (decision 7).

use crate::accounts::Account;
use crate::kernel::{AccountId, Fault, Json, OrganizationId, OrganizationName, SessionId, Timestamp};
use crate::oidc::clients::Client;
use crate::platform::store::Sql;

/// A person, their session, their place, and how these stand to the client's site.
#[derive(sqlx::FromRow)]
pub(super) struct FactsRow {
    #[sqlx(flatten)]
    pub(super) account: Account,
    pub(super) session_ended_at: Option<Timestamp>,
    pub(super) organization_id: Option<OrganizationId>,
    pub(super) organization_name: Option<OrganizationName>,
    pub(super) role: Option<String>,
    pub(super) organization_rev: Option<i64>,
    /// `None` when the client is no site, or the site was removed.
    pub(super) require_approval: Option<bool>,
    pub(super) approval_status: Option<String>,
    pub(super) approval_roles: Option<Json<Vec<String>>>,
    pub(super) approved_at: Option<Timestamp>,
    pub(super) valid_until: Option<Timestamp>,
    pub(super) requested_at: Option<Timestamp>,
    pub(super) members_may_visit: Option<bool>,
    /// Whether the organization has pressed Sync at the site: once, or not.
    pub(super) links: i64,
    /// Whether the person is connected with the site by signing in there: once, or not.
    pub(super) visits_of_site: i64,
    /// The revision that the site should hold of the person.
    pub(super) wanted_rev: Option<i64>,
    /// The scope that the person has agreed to at this client.
    pub(super) agreed: Option<String>,
    /// How often the client was noted as one that sees this session: once, or not yet.
    pub(super) visits: i64,
}

/// The facts of a person in a session, with the place that counts for them.
pub(super) async fn facts(
    on: &mut impl Sql,
    account: AccountId,
    session: SessionId,
    client: &Client,
) -> Result<Option<FactsRow>, Fault> {
    on.sql(
        "select a.id, a.subject, a.username, a.email, a.email_verified_at, a.given_name, a.family_name, a.claims,
                a.password_hash, a.password_changed_at, a.language, a.status, a.disabled_by, a.rev, a.created_at, a.updated_at,
                s.ended_at as session_ended_at,
                o.id as organization_id, o.name as organization_name, m.role, o.rev as organization_rev,
                t.require_approval, w.status as approval_status, w.roles as approval_roles, w.approved_at, w.valid_until,
                w.requested_at, o.members_may_visit,
                (select count(*) from site_links l where l.site_id = t.id and l.organization_id = o.id) as links,
                (select count(*) from site_visits x where x.site_id = t.id and x.account_id = a.id and x.ended_at is null) as visits_of_site,
                (select i.want_rev from sync_items i where i.site_id = t.id and i.kind = 'user' and i.resource_id = a.id) as wanted_rev,
                (select c.scope from consents c where c.account_id = a.id and c.client_id = $4) as agreed,
                (select count(*) from session_clients v where v.session_id = s.id and v.client_id = $4) as visits
         from accounts a
         join sessions s on s.id = $2 and s.account_id = a.id
         left join memberships m on m.account_id = a.id and m.is_active and m.ended_at is null and m.disabled_at is null
         left join organizations o on o.id = m.organization_id and o.status = 'active'
         left join sites t on t.id = $3 and t.status = 'active'
         left join site_approvals w on w.site_id = t.id and w.organization_id = o.id
         where a.id = $1",
    )
    .bind(account)
    .bind(session)
    .bind(client.site)
    .bind(client.id.clone())
    .maybe()
    .await
}
