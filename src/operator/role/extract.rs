//! Who acts on the operator's pages.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};

use crate::accounts::{
    Accounts,
    sessions::extract::{Person, Visitor},
};
use crate::audit::Actor;
use crate::kernel::{AccountId, Fault};
use crate::platform::{
    web::{PageError, Shell},
    words::Words,
};

/// The guard has seen that this person is an operator and has given the password a short while ago.
#[derive(Debug, Clone, Copy)]
pub struct OnDuty {
    account: AccountId,
}

impl OnDuty {
    /// For the guard alone, when a row of the policy that asks for an operator lets the person in.
    #[must_use]
    pub const fn of(account: AccountId) -> Self {
        Self { account }
    }
}

/// An operator at a page.
pub struct Desk {
    visitor: Visitor,
    on_duty: OnDuty,
}

impl Desk {
    /// The account of the operator.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.on_duty.account
    }

    /// Who the record says it was.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        Actor::Person(self.on_duty.account)
    }

    /// The shell of a page for this operator.
    #[must_use]
    pub fn shell(&self, accounts: &Accounts) -> Shell {
        self.visitor.shell(accounts)
    }

    /// The words of a page for this operator.
    #[must_use]
    pub fn words(&self, accounts: &Accounts) -> Words {
        self.visitor.words(accounts)
    }
}

impl<S> FromRequestParts<S> for Desk
where
    S: Send + Sync,
    Accounts: FromRef<S>,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let Person { visitor, .. } = Person::from_request_parts(parts, state).await?;
        // Only a row of the policy that asks for less than an operator can lead here.
        let on_duty =
            parts.extensions.get::<OnDuty>().copied().ok_or_else(|| Fault::new("find which operator acts"))?;
        Ok(Self { visitor, on_duty })
    }
}
