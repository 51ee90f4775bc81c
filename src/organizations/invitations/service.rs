//! Inviting, and what can be done with an invitation.

use super::{AcceptError, ByToken, Invitation, InviteError, NewInvitation, ResendError, model::InvitationLink, store};
use crate::accounts::{self, Account};
use crate::audit::{self, Actor};
use crate::kernel::{
    AccountId, EmailAddress, Fault, InvitationId, Language, Lifetime, OrganizationName, Timestamp, Token,
};
use crate::organizations::{
    Administrator, AssignableRole, OrganizationError, facts, joining,
    mails::{self, About, Reader, Said},
    rules::INVITATION_STANDS_FOR,
    service,
    store::{grow, memberships},
};
use crate::platform::{
    store::{Db, Sql, Unit, violates},
    web::Kit,
    words::Words,
};

/// How long an invitation is kept after its link has ended.
const KEPT_FOR: Lifetime = Lifetime::days(90);

/// Invites one person. `language` is that of the letter for somebody whom we do not know.
///
/// # Errors
/// See [`InviteError`]. Drop the unit then: part of it may be written.
pub async fn invite(
    unit: &mut Unit,
    kit: &Kit,
    by: Administrator<'_>,
    new: NewInvitation,
    language: Language,
) -> Result<InvitationId, InviteError> {
    by.hold(unit).await?;
    invite_held(unit, kit, by, new, language).await
}

/// Invites all of them, or nobody.
///
/// # Errors
/// The first refusal, with the number of the one whom it is about, from 0. Drop the unit then.
pub async fn invite_all(
    unit: &mut Unit,
    kit: &Kit,
    by: Administrator<'_>,
    new: Vec<NewInvitation>,
    language: Language,
) -> Result<(), (usize, InviteError)> {
    by.hold(unit).await.map_err(|refused| (0, refused.into()))?;
    for (number, one) in new.into_iter().enumerate() {
        invite_held(unit, kit, by, one, language).await.map_err(|error| (number, error))?;
    }
    Ok(())
}

async fn invite_held(
    unit: &mut Unit,
    kit: &Kit,
    by: Administrator<'_>,
    new: NewInvitation,
    language: Language,
) -> Result<InvitationId, InviteError> {
    let known = owner(unit, &new.email).await?;
    if let Some(person) = &known
        && memberships::of_account(unit, by.organization(), person.id()).await?.is_some()
    {
        return Err(InviteError::AlreadyMember);
    }
    let language = known.as_ref().map_or(language, Account::language);
    let token = Token::<InvitationLink>::new(unit.now(), &unit.entropy());
    let id = InvitationId::from_uuid(token.id());
    let (email, role) = (new.email.clone(), new.role);
    let kept = store::insert(unit, (id, token.digest()), (by.organization(), by.account()), new, language).await;
    kept.map_err(|fault| match violates(&fault, "invitations_organization_id_email_folded_key") {
        true => InviteError::AlreadyInvited,
        false => fault.into(),
    })?;
    audit::record(unit, &by.actor(), facts::invited(by.organization(), id, role)).await?;
    send(unit, kit, by, &token, (Reader { to: email, language }, role)).await?;
    Ok(id)
}

/// The person who signs in by this very address, if it is not merely somebody's user ID.
async fn owner(unit: &mut Unit, email: &EmailAddress) -> Result<Option<Account>, Fault> {
    let found = accounts::find(unit, email.as_str()).await?;
    Ok(found.filter(|person| person.email().folded() == email.folded()))
}

/// The letter with the link. Whoever opens it has proven the address, but joins only by typing.
async fn send(
    unit: &mut Unit,
    kit: &Kit,
    by: Administrator<'_>,
    token: &Token<InvitationLink>,
    (reader, role): (Reader, AssignableRole),
) -> Result<(), Fault> {
    let inviter = accounts::get(unit, by.account()).await?.map(|person| person.full_name()).unwrap_or_default();
    let (name, expires_at) = (&by.place().name, unit.now() + INVITATION_STANDS_FOR);
    let about = About::until("organizations.invitation", &InvitationId::from_uuid(token.id()), expires_at);
    mails::post(unit, kit, reader, about, |words| said(words, &inviter, name, role, expires_at, token)).await
}

fn said(
    words: Words,
    inviter: &str,
    name: &OrganizationName,
    role: AssignableRole,
    expires_at: Timestamp,
    token: &Token<InvitationLink>,
) -> Said {
    let as_what = match role {
        AssignableRole::Administrator => words.users_mail_invited_administrator(name),
        AssignableRole::Member => words.users_mail_invited_member(name),
    };
    Said {
        subject: words.users_mail_invited_subject(inviter, name),
        paragraphs: vec![
            words.users_mail_invited_text(inviter, name),
            as_what,
            words.users_mail_invited_until(words.day(expires_at)),
            words.users_mail_invited_stranger().to_owned(),
        ],
        link: Some((words.users_mail_invited_link(name), format!("/invite/{}", token.reveal()))),
    }
}

