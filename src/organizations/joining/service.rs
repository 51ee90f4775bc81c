//! What can be done with a request to join.

use super::{AskError, DecideError, RemindError, store};
use crate::accounts::{self, Account};
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, Fault, JoinRequestId, OrganizationId, Remark};
use crate::organizations::{
    Administrator, AssignableRole, OrganizationError, facts,
    mails::{self, About, Reader, Said},
    service,
    store::{hold, memberships},
};
use crate::platform::{
    store::{Db, Sql, Unit, violates},
    web::Kit,
    words::Words,
};

/// Asks an organization, which decides; its administrators get a mail. Drop the unit on an error:
/// part of it may be written.
///
/// # Errors
/// See [`AskError`].
pub async fn ask(
    unit: &mut Unit,
    kit: &Kit,
    account: AccountId,
    organization: OrganizationId,
    note: Option<Remark>,
) -> Result<JoinRequestId, AskError> {
    let person = accounts::get(unit, account).await?.filter(Account::is_active).ok_or(AskError::NotVerified)?;
    if person.verified_email().is_none() {
        return Err(AskError::NotVerified);
    }
    let name = hold(unit, organization).await?.ok_or(AskError::NotFound)?;
    if memberships::has_place(unit, account).await? {
        return Err(AskError::HasPlace);
    }
    store::expire_of(unit, account).await?;
    let asked = store::insert(unit, account, organization, note.clone()).await;
    let id = asked.map_err(|fault| match violates(&fault, "join_requests_account_id_key") {
        true => AskError::AlreadyAsked,
        false => fault.into(),
    })?;
    audit::record(unit, &Actor::Person(account), facts::join_asked(organization, account, id)).await?;
    tell_administrators(unit, kit, organization, id, |words| Said {
        subject: words.join_mail_asked_subject(person.full_name(), &name),
        paragraphs: asked_paragraphs(words, &person, &name, note.as_ref()),
        link: Some((words.join_mail_asked_link().to_owned(), format!("/org/requests/{id}"))),
    })
    .await?;
    Ok(id)
}

fn asked_paragraphs(
    words: Words,
    person: &Account,
    name: impl std::fmt::Display,
    note: Option<&Remark>,
) -> Vec<String> {
    let mut paragraphs = vec![words.join_mail_asked_text(person.full_name(), person.email(), name)];
    paragraphs.extend(note.map(|note| words.join_mail_asked_note(note)));
    paragraphs.push(words.join_mail_asked_how().to_owned());
    paragraphs
}

async fn tell_administrators(
    unit: &mut Unit,
    kit: &Kit,
    organization: OrganizationId,
    id: JoinRequestId,
    say: impl Fn(Words) -> Said,
) -> Result<(), Fault> {
    let expires_at = unit.now() + crate::organizations::rules::REQUEST_STANDS_FOR;
    for administrator in mails::administrators(unit, organization).await? {
        let about = About::until("organizations.join_request", &id, expires_at);
        mails::post(unit, kit, Reader::from(&administrator), about, &say).await?;
    }
    Ok(())
}

/// Reminds the administrators, once in 24 hours.
///
/// # Errors
/// See [`RemindError`].
pub async fn remind(unit: &mut Unit, kit: &Kit, account: AccountId, id: JoinRequestId) -> Result<(), RemindError> {
    let Some(organization) = store::remind(unit, account, id).await? else {
        let open = store::open_of(unit, account).await?.filter(|open| open.id == id);
        return Err(if open.is_some() { RemindError::TooSoon } else { RemindError::NotOpen });
    };
    let person = accounts::get(unit, account).await?.ok_or(RemindError::NotOpen)?;
    let name = store::name_of(unit, organization).await?.ok_or(RemindError::NotOpen)?;
    audit::record(unit, &Actor::Person(account), facts::join_reminded(organization, account, id)).await?;
    tell_administrators(unit, kit, organization, id, |words| Said {
        subject: words.join_mail_reminder_subject(person.full_name(), &name),
        paragraphs: asked_paragraphs(words, &person, &name, None),
        link: Some((words.join_mail_asked_link().to_owned(), format!("/org/requests/{id}"))),
    })
    .await?;
    Ok(())
}

/// Takes back the person's request. Says whether there was one.
///
/// # Errors
/// When the database does not answer.
pub async fn cancel(unit: &mut Unit, account: AccountId) -> Result<bool, Fault> {
    drop_open_of(unit, &Actor::Person(account), account).await
}

/// Cancels the requests of a person who found another place. Says whether there was one.
pub(in crate::organizations) async fn drop_open_of(
    unit: &mut Unit,
    actor: &Actor,
    account: AccountId,
) -> Result<bool, Fault> {
    let cancelled = store::cancel_of(unit, account).await?;
    for (id, organization) in &cancelled {
        audit::record(unit, actor, facts::join_decided(*organization, account, *id, "cancelled")).await?;
    }
    Ok(!cancelled.is_empty())
}

