//! The list of the people of an organization: memberships and open invitations in one order, a page at
//! a time. It reads the names and the last sign-in of accounts on the way (decision 8).

use crate::kernel::{
    AccountId, EmailAddress, Fault, InvitationId, MembershipId, OrganizationId, PersonName, Timestamp, Username,
};
use crate::organizations::rules::pattern;
use crate::platform::store::Sql;

/// How many people a page lists.
pub(crate) const PAGE: i64 = 50;

/// Somebody in the list: a member, or somebody who was invited.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct PersonRow {
    pub(crate) membership: Option<MembershipId>,
    pub(crate) invitation: Option<InvitationId>,
    pub(crate) account: Option<AccountId>,
    pub(crate) given_name: PersonName,
    pub(crate) family_name: PersonName,
    pub(crate) email: EmailAddress,
    pub(crate) role: String,
    pub(crate) email_verified_at: Option<Timestamp>,
    pub(crate) disabled_at: Option<Timestamp>,
    pub(crate) sent_at: Option<Timestamp>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) last_sign_in_at: Option<Timestamp>,
}

/// Page number `page` (from 0) of those whose name or address holds `typed`. What comes before the page
/// is counted in the indexes; only the people on it are looked up.
pub(crate) async fn page(
    on: &mut impl Sql,
    organization: OrganizationId,
    typed: &str,
    page: i64,
) -> Result<Vec<PersonRow>, Fault> {
    on.sql(
        "select m.id as membership, i.id as invitation, a.id as account, coalesce(a.given_name, i.given_name) as given_name,
                coalesce(a.family_name, i.family_name) as family_name, coalesce(a.email, i.email) as email,
                coalesce(m.role, i.role) as role, a.email_verified_at, m.disabled_at, i.sent_at, i.expires_at,
                coalesce(a.last_sign_in_at,
                         (select max(s.auth_time) from sessions s where s.account_id = a.id)) as last_sign_in_at
         from (select m.listed_as, m.id from memberships m
               where m.organization_id = $1 and m.ended_at is null and m.listed_as like $2 escape '\\'
               union all
               select i.listed_as, i.id from invitations i
               where i.organization_id = $1 and i.status = 'open' and i.listed_as like $2 escape '\\'
               order by 1, 2 limit $3 offset $4) p
         left join memberships m on m.id = p.id
         left join invitations i on i.id = p.id
         left join accounts a on a.id = m.account_id
         order by p.listed_as, p.id",
    )
    .bind(organization)
    .bind(pattern(typed))
    .bind(PAGE)
    .bind(page.saturating_mul(PAGE))
    .all()
    .await
}

/// How many members, and how many who were invited, there are.
pub(crate) async fn count(on: &mut impl Sql, organization: OrganizationId) -> Result<(i64, i64), Fault> {
    let counts: Option<(i64, i64)> = on
        .sql(
            "select (select count(*) from memberships where organization_id = $1 and ended_at is null),
                    (select count(*) from invitations where organization_id = $1 and status = 'open')",
        )
        .bind(organization)
        .maybe()
        .await?;
    Ok(counts.unwrap_or_default())
}

/// How many of them have `typed` in their name or address.
pub(crate) async fn count_matching(
    on: &mut impl Sql,
    organization: OrganizationId,
    typed: &str,
) -> Result<(i64, i64), Fault> {
    let counts: Option<(i64, i64)> = on
        .sql(
            "select (select count(*) from memberships
                     where organization_id = $1 and ended_at is null and listed_as like $2 escape '\\'),
                    (select count(*) from invitations
                     where organization_id = $1 and status = 'open' and listed_as like $2 escape '\\')",
        )
        .bind(organization)
        .bind(pattern(typed))
        .maybe()
        .await?;
    Ok(counts.unwrap_or_default())
}

/// One member, as the pages about them show it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct MemberRow {
    pub(crate) id: MembershipId,
    pub(crate) account: AccountId,
    pub(crate) username: Username,
    pub(crate) given_name: PersonName,
    pub(crate) family_name: PersonName,
    pub(crate) email: EmailAddress,
    pub(crate) email_verified_at: Option<Timestamp>,
    pub(crate) role: String,
    pub(crate) created_account: bool,
    pub(crate) joined_at: Timestamp,
    pub(crate) disabled_at: Option<Timestamp>,
    pub(crate) last_sign_in_at: Option<Timestamp>,
    /// How many other places the person has.
    pub(crate) other_places: i64,
}

/// The member with this id, as long as they are one.
pub(crate) async fn member(
    on: &mut impl Sql,
    organization: OrganizationId,
    id: MembershipId,
) -> Result<Option<MemberRow>, Fault> {
    on.sql(
        "select m.id, m.account_id as account, a.username, a.given_name, a.family_name, a.email, a.email_verified_at,
                m.role, m.created_account, m.joined_at, m.disabled_at,
                coalesce(a.last_sign_in_at,
                         (select max(s.auth_time) from sessions s where s.account_id = a.id)) as last_sign_in_at,
                (select count(*) from memberships n
                 where n.account_id = m.account_id and n.id <> m.id and n.ended_at is null) as other_places
         from memberships m join accounts a on a.id = m.account_id
         where m.id = $1 and m.organization_id = $2 and m.ended_at is null",
    )
    .bind(id)
    .bind(organization)
    .maybe()
    .await
}

/// Somebody who decides for an organization.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct AdministratorRow {
    pub(crate) id: MembershipId,
    pub(crate) given_name: PersonName,
    pub(crate) family_name: PersonName,
    pub(crate) role: String,
}

/// The founder and the administrators, with their names, in the order of lists.
pub(crate) async fn administrators(
    on: &mut impl Sql,
    organization: OrganizationId,
) -> Result<Vec<AdministratorRow>, Fault> {
    on.sql(
        "select m.id, a.given_name, a.family_name, m.role
         from memberships m join accounts a on a.id = m.account_id
         where m.organization_id = $1 and m.ended_at is null and m.disabled_at is null
               and m.role <> 'member'
         order by m.listed_as, m.id limit 200",
    )
    .bind(organization)
    .all()
    .await
}
