//! What happens to accounts and sessions.

use crate::audit::Fact;
use crate::kernel::{AccountId, Language, SessionId};

/// A session ended before its time: the sites that saw it are to be told.
pub const SESSION_ENDED: &str = "accounts.session_ended";
/// Many wrong passwords in a row: the owner of the account, if there is one, is to be told.
pub const MANY_FAILURES: &str = "accounts.many_failures";
/// A person got another name: lists show it from now on.
pub const RENAMED: &str = "accounts.renamed";
/// A person got another address.
pub const EMAIL_CHANGED: &str = "accounts.email_changed";
/// A person took their former address back.
pub const EMAIL_CHANGE_UNDONE: &str = "accounts.email_change_undone";

/// An account was opened.
pub(super) fn opened(account: AccountId) -> Fact {
    Fact::new("accounts.opened", &account).person(account)
}

/// An account was disabled.
pub(super) fn disabled(account: AccountId) -> Fact {
    Fact::new("accounts.disabled", &account).person(account)
}

/// An account may be used again.
pub(super) fn enabled(account: AccountId) -> Fact {
    Fact::new("accounts.enabled", &account).person(account)
}

/// A person signed in.
pub(super) fn signed_in(account: AccountId, session: SessionId, network: &str) -> Fact {
    Fact::new("accounts.signed_in", &account).person(account).with("session", &session).with("network", &network)
}

/// Somebody gave a wrong password. Without an account when the name is nobody's.
pub(super) fn sign_in_failed(account: Option<AccountId>, network: &str) -> Fact {
    let subject = account.map_or_else(|| "nobody".to_owned(), |account| account.to_string());
    of(account, Fact::new("accounts.sign_in_failed", &subject).with("network", &network))
}

/// A session was ended by `why`, as [`SessionEnd`](super::SessionEnd) has it.
pub(super) fn session_ended(session: SessionId, account: AccountId, why: &str) -> Fact {
    Fact::new(SESSION_ENDED, &session).person(account).with("account", &account).with("why", &why)
}

/// The person has another name: sites are to learn it.
pub(super) fn renamed(account: AccountId) -> Fact {
    Fact::new(RENAMED, &account).person(account)
}

/// The person chose another language.
pub(super) fn language_set(account: AccountId, language: Language) -> Fact {
    Fact::new("accounts.language_set", &account).person(account).with("language", &language)
}

/// The person set another password.
pub(super) fn password_changed(account: AccountId) -> Fact {
    Fact::new("accounts.password_changed", &account).person(account)
}

/// A password was set by a mailed link.
pub(super) fn password_reset(account: AccountId) -> Fact {
    Fact::new("accounts.password_reset", &account).person(account)
}

/// The password was made void, because somebody else may have set it.
pub(super) fn password_voided(account: AccountId) -> Fact {
    Fact::new("accounts.password_voided", &account).person(account)
}

/// A link for a new password was mailed.
pub(super) fn password_link_sent(account: AccountId) -> Fact {
    Fact::new("accounts.password_link_sent", &account).person(account)
}

/// Another address is to be proven before it becomes the account's.
pub(super) fn email_change_asked(account: AccountId) -> Fact {
    Fact::new("accounts.email_change_asked", &account).person(account)
}

/// The account has another address, which was proven.
pub(super) fn email_changed(account: AccountId) -> Fact {
    Fact::new(EMAIL_CHANGED, &account).person(account)
}

/// The account has its former address again.
pub(super) fn email_change_undone(account: AccountId) -> Fact {
    Fact::new(EMAIL_CHANGE_UNDONE, &account).person(account)
}

/// The person proved the address of the account.
pub(super) fn email_verified(account: AccountId) -> Fact {
    Fact::new("accounts.email_verified", &account).person(account)
}

/// A person signed in with a browser or from a network that was not seen before.
pub(super) fn new_device_seen(account: AccountId, session: SessionId) -> Fact {
    Fact::new("accounts.new_device_seen", &account).person(account).with("session", &session)
}

/// So many wrong passwords were given in a row that the owner is told.
pub(super) fn many_failures(account: Option<AccountId>, network: &str) -> Fact {
    let subject = account.map_or_else(|| "nobody".to_owned(), |account| account.to_string());
    of(account, Fact::new(MANY_FAILURES, &subject).with("network", &network))
}

/// The account was closed for ever.
pub(super) fn closed(account: AccountId) -> Fact {
    Fact::new("accounts.closed", &account).person(account)
}

/// The fact in the activity of whose account it is, if it is anybody's.
fn of(account: Option<AccountId>, fact: Fact) -> Fact {
    match account {
        Some(account) => fact.person(account),
        None => fact,
    }
}
