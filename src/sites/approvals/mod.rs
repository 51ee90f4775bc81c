//! What agencies say of organizations: an object with a history.
//!
//! `site_approvals` holds the word that counts, `site_approval_words` each one as it was said. Two who
//! speak at the same moment come one after the other at the row that counts; its revision is the order
//! of the history.

mod expiry;
mod last_day;
mod model;
mod service;
mod store;

pub use expiry::end_expired;
pub use last_day::{LastDay, NotADay};
pub use model::{Approval, By, Said, Terms, Word, WordSaid};
pub use service::{approve_with, deny, find, history, request, revoke, suspend};

use super::SiteError;
use crate::audit::Actor;
use crate::kernel::{OrganizationId, SiteId};
use crate::platform::store::Unit;

/// Approves an organization at a site: all its people, now and later, with `roles`, without an end.
///
/// # Errors
/// [`SiteError::NotFound`] when the site or the organization is not there.
pub async fn approve(
    unit: &mut Unit,
    actor: &Actor,
    site: SiteId,
    organization: OrganizationId,
    roles: Vec<String>,
) -> Result<(), SiteError> {
    let terms = Terms { roles, ..Terms::default() };
    approve_with(unit, By::from(actor), (site, organization), terms).await?;
    Ok(())
}

/// Ends an approval.
///
/// # Errors
/// [`SiteError::NotApproved`] when there is none.
pub async fn unapprove(
    unit: &mut Unit,
    actor: &Actor,
    site: SiteId,
    organization: OrganizationId,
) -> Result<(), SiteError> {
    revoke(unit, By::from(actor), (site, organization), Said::default()).await?;
    Ok(())
}
