//! The password once more, by a person who is signed in: before what a stolen session must not do.

use super::{
    service::{SignInError, verify},
    tries::{self, Keys, Refused},
};
use crate::accounts::{Account, Accounts, SignedIn, facts};
use crate::audit::{self, Actor};
use crate::kernel::{Fault, Lifetime};
use crate::platform::{hash::PasswordHash, words::Words};

/// Why the person is not believed.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmError {
    /// It is not the password.
    #[error("that password is not correct")]
    Wrong,
    /// Too many tries: wait this long.
    #[error("too many tries")]
    Wait(Lifetime),
    /// Something broke, or is too busy.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl ConfirmError {
    /// What the page says at the field.
    ///
    /// # Errors
    /// The fault, which is for the edge.
    pub fn say(self, t: Words) -> Result<String, Fault> {
        match self {
            Self::Wrong => Ok(t.sign_in_wrong_password().to_owned()),
            Self::Wait(span) => Ok(t.sign_in_wait(t.span(span))),
            Self::Fault(fault) => Err(fault),
        }
    }
}

/// Whether `typed` is the password of whoever is signed in. Tries count as at the sign-in page.
///
/// # Errors
/// When it is not, or too many tries were made.
pub async fn confirm(accounts: &Accounts, person: &SignedIn, typed: &str, network: &str) -> Result<(), ConfirmError> {
    confirm_by(accounts, (&person.account, person.account.password_hash.as_ref()), typed, network).await
}

/// The same against a hash that need not be the account's present one.
///
/// # Errors
/// When it is not, or too many tries were made.
pub(in crate::accounts) async fn confirm_by(
    accounts: &Accounts,
    (account, hash): (&Account, Option<&PasswordHash>),
    typed: &str,
    network: &str,
) -> Result<(), ConfirmError> {
    let keys = Keys::of(&account.username.folded(), Some(account), network);
    let counted = tries::reserve((&accounts.db, &accounts.limits), &keys, Some(account), network).await;
    let counted = counted.map_err(|refused| match refused {
        Refused::Wait(span) => ConfirmError::Wait(span),
        Refused::Fault(fault) => ConfirmError::Fault(fault),
    })?;
    let verified = verify(accounts, hash, typed).await.map_err(|error| match error {
        SignInError::Fault(fault) => fault,
        other => Fault::of("verify a password", other),
    })?;
    let mut unit = accounts.db.write().await?;
    if verified.is_some() {
        if accounts.limits.enabled {
            keys.forget(&mut unit).await?;
            unit.commit().await?;
        }
        return Ok(());
    }
    audit::record(&mut unit, &Actor::Person(account.id), facts::sign_in_failed(Some(account.id), network)).await?;
    if counted.calls_for_a_notice() {
        audit::record(&mut unit, &Actor::Program, facts::many_failures(Some(account.id), network)).await?;
    }
    unit.commit().await?;
    Err(ConfirmError::Wrong)
}
