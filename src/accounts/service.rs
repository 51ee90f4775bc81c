//! What other slices and the operator ask of accounts.

use super::{Account, AccountStatus, SessionEnd, facts, sessions, store};
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, Fault};
use crate::platform::store::{Sql, Unit};

/// The account of a user ID or e-mail address, in whatever case it is written.
///
/// # Errors
/// When the database does not answer.
pub async fn find(on: &mut impl Sql, identifier: &str) -> Result<Option<Account>, Fault> {
    store::by_identifier(on, &identifier.trim().to_lowercase()).await
}

/// The account with this id, whatever its status.
///
/// # Errors
/// When the database does not answer.
pub async fn get(on: &mut impl Sql, id: AccountId) -> Result<Option<Account>, Fault> {
    store::by_id(on, id).await
}

/// Disables an account and ends its sessions, at once. Says whether anything changed.
///
/// # Errors
/// When the database does not answer.
pub async fn disable(unit: &mut Unit, actor: &Actor, id: AccountId) -> Result<bool, Fault> {
    if !store::set_status(unit, id, AccountStatus::Disabled).await? {
        return Ok(false);
    }
    audit::record(unit, actor, facts::disabled(id)).await?;
    sessions::end_all(unit, actor, id, SessionEnd::Disabled).await?;
    Ok(true)
}

/// Lets an account be used again. Says whether anything changed.
///
/// # Errors
/// When the database does not answer.
pub async fn enable(unit: &mut Unit, actor: &Actor, id: AccountId) -> Result<bool, Fault> {
    if !store::set_status(unit, id, AccountStatus::Active).await? {
        return Ok(false);
    }
    audit::record(unit, actor, facts::enabled(id)).await?;
    Ok(true)
}
