//! Another founder: by an offer that an administrator accepts, or by the operator, with notice.

use super::store::{self, Due, HandOverRow, NewHandOver};
use crate::accounts::{self, Account};
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, Fault, HandOverId, MembershipId, OrganizationId, OrganizationName, Timestamp};
use crate::organizations::{
    Administrator, Founder, Named, Refused, Role, facts,
    mails::{self, About, Reader, Said},
    members,
    rules::{OFFER_STANDS_FOR, REPLACEMENT_NOTICE},
    store::{grow, hold, memberships},
};
use crate::platform::{
    store::{Db, Sql, Unit, violates},
    web::Kit,
    words::Words,
};

/// How an organization comes to another founder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The founder offers; the administrator accepts or declines.
    Offer,
    /// The operator announces it; it happens on its day, unless the founder cancels it.
    Replacement,
}

/// A hand-over that is open.
#[derive(Debug, Clone)]
pub struct HandOver {
    /// Its id.
    pub id: HandOverId,
    /// How.
    pub kind: Kind,
    /// The founder.
    pub from: AccountId,
    /// Who is to be the founder.
    pub to: AccountId,
    /// Their name.
    pub to_name: Named,
    /// Why, when the operator said so.
    pub reason: Option<String>,
    /// Since when.
    pub offered_at: Timestamp,
    /// When the offer ends, or the replacement happens.
    pub due_at: Timestamp,
}

impl From<HandOverRow> for HandOver {
    fn from(row: HandOverRow) -> Self {
        Self {
            id: row.id,
            kind: if row.kind == "offer" { Kind::Offer } else { Kind::Replacement },
            from: row.from_account_id,
            to: row.to_account_id,
            to_name: Named { given_name: row.given_name, family_name: row.family_name },
            reason: row.reason,
            offered_at: row.offered_at,
            due_at: row.due_at,
        }
    }
}

