//! What a session is.

use crate::accounts::Account;
use crate::kernel::{SessionId, Timestamp};

/// The kind of the token in the session's cookie.
pub struct SessionCookie;

/// Why a session ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionEnd {
    /// The person signed out.
    SignedOut,
    /// The person signed in again in the same browser.
    Replaced,
    /// The account was disabled.
    Disabled,
    /// The operator ended it.
    ByOperator,
}

impl SessionEnd {
    /// As the column has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::Replaced => "replaced",
            Self::Disabled => "disabled",
            Self::ByOperator => "operator",
        }
    }
}

/// A person who is signed in: every check on the session and the account has passed.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The session.
    pub session: SessionId,
    /// The person.
    pub account: Account,
    /// When the person last proved who they are.
    pub auth_time: Timestamp,
    /// The authentication context class that was reached.
    pub acr: String,
    /// The methods that were used, as RFC 8176 names them.
    pub amr: Vec<String>,
    /// When the session ends at the latest.
    pub expires_at: Timestamp,
}
