//! Whether members open sites to themselves by signing in there, or leave that to the administrators.

use super::{Administrator, Refused, facts, store};
use crate::audit;
use crate::kernel::{Fault, OrganizationId};
use crate::platform::store::{Sql, Unit};

/// Whether members may sign in at sites to which the organization is not linked.
///
/// # Errors
/// When the database does not answer.
pub async fn is_allowed(on: &mut impl Sql, organization: OrganizationId) -> Result<bool, Fault> {
    store::members_may_visit(on, organization).await
}

/// Allows it, or leaves it to the administrators from now on. Says whether that is new.
///
/// # Errors
/// When the rights have ended, or the database does not answer.
pub async fn allow(unit: &mut Unit, by: Administrator<'_>, is_allowed: bool) -> Result<bool, Refused> {
    by.hold_as_it_is(unit).await?;
    let is_new = store::set_members_may_visit(unit, by.organization(), is_allowed).await?;
    if is_new {
        audit::record(unit, &by.actor(), facts::visiting_set(by.organization(), is_allowed)).await?;
    }
    Ok(is_new)
}
