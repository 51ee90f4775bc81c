//! Registering sites, finding them, removing them.

use super::{Family, Site, SiteUrl, store};
use crate::audit::{self, Actor};
use crate::kernel::{AddressLine, EmailAddress, Fault, SiteId, SiteName};
use crate::organizations::UsState;
use crate::platform::store::{Sql, Unit};
use crate::sites::{SiteError, facts};

/// How many requests a second a site takes when nobody says.
const USUAL_PACE: i64 = 10;

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
    /// Where it is, for whoever looks for it in a list.
    pub county: Option<AddressLine>,
    /// The state.
    pub state: Option<UsState>,
    /// Requests a second that it takes at most; 0 for as many as come.
    pub per_second: i64,
    /// Whether it knows people by a subject of its own (OpenID Connect Core §8.1).
    pub pairwise: bool,
    /// Whoever looks after it, and is written when it does not take what it is told.
    pub contact: Option<EmailAddress>,
}

impl NewSite {
    /// A site of which no more is known than its family, its name and its address.
    #[must_use]
    pub const fn new(kind: Family, name: SiteName, url: SiteUrl) -> Self {
        Self {
            kind,
            name,
            url,
            scim_url: None,
            require_approval: false,
            county: None,
            state: None,
            per_second: USUAL_PACE,
            pairwise: false,
            contact: None,
        }
    }
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
            county: row.county,
            state: row.state,
            per_second: row.per_second,
            pairwise: row.pairwise,
        })
    }
}
