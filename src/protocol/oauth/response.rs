//! What the authorization endpoint gives, and how it travels.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{OAuthErrorCode, OAuthRefusal};

/// A `response_type` of the standards (OAuth 2.0 Multiple Response Types).
///
/// Only `code` is offered. The others have names so that a client that asks for one learns that
/// it is not offered, and finds the answer where it looks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResponseType {
    /// `code`.
    Code,
    /// `none`.
    None,
    /// `token`, `id_token` and every combination: they are answered in the fragment.
    Implicit,
}

/// The text names no response type of the standards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("response_type is not known")]
pub struct UnknownResponseType;

impl ResponseType {
    /// Where the answer goes when the request names no `response_mode`.
    #[must_use]
    pub const fn default_mode(self) -> ResponseMode {
        match self {
            Self::Code | Self::None => ResponseMode::Query,
            Self::Implicit => ResponseMode::Fragment,
        }
    }

    /// The type, when it is offered.
    ///
    /// # Errors
    /// `unsupported_response_type` for every type but `code`.
    pub fn supported(self) -> Result<Self, OAuthRefusal> {
        match self {
            Self::Code => Ok(self),
            Self::None | Self::Implicit => Err(OAuthRefusal::new(
                OAuthErrorCode::UnsupportedResponseType,
                "the only response_type offered is code",
            )),
        }
    }
}

impl FromStr for ResponseType {
    type Err = UnknownResponseType;

    /// Reads the values in any order; each may occur once.
    fn from_str(text: &str) -> Result<Self, UnknownResponseType> {
        let mut values: Vec<_> = text.split(' ').collect();
        values.sort_unstable();
        match values.as_slice() {
            ["code"] => Ok(Self::Code),
            ["none"] => Ok(Self::None),
            ["token"]
            | ["id_token"]
            | ["id_token", "token"]
            | ["code", "token"]
            | ["code", "id_token"]
            | ["code", "id_token", "token"] => Ok(Self::Implicit),
            _ => Err(UnknownResponseType),
        }
    }
}

impl From<UnknownResponseType> for OAuthRefusal {
    fn from(unknown: UnknownResponseType) -> Self {
        Self::new(OAuthErrorCode::UnsupportedResponseType, unknown.to_string())
    }
}

/// How the answer travels to the client: `response_mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query of the redirect URI.
    Query,
    /// In the fragment of the redirect URI, which the client's server never sees.
    Fragment,
    /// In the body of a form that the browser posts (OAuth 2.0 Form Post Response Mode).
    FormPost,
}

/// The text names no response mode that is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("response_mode must be query, fragment or form_post")]
pub struct UnknownResponseMode;

impl ResponseMode {
    /// Every mode, in the order of the metadata.
    pub const ALL: &[Self] = &[Self::Query, Self::Fragment, Self::FormPost];

    /// The value as it is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Fragment => "fragment",
            Self::FormPost => "form_post",
        }
    }
}

impl FromStr for ResponseMode {
    type Err = UnknownResponseMode;
    fn from_str(text: &str) -> Result<Self, UnknownResponseMode> {
        Self::ALL.iter().copied().find(|mode| mode.as_str() == text).ok_or(UnknownResponseMode)
    }
}

impl fmt::Display for ResponseMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_is_offered() {
        assert!("code".parse::<ResponseType>().unwrap().supported().is_ok());
        for text in ["token", "id_token", "token id_token", "id_token code", "token code id_token", "none"] {
            let refusal = text.parse::<ResponseType>().unwrap().supported().unwrap_err();
            assert_eq!(refusal.code, OAuthErrorCode::UnsupportedResponseType, "{text}");
        }
        for text in ["", "CODE", "code code", "code  token", "codetoken", "code none"] {
            assert_eq!(text.parse::<ResponseType>(), Err(UnknownResponseType), "{text}");
        }
    }

    #[test]
    fn a_refusal_goes_where_the_client_looks() {
        assert_eq!("code".parse::<ResponseType>().unwrap().default_mode(), ResponseMode::Query);
        assert_eq!("id_token token".parse::<ResponseType>().unwrap().default_mode(), ResponseMode::Fragment);
    }

    #[test]
    fn a_mode_is_read_and_written_alike() {
        for mode in ResponseMode::ALL {
            assert_eq!(mode.as_str().parse(), Ok(*mode));
            assert_eq!(serde_json::to_string(mode).unwrap(), format!("\"{mode}\""));
        }
        assert!("query.jwt".parse::<ResponseMode>().is_err());
    }
}
