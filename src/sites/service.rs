//! Registering sites; approving and linking organizations.

use super::{Family, Site, SiteUrl, facts, store};
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, Fault, OrganizationId, SiteId, SiteName};
use crate::platform::store::{Sql, Unit};

/// What a site is registered with.
#[derive(Debug, Clone)]
pub struct NewSite {
    /// Which family it is of.
    pub kind: Family,
    /// What its people call it.
    pub name: SiteName,
    /// Where it is.
    pub url: SiteUrl,
    /// Where it takes accounts (SCIM 2.0).
    pub scim_url: Option<String>,
    /// Whether only people of approved organizations may sign in.
    pub require_approval: bool,
}

/// Why something about a site was not done.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// There is no such site, or it was removed.
    #[error("there is no such site; `connex site list` shows them")]
    NotFound,
    /// There is no approval that could end.
    #[error("that organization is not approved at that site")]
    NotApproved,
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Registers a site.
///
/// # Errors
/// When the database refuses it.
pub async fn register(unit: &mut Unit, actor: &Actor, new: NewSite) -> Result<SiteId, Fault> {
    let id = SiteId::new(unit.now(), &unit.entropy());
    store::insert(unit, id, new).await?;
    audit::record(unit, actor, facts::registered(id)).await?;
    Ok(id)
}

/// Removes a site: its people can sign in there no more.
///
/// # Errors
/// [`SiteError::NotFound`] when it is not there.
pub async fn remove(unit: &mut Unit, actor: &Actor, id: SiteId) -> Result<(), SiteError> {
    if !store::remove(unit, id).await? {
        return Err(SiteError::NotFound);
    }
    Ok(audit::record(unit, actor, facts::removed(id)).await?)
}

/// All sites, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn list(on: &mut impl Sql) -> Result<Vec<Site>, Fault> {
    store::all(on).await?.into_iter().map(Site::try_from).collect()
}

/// One site.
///
/// # Errors
/// When the database does not answer.
pub async fn find(on: &mut impl Sql, id: SiteId) -> Result<Option<Site>, Fault> {
    store::by_id(on, id).await?.map(Site::try_from).transpose()
}

impl TryFrom<store::SiteRow> for Site {
    type Error = Fault;
    fn try_from(row: store::SiteRow) -> Result<Self, Fault> {
        Ok(Self {
            id: row.id,
            kind: row.kind.parse()?,
            name: row.name,
            url: row.url,
            scim_url: row.scim_url,
            require_approval: row.require_approval,
        })
    }
}

/// Approves an organization at a site: all its people, now and later, with `roles`.
///
/// # Errors
/// [`SiteError::NotFound`] when the site is not there.
pub async fn approve(
    unit: &mut Unit,
    actor: &Actor,
    site: SiteId,
    organization: OrganizationId,
    roles: Vec<String>,
) -> Result<(), SiteError> {
    if store::by_id(unit, site).await?.is_none() {
        return Err(SiteError::NotFound);
    }
    store::approve(unit, site, organization, roles, actor.to_string()).await?;
    Ok(audit::record(unit, actor, facts::organization_approved(site, organization)).await?)
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
    if !store::revoke(unit, site, organization, actor.to_string()).await? {
        return Err(SiteError::NotApproved);
    }
    Ok(audit::record(unit, actor, facts::approval_ended(site, organization)).await?)
}

/// Links an organization to a site, because one of its people signed in there. Linking twice is
/// linking once.
///
/// # Errors
/// When the database refuses it.
pub async fn link(unit: &mut Unit, site: SiteId, organization: OrganizationId, by: AccountId) -> Result<(), Fault> {
    if store::link(unit, site, organization, by).await? {
        audit::record(unit, &Actor::Person(by), facts::linked(site, organization)).await?;
    }
    Ok(())
}
