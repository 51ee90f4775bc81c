//! Who acts for an organization.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};

use super::{Administrator, Founder, Place, Refused};
use crate::accounts::{
    Accounts, SignedIn,
    sessions::extract::{Person, Visitor},
};
use crate::kernel::Fault;
use crate::platform::{
    web::{PageError, Shell},
    words::Words,
};

/// A person with a place in an organization; the guard has looked both up for this request.
pub struct Staff {
    /// The person and the browser.
    pub person: Person,
    /// The place: which organization, and as what.
    pub place: Place,
}

impl Staff {
    /// The person who is signed in.
    #[must_use]
    pub const fn signed_in(&self) -> &SignedIn {
        &self.person.signed_in
    }

    /// The shell of a page for this person.
    #[must_use]
    pub fn shell(&self, accounts: &Accounts) -> Shell {
        self.visitor().shell(accounts)
    }

    /// The proof that the person may act as an administrator, for handlers whose row demands it.
    ///
    /// # Errors
    /// When the row of the route asks for less.
    pub fn administrator(&self) -> Result<Administrator<'_>, PageError> {
        self.place.administrator().ok_or_else(|| Refused::RightsEnded.into())
    }

    /// The proof that the person is the founder, for handlers whose row demands it.
    ///
    /// # Errors
    /// When the row of the route asks for less.
    pub fn founder(&self) -> Result<Founder<'_>, PageError> {
        self.place.founder().ok_or_else(|| Refused::RightsEnded.into())
    }

    /// The words of a page for this person.
    #[must_use]
    pub fn words(&self, accounts: &Accounts) -> Words {
        self.visitor().words(accounts)
    }

    /// The browser.
    #[must_use]
    pub const fn visitor(&self) -> &Visitor {
        &self.person.visitor
    }
}

impl<S> FromRequestParts<S> for Staff
where
    S: Send + Sync,
    Accounts: FromRef<S>,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let person = Person::from_request_parts(parts, state).await?;
        // Only a row of the policy that asks for less than a member can lead here.
        let place = parts.extensions.get::<Place>().cloned().ok_or_else(|| Fault::new("find who acts for whom"))?;
        Ok(Self { person, place })
    }
}