/// Accepts a request: the person gets a place with `role`, and a mail.
///
/// # Errors
/// See [`DecideError`]. Drop the unit then: part of it may be written.
pub async fn accept(
    unit: &mut Unit,
    kit: &Kit,
    by: Administrator<'_>,
    id: JoinRequestId,
    role: AssignableRole,
) -> Result<(), DecideError> {
    let account = decide(unit, by, id, ("accepted", None)).await?;
    let admitted = service::admit(unit, &by.actor(), by.organization(), account, (role.into(), false)).await;
    admitted.map_err(|error| match error {
        OrganizationError::Fault(fault) => DecideError::Fault(fault),
        _ => DecideError::PersonGone,
    })?;
    let name = &by.place().name;
    tell(unit, kit, account, |words| Said {
        subject: words.join_mail_accepted_subject(name),
        paragraphs: vec![words.join_mail_accepted_text(name), words.join_mail_accepted_next(name)],
        link: Some((words.join_mail_accepted_link(name), "/org".to_owned())),
    })
    .await?;
    Ok(())
}

/// Denies a request; the person gets a mail with the reason, and can ask elsewhere.
///
/// # Errors
/// See [`DecideError`].
pub async fn deny(
    unit: &mut Unit,
    kit: &Kit,
    by: Administrator<'_>,
    id: JoinRequestId,
    reason: Option<Remark>,
) -> Result<(), DecideError> {
    let account = decide(unit, by, id, ("denied", reason.clone())).await?;
    let name = &by.place().name;
    tell(unit, kit, account, |words| {
        let mut paragraphs = vec![words.join_mail_denied_text(name)];
        paragraphs.extend(reason.as_ref().map(|reason| words.join_mail_denied_reason(reason)));
        paragraphs.push(words.join_mail_denied_next().to_owned());
        Said::plainly(words.join_mail_denied_subject(name), paragraphs)
    })
    .await?;
    Ok(())
}

/// Decides a request, and names who asked. Whoever comes second learns who was first.
async fn decide(
    unit: &mut Unit,
    by: Administrator<'_>,
    id: JoinRequestId,
    word: (&'static str, Option<Remark>),
) -> Result<AccountId, DecideError> {
    by.hold(unit).await?;
    let outcome = word.0;
    if let Some(account) = store::decide(unit, by.organization(), id, by.account(), word).await? {
        let fact = facts::join_decided(by.organization(), account, id, outcome);
        audit::record(unit, &by.actor(), fact).await?;
        return Ok(account);
    }
    let request = store::request(unit, by.organization(), id).await?.ok_or(DecideError::NotFound)?;
    Err(request.decided.map_or(DecideError::NotFound, |decided| DecideError::Decided(Box::new(decided))))
}

async fn tell(unit: &mut Unit, kit: &Kit, account: AccountId, say: impl FnOnce(Words) -> Said) -> Result<(), Fault> {
    let Some(person) = accounts::get(unit, account).await?.filter(Account::is_active) else { return Ok(()) };
    mails::post(unit, kit, Reader::from(&person), About::kind("organizations.join_decision"), say).await
}

/// Cancels all requests that wait at an organization that is deleted; the people are told.
pub(in crate::organizations) async fn cancel_all_at(
    unit: &mut Unit,
    kit: &Kit,
    by: Administrator<'_>,
) -> Result<(), Fault> {
    let name = &by.place().name;
    for (id, account) in store::cancel_at(unit, by.organization()).await? {
        let fact = facts::join_decided(by.organization(), account, id, "cancelled");
        audit::record(unit, &by.actor(), fact).await?;
        tell(unit, kit, account, |words| {
            let paragraphs = vec![words.join_mail_gone_text(name), words.join_mail_denied_next().to_owned()];
            Said::plainly(words.join_mail_gone_subject(name), paragraphs)
        })
        .await?;
    }
    Ok(())
}

/// Records the end of requests whose time is over, and tells those who asked. Returns how many rows it touched.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(db: &Db, kit: &Kit) -> Result<u64, Fault> {
    let mut unit = db.write().await?;
    let before = unit.now() - crate::kernel::Lifetime::days(365);
    let mut rows = store::forget(&mut unit, before).await?;
    for expired in store::expire(&mut unit).await? {
        rows += 1;
        let fact = facts::join_decided(expired.organization_id, expired.account_id, expired.id, "expired");
        audit::record(&mut unit, &Actor::Program, fact).await?;
        let Some(name) = store::name_of(&mut unit, expired.organization_id).await? else { continue };
        tell(&mut unit, kit, expired.account_id, |words| {
            let paragraphs = vec![words.join_mail_expired_text(&name), words.join_mail_expired_next().to_owned()];
            Said::plainly(words.join_mail_expired_subject(&name), paragraphs)
        })
        .await?;
    }
    unit.commit().await?;
    Ok(rows)
}
