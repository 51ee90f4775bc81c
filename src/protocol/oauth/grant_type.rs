//! The grants of the token endpoint.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A `grant_type` that is offered. The implicit and the password grant are not (RFC 9700 §2.1.2, §2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// A code from the authorization endpoint (RFC 6749 §4.1).
    AuthorizationCode,
    /// The successor of an earlier token (RFC 6749 §6).
    RefreshToken,
    /// The client acts for itself (RFC 6749 §4.4).
    ClientCredentials,
}

/// The text names no grant that is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the grant type is authorization_code, refresh_token or client_credentials")]
pub struct UnknownGrantType;

impl GrantType {
    /// Every grant, in the order of the metadata.
    pub const ALL: &[Self] = &[Self::AuthorizationCode, Self::RefreshToken, Self::ClientCredentials];

    /// The value as it is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
        }
    }
}

impl FromStr for GrantType {
    type Err = UnknownGrantType;
    fn from_str(text: &str) -> Result<Self, UnknownGrantType> {
        Self::ALL.iter().copied().find(|grant| grant.as_str() == text).ok_or(UnknownGrantType)
    }
}

impl fmt::Display for GrantType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_read_and_written_alike() {
        for grant in GrantType::ALL {
            assert_eq!(grant.as_str().parse(), Ok(*grant));
            assert_eq!(serde_json::to_string(grant).unwrap(), format!("\"{grant}\""));
        }
        for text in ["implicit", "password", "", "Authorization_Code"] {
            assert_eq!(text.parse::<GrantType>(), Err(UnknownGrantType), "{text}");
        }
    }
}
