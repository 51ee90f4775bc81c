//! Who may act: proofs that only a place makes, and that are looked at again once the organization is held.

use super::{Place, Role, store};
use crate::audit::Actor;
use crate::kernel::{AccountId, Fault, OrganizationId};
use crate::platform::store::Unit;

/// A person who may act as an administrator: the founder, too.
#[derive(Debug, Clone, Copy)]
pub struct Administrator<'p>(&'p Place);

/// The founder of an organization.
#[derive(Debug, Clone, Copy)]
pub struct Founder<'p>(&'p Place);

impl Place {
    /// The proof that this person may act as an administrator, if so.
    #[must_use]
    pub const fn administrator(&self) -> Option<Administrator<'_>> {
        if self.role.administers() { Some(Administrator(self)) } else { None }
    }

    /// The proof that this person is the founder, if so.
    #[must_use]
    pub const fn founder(&self) -> Option<Founder<'_>> {
        if matches!(self.role, Role::Founder) { Some(Founder(self)) } else { None }
    }
}

/// Why somebody who had the rights a moment ago may not act now.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The organization is suspended or deleted.
    #[error("the organization is not active")]
    OrganizationGone,
    /// Somebody took the rights away meanwhile.
    #[error("these rights have ended")]
    RightsEnded,
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl<'p> Administrator<'p> {
    /// The place that proves it.
    #[must_use]
    pub const fn place(self) -> &'p Place {
        self.0
    }

    /// Who acts.
    #[must_use]
    pub const fn account(self) -> AccountId {
        self.0.account
    }

    /// Where.
    #[must_use]
    pub const fn organization(self) -> OrganizationId {
        self.0.organization
    }

    /// As the audit trail names who acts.
    #[must_use]
    pub const fn actor(self) -> Actor {
        Actor::Person(self.0.account)
    }

    /// Holds the organization for this unit, and makes sure that the rights still stand.
    ///
    /// Whoever decides something about the people of an organization holds its row first, so that two
    /// of them come one after the other, in one order of locks. The rights are read in a second
    /// statement: PostgreSQL would look at the memberships as they were before it waited for the row.
    pub(super) async fn hold(self, unit: &mut Unit) -> Result<(), Refused> {
        hold(unit, self.0, Role::administers).await
    }

    /// As [`Administrator::hold`], for what changes neither the organization nor its people: its revision stays.
    ///
    /// # Errors
    /// When the rights have ended, or the database does not answer.
    pub async fn hold_as_it_is(self, unit: &mut Unit) -> Result<(), Refused> {
        if store::hold(unit, self.0.organization).await?.is_none() {
            return Err(Refused::OrganizationGone);
        }
        look_again(unit, self.0, Role::administers).await
    }
}

impl<'p> Founder<'p> {
    /// The place that proves it.
    #[must_use]
    pub const fn place(self) -> &'p Place {
        self.0
    }

    /// A founder may do all that an administrator may.
    #[must_use]
    pub const fn administrator(self) -> Administrator<'p> {
        Administrator(self.0)
    }

    /// As [`Administrator::hold`].
    pub(super) async fn hold(self, unit: &mut Unit) -> Result<(), Refused> {
        hold(unit, self.0, |role| role == Role::Founder).await
    }
}

async fn hold(unit: &mut Unit, place: &Place, suffices: fn(Role) -> bool) -> Result<(), Refused> {
    if !store::grow(unit, place.organization).await? {
        return Err(Refused::OrganizationGone);
    }
    look_again(unit, place, suffices).await
}

async fn look_again(unit: &mut Unit, place: &Place, suffices: fn(Role) -> bool) -> Result<(), Refused> {
    match store::role_of(unit, place.organization, place.account).await? {
        Some(role) if suffices(role) => Ok(()),
        _ => Err(Refused::RightsEnded),
    }
}
