//! The table `invitations`. Who invited is read from accounts on the way (decision 8).

use super::{Invitation, NewInvitation, model::InvitationLink};
use crate::kernel::{AccountId, Digest, EmailAddress, Fault, InvitationId, Language, OrganizationId, Timestamp};
use crate::organizations::rules::{INVITATION_STANDS_FOR, listed_as};
use crate::platform::store::{Sql, Unit};

/// Keeps an invitation. The index refuses a second open one to the same address.
pub(super) async fn insert(
    unit: &mut Unit,
    (id, digest): (InvitationId, Digest<InvitationLink>),
    (organization, by): (OrganizationId, AccountId),
    new: NewInvitation,
    language: Language,
) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "insert into invitations (id, organization_id, email, email_folded, given_name, family_name, listed_as, role, language,
                                  invited_by, digest, status, created_at, sent_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open', $12, $12, $13)",
    )
    .bind(id)
    .bind(organization)
    .bind(new.email.clone())
    .bind(new.email.folded())
    .bind(new.given_name.clone())
    .bind(new.family_name.clone())
    .bind(listed_as(&new.family_name, &new.given_name, &new.email))
    .bind(new.role.as_str())
    .bind(language.tag())
    .bind(by)
    .bind(digest)
    .bind(now)
    .bind(now + INVITATION_STANDS_FOR)
    .run()
    .await?;
    Ok(())
}

/// An invitation and the digest of its newest link.
#[derive(sqlx::FromRow)]
pub(super) struct LinkRow {
    #[sqlx(flatten)]
    pub(super) invitation: Invitation,
    pub(super) digest: Digest<InvitationLink>,
    pub(super) is_open: bool,
}

/// The invitation with this id, however it stands, at an active organization.
pub(super) async fn by_id(on: &mut impl Sql, id: InvitationId) -> Result<Option<LinkRow>, Fault> {
    on.sql(
        "select i.id, i.organization_id as organization, o.name as organization_name,
                a.given_name || ' ' || a.family_name as inviter_name, i.given_name, i.family_name, i.email, i.role,
                i.sent_at, i.expires_at, i.digest, i.status = 'open' as is_open
         from invitations i join organizations o on o.id = i.organization_id join accounts a on a.id = i.invited_by
         where i.id = $1 and o.status = 'active'",
    )
    .bind(id)
    .maybe()
    .await
}

/// The open invitations to an address at active organizations, the newest first. Only somebody who has
/// proven the address may learn of them.
///
/// # Errors
/// When the database does not answer.
pub async fn waiting_for(on: &mut impl Sql, email: &EmailAddress) -> Result<Vec<Invitation>, Fault> {
    let now = on.now();
    on.sql(
        "select i.id, i.organization_id as organization, o.name as organization_name,
                a.given_name || ' ' || a.family_name as inviter_name, i.given_name, i.family_name, i.email, i.role,
                i.sent_at, i.expires_at
         from invitations i join organizations o on o.id = i.organization_id join accounts a on a.id = i.invited_by
         where i.email_folded = $1 and i.status = 'open' and i.expires_at > $2 and o.status = 'active'
         order by i.id desc limit 20",
    )
    .bind(email.folded())
    .bind(now)
    .all()
    .await
}

/// An open invitation of an organization, expired or not.
///
/// # Errors
/// When the database does not answer.
pub async fn of_organization(
    on: &mut impl Sql,
    organization: OrganizationId,
    id: InvitationId,
) -> Result<Option<Invitation>, Fault> {
    on.sql(
        "select i.id, i.organization_id as organization, o.name as organization_name,
                a.given_name || ' ' || a.family_name as inviter_name, i.given_name, i.family_name, i.email, i.role,
                i.sent_at, i.expires_at
         from invitations i join organizations o on o.id = i.organization_id join accounts a on a.id = i.invited_by
         where i.id = $1 and i.organization_id = $2 and i.status = 'open'",
    )
    .bind(id)
    .bind(organization)
    .maybe()
    .await
}

