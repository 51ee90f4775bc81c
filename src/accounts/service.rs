//! What other slices and the operator ask of accounts.

use super::{Account, SessionEnd, codes, facts, letters, recovery, sessions, store};
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, Fault, Language, Lifetime, PersonName};
use crate::platform::{
    store::{Sql, Unit},
    web::Kit,
};

/// How long nobody else may take a former address: mail to it may still be on its way.
pub(super) const FORMER_ADDRESS_KEPT_FOR: Lifetime = Lifetime::days(90);

/// The account of a user ID or e-mail address, in whatever case it is written. A former address
/// is nobody's.
///
/// # Errors
/// When the database does not answer.
pub async fn find(on: &mut impl Sql, identifier: &str) -> Result<Option<Account>, Fault> {
    let folded = identifier.trim().to_lowercase();
    // PostgreSQL has no NUL in a text; no identifier of ours has one either.
    if folded.contains('\0') { Ok(None) } else { store::by_identifier(on, &folded).await }
}

/// The account with this id, whatever its status.
///
/// # Errors
/// When the database does not answer.
pub async fn get(on: &mut impl Sql, id: AccountId) -> Result<Option<Account>, Fault> {
    store::by_id(on, id).await
}

/// Whether a user ID or address is still to be had: nobody's user ID, nobody's address, and no
/// former address of the last 90 days.
///
/// # Errors
/// When the database does not answer.
pub async fn is_free(on: &mut impl Sql, identifier: &str) -> Result<bool, Fault> {
    let folded = identifier.trim().to_lowercase();
    Ok(!folded.contains('\0') && store::owner_of(on, folded).await?.is_none())
}

/// Disables an account and ends its sessions, at once. `by` is the organization that does it, as the
/// person reads it at the sign-in page; `None` when it is the operator, who also takes over what an
/// organization has disabled. Says whether anything changed.
///
/// # Errors
/// When the database does not answer.
pub async fn disable(unit: &mut Unit, actor: &Actor, id: AccountId, by: Option<&str>) -> Result<bool, Fault> {
    if !store::disable(unit, id, by).await? {
        return Ok(false);
    }
    audit::record(unit, actor, facts::disabled(id)).await?;
    sessions::end_all(unit, actor, id, SessionEnd::Disabled).await?;
    recovery::void_links(unit, id).await?;
    codes::void(unit, &id.to_string()).await?;
    Ok(true)
}

/// Lets an account be used again that the operator or an organization has disabled. Says whether
/// anything changed.
///
/// # Errors
/// When the database does not answer.
pub async fn enable(unit: &mut Unit, actor: &Actor, id: AccountId) -> Result<bool, Fault> {
    lift(unit, actor, id, false).await
}

/// The same by an organization, which cannot lift what the operator has disabled.
///
/// # Errors
/// When the database does not answer.
pub async fn enable_for_organization(unit: &mut Unit, actor: &Actor, id: AccountId) -> Result<bool, Fault> {
    lift(unit, actor, id, true).await
}

async fn lift(unit: &mut Unit, actor: &Actor, id: AccountId, of_organizations_only: bool) -> Result<bool, Fault> {
    let lifted = store::enable(unit, id, of_organizations_only).await?;
    if lifted {
        audit::record(unit, actor, facts::enabled(id)).await?;
    }
    Ok(lifted)
}

/// Gives a person another name: the one that sites show from now on. Says whether it was another one.
///
/// # Errors
/// When the database does not answer.
pub async fn rename(
    unit: &mut Unit,
    actor: &Actor,
    id: AccountId,
    (given, family): (PersonName, PersonName),
) -> Result<bool, Fault> {
    let renamed = store::rename(unit, id, given, family).await?;
    if renamed {
        audit::record(unit, actor, facts::renamed(id)).await?;
    }
    Ok(renamed)
}

/// Sets the language of a person's pages and mails. Says whether it was another one.
///
/// # Errors
/// When the database does not answer.
pub async fn set_language(unit: &mut Unit, actor: &Actor, id: AccountId, language: Language) -> Result<bool, Fault> {
    let changed = store::set_language(unit, id, language).await?;
    if changed {
        audit::record(unit, actor, facts::language_set(id, language)).await?;
    }
    Ok(changed)
}

/// Closes an account for ever: nobody signs in by it, its password and further claims are gone, its
/// user ID is never given away, its address not for 90 days. Places in organizations are for the
/// caller to end before. Says whether it was open.
///
/// # Errors
/// When the database does not answer.
pub async fn close(unit: &mut Unit, actor: &Actor, account: &Account) -> Result<bool, Fault> {
    let id = account.id;
    if !store::close(unit, id).await? {
        return Ok(false);
    }
    let until = unit.now() + FORMER_ADDRESS_KEPT_FOR;
    if account.email.folded() != account.username.folded() {
        store::reserve_identifier(unit, account.email.folded(), id, until).await?;
    }
    sessions::end_all(unit, actor, id, SessionEnd::Closed).await?;
    recovery::void_links(unit, id).await?;
    codes::void(unit, &id.to_string()).await?;
    audit::record(unit, actor, facts::closed(id)).await?;
    Ok(true)
}

/// The same by the person, who is told by mail. Says whether it was open.
///
/// # Errors
/// When the database does not answer.
pub async fn close_by_person(unit: &mut Unit, kit: &Kit, actor: &Actor, account: &Account) -> Result<bool, Fault> {
    let closed = close(unit, actor, account).await?;
    if closed {
        letters::closed(unit, kit, account).await?;
    }
    Ok(closed)
}
