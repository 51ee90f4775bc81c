//! What an administrator does about a member; each in a unit that holds the organization.

use super::{Member, MemberError};
use crate::accounts;
use crate::audit::{self, Actor, Woken};
use crate::kernel::{AccountId, Fault, MembershipId, OrganizationId};
use crate::organizations::{
    Administrator, AssignableRole, Place, Role, facts,
    mails::{self, About, Reader, Said},
    rules::listed_as,
    store::{self, memberships, people},
};
use crate::platform::{
    jobs::{LeasedJob, Outcome},
    store::{Db, Sql, Unit},
    web::Kit,
    words::Words,
};

/// The job that lists a person under their new name or address.
pub const RELIST: &str = "organizations.relist";

/// The member with this id.
///
/// # Errors
/// When the database does not answer.
pub async fn find(on: &mut impl Sql, organization: OrganizationId, id: MembershipId) -> Result<Option<Member>, Fault> {
    people::member(on, organization, id).await?.map(Member::try_from).transpose()
}

/// Holds the organization and finds the member, whom `by` may do something about.
async fn held(unit: &mut Unit, by: Administrator<'_>, id: MembershipId) -> Result<Member, MemberError> {
    by.hold(unit).await?;
    let member = find(unit, by.organization(), id).await?.ok_or(MemberError::NotFound)?;
    match member.role {
        Role::Founder => Err(MemberError::Founder),
        _ if member.account == by.account() => Err(MemberError::Oneself),
        _ => Ok(member),
    }
}

/// Gives a member another role; the person gets a mail.
///
/// # Errors
/// See [`MemberError`].
pub async fn set_role(
    unit: &mut Unit,
    kit: &Kit,
    by: Administrator<'_>,
    id: MembershipId,
    role: AssignableRole,
) -> Result<Member, MemberError> {
    let member = held(unit, by, id).await?;
    if !memberships::set_role(unit, by.organization(), id, role).await? {
        return Ok(member);
    }
    audit::record(unit, &by.actor(), facts::role_changed(by.organization(), member.account, role)).await?;
    let name = &by.place().name;
    tell(unit, kit, "organizations.role_changed", member.account, |words| {
        let text = match role {
            AssignableRole::Administrator => words.users_mail_role_administrator(name),
            AssignableRole::Member => words.users_mail_role_member(name),
        };
        Said::plainly(words.users_mail_role_subject(name), vec![text])
    })
    .await?;
    Ok(member)
}

/// Disables a member: no sign-in anywhere until somebody enables them; sessions end at once.
///
/// # Errors
/// See [`MemberError`].
pub async fn disable(
    unit: &mut Unit,
    kit: &Kit,
    by: Administrator<'_>,
    id: MembershipId,
) -> Result<Member, MemberError> {
    let member = held(unit, by, id).await?;
    if !memberships::disable(unit, by.organization(), id).await? {
        return Ok(member);
    }
    let name = &by.place().name;
    accounts::disable(unit, &by.actor(), member.account, Some(name.as_str())).await?;
    audit::record(unit, &by.actor(), facts::member_disabled(by.organization(), member.account)).await?;
    tell(unit, kit, "organizations.disabled", member.account, |words| {
        Said::plainly(words.users_mail_disabled_subject(name), vec![words.users_mail_disabled_text(name)])
    })
    .await?;
    Ok(member)
}

/// Enables a member again.
///
/// # Errors
/// See [`MemberError`].
pub async fn enable(
    unit: &mut Unit,
    kit: &Kit,
    by: Administrator<'_>,
    id: MembershipId,
) -> Result<Member, MemberError> {
    let member = held(unit, by, id).await?;
    if !memberships::enable(unit, by.organization(), id).await? {
        return Ok(member);
    }
    lift(unit, by, member.account).await?;
    audit::record(unit, &by.actor(), facts::member_enabled(by.organization(), member.account)).await?;
    let name = &by.place().name;
    tell(unit, kit, "organizations.enabled", member.account, |words| Said {
        subject: words.users_mail_enabled_subject(name),
        paragraphs: vec![words.users_mail_enabled_text(name)],
        link: Some((words.users_mail_sign_in().to_owned(), "/login".to_owned())),
    })
    .await?;
    Ok(member)
}

/// Lets the account be used again, unless the operator disabled it.
async fn lift(unit: &mut Unit, by: Administrator<'_>, account: AccountId) -> Result<(), Fault> {
    accounts::enable_for_organization(unit, &by.actor(), account).await?;
    Ok(())
}

