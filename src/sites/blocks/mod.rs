//! Blocks: a site's own Disable of a person, which it told us. ConneX shows it to the organization and
//! changes nothing by it.

mod store;

use super::facts;
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, Fault, SiteId};
use crate::platform::store::{Sql, Unit};

/// A site has disabled its copy of a person. Says whether that is new.
///
/// # Errors
/// When the database refuses it.
pub async fn block(unit: &mut Unit, actor: &Actor, site: SiteId, account: AccountId) -> Result<bool, Fault> {
    let is_new = store::insert(unit, site, account).await?;
    if is_new {
        audit::record(unit, actor, facts::person_blocked(site, account)).await?;
    }
    Ok(is_new)
}

/// A site has enabled its copy of a person again. Says whether it was disabled.
///
/// # Errors
/// When the database refuses it.
pub async fn unblock(unit: &mut Unit, actor: &Actor, site: SiteId, account: AccountId) -> Result<bool, Fault> {
    let was_blocked = store::delete(unit, site, account).await?;
    if was_blocked {
        audit::record(unit, actor, facts::person_unblocked(site, account)).await?;
    }
    Ok(was_blocked)
}

/// Whether a site has disabled its copy of a person.
///
/// # Errors
/// When the database does not answer.
pub async fn is_blocked(on: &mut impl Sql, site: SiteId, account: AccountId) -> Result<bool, Fault> {
    store::exists(on, site, account).await
}