/// Why the founder role was not offered or handed over.
#[derive(Debug, thiserror::Error)]
pub enum HandOverError {
    /// There is no such offer to this person that is open.
    #[error("there is no such offer")]
    NotFound,
    /// Only an administrator of the organization can become its founder.
    #[error("only an administrator of the organization can become its founder; make this person one first")]
    NotAnAdministrator,
    /// Another hand-over is open.
    #[error("another hand-over is open")]
    AlreadyOpen,
    /// The rights of whoever acts have ended.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

fn refused_by_index(fault: Fault) -> HandOverError {
    match violates(&fault, "hand_overs_organization_id_key") {
        true => HandOverError::AlreadyOpen,
        false => fault.into(),
    }
}

/// The hand-over that is open at an organization.
///
/// # Errors
/// When the database does not answer.
pub async fn open_at(on: &mut impl Sql, organization: OrganizationId) -> Result<Option<HandOver>, Fault> {
    Ok(store::open_at(on, organization).await?.map(HandOver::from))
}

/// Offers the founder role to an administrator, who gets a mail.
///
/// # Errors
/// See [`HandOverError`].
pub async fn offer(unit: &mut Unit, kit: &Kit, by: Founder<'_>, to: MembershipId) -> Result<HandOverId, HandOverError> {
    by.hold(unit).await?;
    let place = by.place();
    let member = members::find(unit, place.organization, to).await?.ok_or(HandOverError::NotAnAdministrator)?;
    if member.role != Role::Administrator || member.disabled_at.is_some() {
        return Err(HandOverError::NotAnAdministrator);
    }
    store::expire_at(unit, place.organization).await?;
    let due_at = unit.now() + OFFER_STANDS_FOR;
    let (organization, from, to) = (place.organization, place.account, member.account);
    let new = NewHandOver { organization, kind: "offer", from, to, reason: None, due_at };
    let id = store::insert(unit, new).await.map_err(refused_by_index)?;
    audit::record(unit, &Actor::Person(from), facts::hand_over_offered(organization, to, id)).await?;
    let founder = accounts::get(unit, from).await?.map(|person| person.full_name()).unwrap_or_default();
    tell(unit, kit, to, About::until("organizations.hand_over", &id, due_at), |words| Said {
        subject: words.founder_mail_offered_subject(&place.name),
        paragraphs: vec![
            words.founder_mail_offered_text(&founder, &place.name),
            words.founder_mail_offered_until(words.day(due_at)),
        ],
        link: Some((words.founder_mail_offered_link().to_owned(), "/org/founder/hand-over".to_owned())),
    })
    .await?;
    Ok(id)
}

/// Accepts an offer: from then on `by` is the founder, and the former one an administrator.
///
/// # Errors
/// See [`HandOverError`]. Drop the unit then: part of it may be written.
pub async fn accept(unit: &mut Unit, kit: &Kit, by: Administrator<'_>, id: HandOverId) -> Result<(), HandOverError> {
    by.hold(unit).await?;
    let organization = by.organization();
    let from = store::accept(unit, organization, id, by.account()).await?.ok_or(HandOverError::NotFound)?;
    if !swap(unit, organization, from, by.account()).await? {
        return Err(HandOverError::NotFound);
    }
    audit::record(unit, &by.actor(), facts::founder_changed(organization, from, by.account())).await?;
    let now_founder = accounts::get(unit, by.account()).await?.map(|person| person.full_name()).unwrap_or_default();
    tell_changed(unit, kit, organization, &by.place().name, &now_founder).await?;
    Ok(())
}

/// Makes one the founder and the other an administrator: both, or the unit is dropped.
async fn swap(unit: &mut Unit, organization: OrganizationId, from: AccountId, to: AccountId) -> Result<bool, Fault> {
    Ok(memberships::step_down(unit, organization, from).await? && memberships::step_up(unit, organization, to).await?)
}

async fn tell_changed(
    unit: &mut Unit,
    kit: &Kit,
    organization: OrganizationId,
    name: &OrganizationName,
    founder: &str,
) -> Result<(), Fault> {
    for person in mails::administrators(unit, organization).await? {
        let about = About::kind("organizations.founder_changed");
        mails::post(unit, kit, Reader::from(&person), about, |words| {
            let text = words.founder_mail_changed_text(founder, name);
            Said::plainly(words.founder_mail_changed_subject(name), vec![text])
        })
        .await?;
    }
    Ok(())
}

/// Declines an offer; the founder gets a mail.
///
/// # Errors
/// See [`HandOverError`].
pub async fn decline(unit: &mut Unit, kit: &Kit, by: Administrator<'_>, id: HandOverId) -> Result<(), HandOverError> {
    by.hold(unit).await?;
    let organization = by.organization();
    let from = store::decline(unit, organization, id, by.account()).await?.ok_or(HandOverError::NotFound)?;
    audit::record(unit, &by.actor(), facts::hand_over_ended(organization, id, "declined")).await?;
    let person = accounts::get(unit, by.account()).await?.map(|person| person.full_name()).unwrap_or_default();
    let name = &by.place().name;
    tell(unit, kit, from, About::kind("organizations.hand_over"), |words| {
        let text = words.founder_mail_declined_text(&person, name);
        Said::plainly(words.founder_mail_declined_subject(name), vec![text])
    })
    .await?;
    Ok(())
}

/// The founder takes an offer back, or stops a replacement. Says whether there was one.
///
/// # Errors
/// When the rights have ended, or the database does not answer.
pub async fn cancel(unit: &mut Unit, by: Founder<'_>) -> Result<bool, Refused> {
    by.hold(unit).await?;
    let place = by.place();
    let Some(id) = store::cancel(unit, place.organization).await? else { return Ok(false) };
    let fact = facts::hand_over_ended(place.organization, id, "cancelled");
    audit::record(unit, &Actor::Person(place.account), fact).await?;
    Ok(true)
}

/// The operator announces another founder: it happens in seven days, unless the founder stops it.
/// Founder and administrators get a mail. An open offer of the founder is ended by it.
///
/// # Errors
/// See [`HandOverError`]. Drop the unit then.
pub async fn announce_replacement(
    unit: &mut Unit,
    kit: &Kit,
    organization: OrganizationId,
    to: &Account,
    reason: &str,
) -> Result<Timestamp, HandOverError> {
    let name = hold(unit, organization).await?.ok_or(Refused::OrganizationGone)?;
    let from = store::founder_of(unit, organization).await?.ok_or(HandOverError::NotFound)?;
    if memberships::role_of(unit, organization, to.id()).await? != Some(Role::Administrator) {
        return Err(HandOverError::NotAnAdministrator);
    }
    if let Some(open) = open_at(unit, organization).await?
        && open.kind == Kind::Replacement
    {
        return Err(HandOverError::AlreadyOpen);
    }
    store::cancel(unit, organization).await?;
    let due_at = unit.now() + REPLACEMENT_NOTICE;
    let reason = Some(reason.to_owned());
    let new = NewHandOver { organization, kind: "replacement", from, to: to.id(), reason: reason.clone(), due_at };
    let id = store::insert(unit, new).await.map_err(refused_by_index)?;
    audit::record(unit, &Actor::Operator, facts::replacement_announced(organization, to.id(), id)).await?;
    for person in mails::administrators(unit, organization).await? {
        let about = About::until("organizations.replacement", &id, due_at);
        let (is_founder, reason) = (person.id() == from, reason.as_deref().unwrap_or_default());
        mails::post(unit, kit, Reader::from(&person), about, |words| Said {
            subject: words.founder_mail_replacement_subject(&name),
            paragraphs: replacement(words, (&name, &to.full_name()), reason, due_at, is_founder),
            link: is_founder.then(|| (words.founder_mail_replacement_link().to_owned(), "/org/founder".to_owned())),
        })
        .await?;
    }
    Ok(due_at)
}

fn replacement(
    words: Words,
    (name, to): (&OrganizationName, &str),
    reason: &str,
    due_at: Timestamp,
    is_founder: bool,
) -> Vec<String> {
    let stop = if is_founder { words.founder_mail_replacement_stop() } else { words.founder_mail_replacement_tell() };
    vec![
        words.founder_mail_replacement_text(words.day(due_at), to, name),
        words.founder_mail_replacement_reason(reason),
        stop.to_owned(),
    ]
}

async fn tell(
    unit: &mut Unit,
    kit: &Kit,
    account: AccountId,
    about: About,
    say: impl FnOnce(Words) -> Said,
) -> Result<(), Fault> {
    let Some(person) = accounts::get(unit, account).await? else { return Ok(()) };
    mails::post(unit, kit, Reader::from(&person), about, say).await
}

/// Carries out the replacements whose day has come. Returns how many it settled.
///
/// # Errors
/// When the database does not answer.
pub async fn carry_out_due(db: &Db, kit: &Kit) -> Result<u64, Fault> {
    let due = store::due(&mut db.read().await?).await?;
    let mut settled = 0;
    for one in due {
        settled += u64::from(carry_out(db, kit, &one).await?);
    }
    Ok(settled)
}

async fn carry_out(db: &Db, kit: &Kit, due: &Due) -> Result<bool, Fault> {
    let mut unit = db.write().await?;
    let organization = due.organization_id;
    let is_active = grow(&mut unit, organization).await?;
    let is_done = is_active
        && store::settle_due(&mut unit, due.id, "done").await?
        && swap(&mut unit, organization, due.from_account_id, due.to_account_id).await?;
    if !is_done {
        drop(unit);
        return give_up(db, due).await;
    }
    let fact = facts::founder_changed(organization, due.from_account_id, due.to_account_id);
    audit::record(&mut unit, &Actor::Program, fact).await?;
    let name = hold(&mut unit, organization).await?;
    let founder = accounts::get(&mut unit, due.to_account_id).await?.map(|person| person.full_name());
    if let (Some(name), Some(founder)) = (name, founder) {
        tell_changed(&mut unit, kit, organization, &name, &founder).await?;
    }
    unit.commit().await?;
    Ok(true)
}

/// The organization is gone, or the administrator is none any more: nothing is handed over.
async fn give_up(db: &Db, due: &Due) -> Result<bool, Fault> {
    let mut unit = db.write().await?;
    if !store::settle_due(&mut unit, due.id, "cancelled").await? {
        return Ok(false);
    }
    let fact = facts::hand_over_ended(due.organization_id, due.id, "cancelled");
    audit::record(&mut unit, &Actor::Program, fact).await?;
    unit.commit().await?;
    Ok(true)
}
