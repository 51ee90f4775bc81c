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
    /// The person ended it from another browser.
    FromElsewhere,
    /// The password was set anew.
    PasswordChanged,
    /// The former address was taken back.
    AddressUndone,
    /// The address was proven: whoever signed in before may have been somebody else.
    AddressProven,
    /// The account was closed.
    Closed,
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
            Self::FromElsewhere => "from_elsewhere",
            Self::PasswordChanged => "password_changed",
            Self::AddressUndone => "address_undone",
            Self::AddressProven => "address_proven",
            Self::Closed => "closed",
        }
    }
}

/// A browser in which a person is signed in, as the person sees it in a list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OpenSession {
    /// Its id.
    pub id: SessionId,
    /// What the browser calls itself.
    pub user_agent: String,
    /// Where it was when the person signed in.
    pub network: String,
    /// When the person signed in first.
    pub created_at: Timestamp,
    /// When it was last used, to a few minutes.
    pub last_seen_at: Timestamp,
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
