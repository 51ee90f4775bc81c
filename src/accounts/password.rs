//! Choosing a password, and what has to end with the former one.

use super::{Account, Accounts, SessionEnd, codes, facts, letters, recovery, sessions, store};
use crate::audit::{self, Actor, Fact};
use crate::kernel::{AccountId, Fault, SessionId};
use crate::platform::{
    hash::{HashError, Password, PasswordError, PasswordHash, PasswordRules},
    store::{Db, Unit},
    words::Words,
};

/// Why a password was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ChooseError {
    /// It is not to be had.
    #[error(transparent)]
    Refused(#[from] PasswordError),
    /// Something broke, or is too busy.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Hashes a new password, when it is one that may be chosen. `context` is what others know of the
/// person: names, address, user ID, organization.
///
/// # Errors
/// Why it cannot be chosen.
pub async fn choose(accounts: &Accounts, typed: &str, context: &[&str]) -> Result<PasswordHash, ChooseError> {
    let rules = PasswordRules { min_length: accounts.rules.password_min_length, context };
    let password = Password::choose(typed, &rules)?;
    hash(accounts, &accounts.db, password).await.map_err(ChooseError::Fault)
}

async fn hash(accounts: &Accounts, db: &Db, password: Password) -> Result<PasswordHash, Fault> {
    accounts.hasher.hash(password, db.entropy().bytes()).await.map_err(|error| match error {
        HashError::Busy => Fault::busy("hash a password"),
        other => Fault::of("hash a password", other),
    })
}

/// What others know of a person, for [`choose`].
pub(super) fn known_of(account: &Account) -> [&str; 4] {
    [account.given_name.as_str(), account.family_name.as_str(), account.email.as_str(), account.username.as_str()]
}

/// Why a password cannot be chosen, for the page.
#[must_use]
pub fn refusal(t: Words, why: PasswordError) -> String {
    match why {
        PasswordError::Empty => t.password_empty().to_owned(),
        PasswordError::TooLong => t.password_too_long().to_owned(),
        PasswordError::Character => t.password_character().to_owned(),
        PasswordError::TooShort { least } => t.password_too_short(least),
        PasswordError::Common => t.password_common().to_owned(),
        PasswordError::Names => t.password_names().to_owned(),
    }
}

/// How a new password came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    /// By the person, who knew the former one; this session goes on, and the others too unless they
    /// are to end.
    Changed {
        /// The session in which it was changed.
        here: SessionId,
        /// Whether the others end.
        others_end: bool,
    },
    /// By a mailed link: every session ends.
    Reset,
}

impl Setting {
    fn fact(self, account: AccountId) -> Fact {
        match self {
            Self::Changed { .. } => facts::password_changed(account),
            Self::Reset => facts::password_reset(account),
        }
    }
}

/// Sets a new password. Links for setting one and codes that are under way die with the former
/// one, and the person is told by mail. Says whether the account may be used at all.
pub(super) async fn set(
    unit: &mut Unit,
    accounts: &Accounts,
    account: &Account,
    hash: PasswordHash,
    how: Setting,
) -> Result<bool, Fault> {
    let (id, actor) = (account.id, Actor::Person(account.id));
    if !store::set_password(unit, id, Some(hash)).await? {
        return Ok(false);
    }
    recovery::void_links(unit, id).await?;
    codes::void(unit, &id.to_string()).await?;
    audit::record(unit, &actor, how.fact(id)).await?;
    match how {
        Setting::Changed { here, others_end: true } => {
            sessions::end_others(unit, &actor, (id, here), SessionEnd::PasswordChanged).await?;
        }
        Setting::Changed { others_end: false, .. } => {}
        Setting::Reset => {
            sessions::end_all(unit, &actor, id, SessionEnd::PasswordChanged).await?;
        }
    }
    letters::password_changed(unit, &accounts.kit, account).await?;
    Ok(true)
}
