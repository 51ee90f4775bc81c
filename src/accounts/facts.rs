//! What happens to accounts and sessions.

use crate::audit::Fact;
use crate::kernel::{AccountId, SessionId};

/// A session ended before its time: the sites that saw it are to be told.
pub const SESSION_ENDED: &str = "accounts.session_ended";

/// An account was opened.
pub(super) fn opened(account: AccountId) -> Fact {
    Fact::new("accounts.opened", &account)
}

/// An account was disabled.
pub(super) fn disabled(account: AccountId) -> Fact {
    Fact::new("accounts.disabled", &account)
}

/// An account may be used again.
pub(super) fn enabled(account: AccountId) -> Fact {
    Fact::new("accounts.enabled", &account)
}

/// A person signed in.
pub(super) fn signed_in(account: AccountId, session: SessionId, network: &str) -> Fact {
    Fact::new("accounts.signed_in", &account).with("session", &session).with("network", &network)
}

/// Somebody gave a wrong password. Without an account when the name is nobody's.
pub(super) fn sign_in_failed(account: Option<AccountId>, network: &str) -> Fact {
    let subject = account.map_or_else(|| "nobody".to_owned(), |account| account.to_string());
    Fact::new("accounts.sign_in_failed", &subject).with("network", &network)
}

/// A session was ended by `why`: signed_out, replaced, disabled, operator.
pub(super) fn session_ended(session: SessionId, account: AccountId, why: &str) -> Fact {
    Fact::new(SESSION_ENDED, &session).with("account", &account).with("why", &why)
}