/// Removes a member: the place ends, the account stays and may join elsewhere.
///
/// # Errors
/// See [`MemberError`].
pub async fn remove(
    unit: &mut Unit,
    kit: &Kit,
    by: Administrator<'_>,
    id: MembershipId,
) -> Result<Member, MemberError> {
    let member = held(unit, by, id).await?;
    part(unit, by, &member).await?;
    if member.disabled_at.is_some() {
        lift(unit, by, member.account).await?;
    }
    let name = &by.place().name;
    tell(unit, kit, "organizations.removed", member.account, |words| {
        Said::plainly(
            words.users_mail_removed_subject(name),
            vec![words.users_mail_removed_text(name), words.join_mail_denied_next().to_owned()],
        )
    })
    .await?;
    Ok(member)
}

/// Removes a member and deletes the account, which this organization had opened and nobody else uses.
///
/// # Errors
/// See [`MemberError`].
pub async fn delete_account(
    unit: &mut Unit,
    kit: &Kit,
    by: Administrator<'_>,
    id: MembershipId,
) -> Result<Member, MemberError> {
    let member = held(unit, by, id).await?;
    if !member.is_deletable {
        return Err(MemberError::NotDeletable);
    }
    part(unit, by, &member).await?;
    let name = &by.place().name;
    // The letter first: afterwards nobody knows the address.
    tell(unit, kit, "organizations.deleted_account", member.account, |words| {
        Said::plainly(words.users_mail_deleted_subject().to_owned(), vec![words.users_mail_deleted_text(name)])
    })
    .await?;
    let person = accounts::get(unit, member.account).await?.ok_or(MemberError::NotFound)?;
    accounts::close(unit, &by.actor(), &person).await?;
    Ok(member)
}

async fn part(unit: &mut Unit, by: Administrator<'_>, member: &Member) -> Result<(), MemberError> {
    if !memberships::end(unit, by.organization(), member.id, by.account().to_string()).await? {
        return Err(MemberError::NotFound);
    }
    let fact = facts::member_removed(by.organization(), member.account, member.id);
    audit::record(unit, &by.actor(), fact).await?;
    Ok(())
}

/// A person leaves their organization by themselves. Says whether they could: a founder cannot.
///
/// # Errors
/// When the database does not answer.
pub async fn leave(unit: &mut Unit, place: &Place) -> Result<bool, Fault> {
    if !store::grow(unit, place.organization).await? {
        return Ok(false);
    }
    let Some(id) = memberships::of_account(unit, place.organization, place.account).await? else { return Ok(false) };
    if !memberships::end(unit, place.organization, id, place.account.to_string()).await? {
        return Ok(false);
    }
    let fact = facts::member_removed(place.organization, place.account, id);
    audit::record(unit, &Actor::Person(place.account), fact).await?;
    Ok(true)
}

async fn tell(
    unit: &mut Unit,
    kit: &Kit,
    kind: &'static str,
    account: AccountId,
    say: impl FnOnce(Words) -> Said,
) -> Result<(), Fault> {
    let Some(person) = accounts::get(unit, account).await? else { return Ok(()) };
    mails::post(unit, kit, Reader::from(&person), About::kind(kind), say).await
}

/// Lists a person under the name and address that they have now, wherever they have a place.
pub async fn relist(db: &Db, job: &LeasedJob) -> Outcome {
    let Ok(woken) = serde_json::from_str::<Woken>(&job.payload) else {
        return Outcome::GiveUp("the payload of the job cannot be read".to_owned());
    };
    let Ok(account) = woken.subject.parse::<AccountId>() else {
        return Outcome::GiveUp("the subject of the job is no account".to_owned());
    };
    match relist_account(db, account).await {
        Ok(()) => Outcome::Done,
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

async fn relist_account(db: &Db, account: AccountId) -> Result<(), Fault> {
    let mut unit = db.write().await?;
    let Some(person) = accounts::get(&mut unit, account).await? else { return Ok(()) };
    // The organizations first, as everywhere.
    for organization in memberships::organizations_of(&mut unit, account).await? {
        store::grow(&mut unit, organization).await?;
    }
    let listed = listed_as(person.family_name(), person.given_name(), person.email());
    memberships::relist(&mut unit, account, listed).await?;
    unit.commit().await
}