/// Sends an invitation again: an earlier link is dead from then on.
///
/// # Errors
/// See [`ResendError`].
pub async fn resend(
    unit: &mut Unit,
    kit: &Kit,
    by: Administrator<'_>,
    id: InvitationId,
) -> Result<EmailAddress, ResendError> {
    by.hold(unit).await?;
    let token = Token::<InvitationLink>::from_parts(id.uuid(), unit.entropy().bytes());
    let renewed = store::renew(unit, by.organization(), (id, token.digest()), by.account()).await?;
    let renewed = renewed.ok_or(ResendError::NotFound)?;
    audit::record(unit, &by.actor(), facts::invitation_resent(by.organization(), id)).await?;
    let language = owner(unit, &renewed.email).await?.map(|person| person.language());
    let language = language.or_else(|| renewed.language.parse().ok()).unwrap_or_default();
    let reader = Reader { to: renewed.email.clone(), language };
    send(unit, kit, by, &token, (reader, AssignableRole::chosen(Some(&renewed.role)))).await?;
    Ok(renewed.email)
}

/// Takes an invitation back: its link is dead from then on.
///
/// # Errors
/// See [`ResendError`].
pub async fn withdraw(unit: &mut Unit, by: Administrator<'_>, id: InvitationId) -> Result<(), ResendError> {
    by.hold(unit).await?;
    if !store::withdraw(unit, by.organization(), id).await? {
        return Err(ResendError::NotFound);
    }
    audit::record(unit, &by.actor(), facts::invitation_settled(by.organization(), id, "withdrawn")).await?;
    Ok(())
}

/// Takes all invitations back, of an organization that is deleted.
pub(in crate::organizations) async fn withdraw_all(unit: &mut Unit, by: Administrator<'_>) -> Result<(), Fault> {
    for id in store::withdraw_all(unit, by.organization()).await? {
        audit::record(unit, &by.actor(), facts::invitation_settled(by.organization(), id, "withdrawn")).await?;
    }
    Ok(())
}

/// What the link with this token leads to.
///
/// # Errors
/// When the database does not answer.
pub async fn by_token(on: &mut impl Sql, text: &str) -> Result<ByToken, Fault> {
    let Ok(token) = text.parse::<Token<InvitationLink>>() else { return Ok(ByToken::Unknown) };
    let Some(row) = store::by_id(on, InvitationId::from_uuid(token.id())).await? else { return Ok(ByToken::Unknown) };
    Ok(match (row.digest == token.digest(), row.is_open) {
        (false, _) => ByToken::Unknown,
        (true, false) => ByToken::Over,
        (true, true) if row.invitation.has_expired(on.now()) => ByToken::Expired(row.invitation),
        (true, true) => ByToken::Open(row.invitation),
    })
}

/// Accepts an invitation for an account that has proven the invited address. `created_account` says
/// that the account was opened by this act.
///
/// # Errors
/// See [`AcceptError`]. Drop the unit then: part of it may be written.
pub async fn accept(
    unit: &mut Unit,
    actor: &Actor,
    id: InvitationId,
    account: AccountId,
    created_account: bool,
) -> Result<Invitation, AcceptError> {
    let person = accounts::get(unit, account).await?.ok_or(AcceptError::OtherAddress)?;
    let proven = person.verified_email().ok_or(AcceptError::OtherAddress)?;
    let row = store::by_id(unit, id).await?.ok_or(AcceptError::NotOpen)?;
    if row.invitation.email.folded() != proven.address().folded() {
        return Err(AcceptError::OtherAddress);
    }
    if !grow(unit, row.invitation.organization).await? {
        return Err(AcceptError::NotOpen);
    }
    let accepted = store::accept(unit, id, account, proven.address()).await?.ok_or(AcceptError::NotOpen)?;
    let role: AssignableRole = accepted.role.parse()?;
    let organization = accepted.organization_id;
    let admitted = service::admit(unit, actor, organization, account, (role.into(), created_account)).await;
    admitted.map_err(|error| match error {
        OrganizationError::AlreadyMember => AcceptError::AlreadyMember,
        OrganizationError::InAnotherOrganization => AcceptError::InAnotherOrganization,
        OrganizationError::Fault(fault) => AcceptError::Fault(fault),
        _ => AcceptError::NotOpen,
    })?;
    joining::drop_open_of(unit, actor, account).await?;
    audit::record(unit, actor, facts::invitation_settled(organization, id, "accepted")).await?;
    Ok(row.invitation)
}

/// Declines an invitation, as its link or its proven address allows. Says whether it was open.
///
/// # Errors
/// When the database does not answer.
pub async fn decline(unit: &mut Unit, actor: &Actor, id: InvitationId) -> Result<bool, Fault> {
    let Some(organization) = store::settle(unit, id, "declined").await? else { return Ok(false) };
    audit::record(unit, actor, facts::invitation_settled(organization, id, "declined")).await?;
    Ok(true)
}

/// Forgets invitations whose link ended 90 days ago. Returns how many.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(db: &Db) -> Result<u64, Fault> {
    let mut unit = db.write().await?;
    let before = unit.now() - KEPT_FOR;
    let rows = store::forget(&mut unit, before).await?;
    unit.commit().await?;
    Ok(rows)
}
