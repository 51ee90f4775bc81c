//! The end of an organization: deleted by its founder, restorable for 30 days, then wiped.

use super::store;
use crate::accounts;
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, Fault, OrganizationId, OrganizationName};
use crate::organizations::{
    Founder, Refused, facts, invitations, joining,
    mails::{self, About, Reader, Said},
    rules::RESTORABLE_FOR,
    store::memberships,
};
use crate::platform::{
    store::{Db, Sql, Unit, violates},
    web::Kit,
    words::Words,
};

/// What stands in the way of a deletion, and what it would end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocks {
    /// People besides the founder: they have to be removed first.
    pub others: u64,
    /// Invitations that would be withdrawn.
    pub invitations: u64,
    /// Requests that would be cancelled.
    pub requests: u64,
}

/// Why an organization was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteError {
    /// So many people besides the founder are in it.
    #[error("{0} users are left")]
    OthersLeft(u64),
    /// What was typed is not its name.
    #[error("the name that was typed is another one")]
    OtherName,
    /// The person is the founder no more, or the organization is gone.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why a deleted organization was not restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// It is not deleted, or was deleted more than 30 days ago.
    #[error("there is no such organization that was deleted within the last 30 days")]
    NotRestorable,
    /// Its founder has another organization by now.
    #[error("its founder is in another organization by now, and has to leave that one first")]
    FounderElsewhere,
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What stands in the way of deleting an organization.
///
/// # Errors
/// When the database does not answer.
pub async fn blocks(on: &mut impl Sql, organization: OrganizationId) -> Result<Blocks, Fault> {
    let count = |n: i64| u64::try_from(n).unwrap_or_default();
    let others = store::count_others(on, organization).await?;
    let (invitations, requests) = store::count_open(on, organization).await?;
    Ok(Blocks { others: count(others), invitations: count(invitations), requests: count(requests) })
}

/// Deletes the organization. What is open ends, and the people who wait are told. `typed` is its name
/// as the founder typed it.
///
/// # Errors
/// See [`DeleteError`]. Drop the unit then.
pub async fn delete(unit: &mut Unit, kit: &Kit, by: Founder<'_>, typed: &str) -> Result<(), DeleteError> {
    let place = by.place();
    let is_its_name = typed.parse::<OrganizationName>().is_ok_and(|name| name.folded() == place.name.folded());
    if !is_its_name {
        return Err(DeleteError::OtherName);
    }
    by.hold(unit).await?;
    if !store::delete(unit, place.organization).await? {
        let others = store::count_others(unit, place.organization).await?;
        return Err(DeleteError::OthersLeft(u64::try_from(others).unwrap_or_default()));
    }
    invitations::withdraw_all(unit, by.administrator()).await?;
    joining::cancel_all_at(unit, kit, by.administrator()).await?;
    store::cancel(unit, place.organization).await?;
    memberships::set_founder_active(unit, place.organization, false).await?;
    audit::record(unit, &Actor::Person(place.account), facts::deleted(place.organization)).await?;
    let until = unit.now() + RESTORABLE_FOR;
    tell(unit, kit, place.account, |words| {
        let text = words.founder_mail_deleted_text(&place.name);
        let restorable = words.founder_mail_deleted_restorable(words.day(until));
        Said::plainly(words.founder_mail_deleted_subject(&place.name), vec![text, restorable])
    })
    .await?;
    Ok(())
}

/// Undoes a deletion, as the operator does. Invitations and requests that it ended stay ended.
///
/// # Errors
/// See [`RestoreError`]. Drop the unit then.
pub async fn restore(
    unit: &mut Unit,
    kit: &Kit,
    organization: OrganizationId,
) -> Result<OrganizationName, RestoreError> {
    let since = unit.now() - RESTORABLE_FOR;
    let name = store::restore(unit, organization, since).await?.ok_or(RestoreError::NotRestorable)?;
    let founder = store::founder_of(unit, organization).await?.ok_or(RestoreError::NotRestorable)?;
    memberships::set_founder_active(unit, organization, true).await.map_err(|fault| {
        match violates(&fault, "memberships_account_id_key") {
            true => RestoreError::FounderElsewhere,
            false => fault.into(),
        }
    })?;
    audit::record(unit, &Actor::Operator, facts::restored(organization)).await?;
    tell(unit, kit, founder, |words| Said {
        subject: words.founder_mail_restored_subject(&name),
        paragraphs: vec![words.founder_mail_restored_text(&name)],
        link: Some((words.join_mail_accepted_link(&name), "/org".to_owned())),
    })
    .await?;
    Ok(name)
}

async fn tell(unit: &mut Unit, kit: &Kit, account: AccountId, say: impl FnOnce(Words) -> Said) -> Result<(), Fault> {
    let Some(person) = accounts::get(unit, account).await? else { return Ok(()) };
    mails::post(unit, kit, Reader::from(&person), About::kind("organizations.deletion"), say).await
}

/// Wipes organizations that were deleted 30 days ago. Returns how many.
///
/// # Errors
/// When the database does not answer.
pub async fn wipe_old(db: &Db) -> Result<u64, Fault> {
    let until = db.now() - RESTORABLE_FOR;
    let old = store::deleted_before(&mut db.read().await?, until).await?;
    let mut wiped = 0;
    for organization in old {
        let mut unit = db.write().await?;
        if store::wipe(&mut unit, organization, until).await? {
            audit::record(&mut unit, &Actor::Program, facts::wiped(organization)).await?;
            unit.commit().await?;
            wiped += 1;
        }
    }
    Ok(wiped)
}
