//! What the operator changes about a site that is registered.

mod store;

use super::{SiteError, SiteUrl, facts};
use crate::audit::{self, Actor};
use crate::kernel::{AddressLine, EmailAddress, Fault, SiteId, SiteName, Timestamp};
use crate::organizations::UsState;
use crate::platform::store::{Sql, Unit};

/// What the operator decides about a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// What its people call it.
    pub name: SiteName,
    /// Where it is.
    pub url: SiteUrl,
    /// Its county, for whoever looks for it in a list.
    pub county: Option<AddressLine>,
    /// Its state.
    pub state: Option<UsState>,
    /// Where it takes accounts (SCIM 2.0); `None` when it takes none.
    pub scim_url: Option<SiteUrl>,
    /// Whether only people of approved organizations may sign in.
    pub require_approval: bool,
    /// How many requests a second it takes; 0 for as many as come.
    pub per_second: u16,
    /// Whoever looks after it, and is written when it does not take what it is told.
    pub contact: Option<EmailAddress>,
}

/// The details of a site as they are.
#[derive(Debug, Clone)]
pub struct Registered {
    /// What may be changed.
    pub details: Details,
    /// Since when it is registered.
    pub since: Timestamp,
}

/// The details of a site.
///
/// # Errors
/// When the database does not answer.
pub async fn of(on: &mut impl Sql, site: SiteId) -> Result<Option<Registered>, Fault> {
    store::find(on, site).await?.map(Registered::try_from).transpose()
}

impl TryFrom<store::DetailsRow> for Registered {
    type Error = Fault;
    fn try_from(row: store::DetailsRow) -> Result<Self, Fault> {
        let scim_url = row.scim_url.as_deref().map(str::parse).transpose();
        let details = Details {
            name: row.name,
            url: row.url,
            county: row.county,
            state: row.state,
            scim_url: scim_url.map_err(|cause| Fault::of("read where a site takes accounts", cause))?,
            require_approval: row.require_approval,
            per_second: u16::try_from(row.per_second).unwrap_or(u16::MAX),
            contact: row.contact,
        };
        Ok(Self { details, since: row.created_at })
    }
}

/// Changes the details of a site. Whether it needs approvals decides who stands there, so the copies
/// are settled anew when that changes.
///
/// # Errors
/// [`SiteError::NotFound`] when it is not there, or another operator was faster.
pub async fn change(unit: &mut Unit, actor: &Actor, site: SiteId, new: Details) -> Result<(), SiteError> {
    let former = of(unit, site).await?.ok_or(SiteError::NotFound)?.details;
    if former == new {
        return Ok(());
    }
    let required = (former.require_approval, new.require_approval);
    if !store::update(unit, site, new, former.require_approval).await? {
        return Err(SiteError::NotFound);
    }
    audit::record(unit, actor, facts::changed(site)).await?;
    if required.0 != required.1 {
        audit::record(unit, actor, facts::admission_changed(site, required.1)).await?;
    }
    if required == (true, false) {
        // Those who had pressed Sync and waited for an approval stand there from now on.
        for organization in store::linked(unit, site).await? {
            audit::record(unit, actor, facts::opened_to(site, organization)).await?;
        }
    }
    Ok(())
}