/// Whether an invitation to the address is open at an organization.
pub(super) async fn is_invited(
    on: &mut impl Sql,
    organization: OrganizationId,
    email: &EmailAddress,
) -> Result<bool, Fault> {
    let found: Option<InvitationId> = on
        .sql("select id from invitations where organization_id = $1 and email_folded = $2 and status = 'open'")
        .bind(organization)
        .bind(email.folded())
        .scalar()
        .await?;
    Ok(found.is_some())
}

/// What was accepted.
#[derive(sqlx::FromRow)]
pub(super) struct Accepted {
    pub(super) organization_id: OrganizationId,
    pub(super) role: String,
}

/// Uses an invitation up for an account, once, if whoever invited may still do so. The organization is held.
pub(super) async fn accept(
    unit: &mut Unit,
    id: InvitationId,
    account: AccountId,
    email: &EmailAddress,
) -> Result<Option<Accepted>, Fault> {
    let now = unit.now();
    unit.sql(
        "update invitations set status = 'accepted', decided_at = $3, account_id = $2
         where id = $1 and status = 'open' and expires_at > $3 and email_folded = $4
               and exists (
                   select 1 from memberships m
                   where m.organization_id = invitations.organization_id and m.account_id = invitations.invited_by
                         and m.role in ('founder', 'administrator') and m.ended_at is null and m.disabled_at is null)
         returning organization_id, role",
    )
    .bind(id)
    .bind(account)
    .bind(now)
    .bind(email.folded())
    .maybe()
    .await
}

/// Ends an open invitation. Names the organization.
pub(super) async fn settle(
    unit: &mut Unit,
    id: InvitationId,
    status: &'static str,
) -> Result<Option<OrganizationId>, Fault> {
    let now = unit.now();
    unit.sql(
        "update invitations set status = $2, decided_at = $3 where id = $1 and status = 'open' returning organization_id",
    )
    .bind(id)
    .bind(status)
    .bind(now)
    .scalar()
    .await
}

/// Ends an open invitation of an organization. Says whether it was open.
pub(super) async fn withdraw(unit: &mut Unit, organization: OrganizationId, id: InvitationId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update invitations set status = 'withdrawn', decided_at = $3
             where id = $1 and organization_id = $2 and status = 'open'",
        )
        .bind(id)
        .bind(organization)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Ends all open invitations of an organization, and names them.
pub(super) async fn withdraw_all(unit: &mut Unit, organization: OrganizationId) -> Result<Vec<InvitationId>, Fault> {
    let now = unit.now();
    let rows: Vec<(InvitationId,)> = unit
        .sql(
            "update invitations set status = 'withdrawn', decided_at = $2
             where organization_id = $1 and status = 'open' returning id",
        )
        .bind(organization)
        .bind(now)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// What a letter that is sent again needs to know.
#[derive(sqlx::FromRow)]
pub(super) struct Renewed {
    pub(super) email: EmailAddress,
    pub(super) language: String,
    pub(super) role: String,
}

/// Gives an open invitation a new link, which from then on is the only one, and another seven days. It
/// is the word of whoever sends it again.
pub(super) async fn renew(
    unit: &mut Unit,
    organization: OrganizationId,
    (id, digest): (InvitationId, Digest<InvitationLink>),
    by: AccountId,
) -> Result<Option<Renewed>, Fault> {
    let now = unit.now();
    unit.sql(
        "update invitations set digest = $3, invited_by = $4, sent_at = $5, expires_at = $6
         where id = $1 and organization_id = $2 and status = 'open' returning email, language, role",
    )
    .bind(id)
    .bind(organization)
    .bind(digest)
    .bind(by)
    .bind(now)
    .bind(now + INVITATION_STANDS_FOR)
    .maybe()
    .await
}

/// Withdraws invitations that nobody sent again, and forgets settled ones, whose link ended before
/// `before`. Returns how many.
pub(super) async fn forget(unit: &mut Unit, before: Timestamp) -> Result<u64, Fault> {
    unit.sql("delete from invitations where expires_at < $1").bind(before).run().await
}
