//! Links: an administrator has pressed Sync, and all people of the organization, now and later, are at
//! the site.

pub(super) mod store;

use super::{SiteError, approvals, approvals::Word, facts, registry, visits};
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, Fault, OrganizationId, SiteId};
use crate::platform::store::{Sql, Unit};

/// Links an organization to a site. Linking twice is linking once. Says whether it is new.
///
/// # Errors
/// [`SiteError::Barred`] when the agency has suspended or blocked the organization,
/// [`SiteError::NeedsApproval`] when a link would open nothing.
pub async fn link(
    unit: &mut Unit,
    site: SiteId,
    organization: OrganizationId,
    by: AccountId,
) -> Result<bool, SiteError> {
    if store::insert(unit, site, organization, by).await? {
        audit::record(unit, &Actor::Person(by), facts::linked(site, organization)).await?;
        return Ok(true);
    }
    let Some(known) = registry::find(unit, site).await? else { return Err(SiteError::NotFound) };
    match approvals::find(unit, (site, organization)).await?.map(|approval| approval.word) {
        Some(Word::Suspended | Word::Denied) => Err(SiteError::Barred),
        Some(Word::Approved) => Ok(false),
        _ if known.require_approval => Err(SiteError::NeedsApproval),
        _ => Ok(false),
    }
}

/// An administrator presses Sync where all people of the organization are already: the site is told
/// everything anew, whatever it has confirmed before.
///
/// # Errors
/// When the database refuses it.
pub async fn sync_again(
    unit: &mut Unit,
    actor: &Actor,
    site: SiteId,
    organization: OrganizationId,
) -> Result<(), Fault> {
    audit::record(unit, actor, facts::synced(site, organization)).await
}

/// Ends a link, and the visits of the organization's people with it. Says whether there was one.
///
/// # Errors
/// [`SiteError::Approved`] when the agency has approved the organization: then the link opens nothing
/// that its end would close.
pub async fn unlink(
    unit: &mut Unit,
    actor: &Actor,
    site: SiteId,
    organization: OrganizationId,
) -> Result<bool, SiteError> {
    if !store::delete_unapproved(unit, site, organization).await? {
        return match approvals::find(unit, (site, organization)).await?.map(|approval| approval.word) {
            Some(Word::Approved) => Err(SiteError::Approved),
            _ => Ok(false),
        };
    }
    visits::store::end_of_organization(unit, site, organization).await?;
    audit::record(unit, actor, facts::unlinked(site, organization)).await?;
    Ok(true)
}

/// Whether an organization is linked to a site.
///
/// # Errors
/// When the database does not answer.
pub async fn is_linked(on: &mut impl Sql, site: SiteId, organization: OrganizationId) -> Result<bool, Fault> {
    store::exists(on, site, organization).await
}
