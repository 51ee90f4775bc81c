//! Error codes of OAuth and OpenID Connect, and a refusal that is fit to be sent.

use std::{borrow::Cow, fmt};

use serde::{Serialize, Serializer};

/// Declares the codes with their wire form and what they mean.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+) => {
        /// An `error` value of the standards.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum OAuthErrorCode {
            $($(#[doc = $doc])+ $name,)+
        }

        impl OAuthErrorCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The value as it is sent.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

codes! {
    /// A parameter is missing, malformed or repeated (RFC 6749 §4.1.2.1, §5.2).
    InvalidRequest = "invalid_request",
    /// This client may not use this grant (RFC 6749 §4.1.2.1, §5.2).
    UnauthorizedClient = "unauthorized_client",
    /// The person or the provider said no (RFC 6749 §4.1.2.1).
    AccessDenied = "access_denied",
    /// Only `code` is offered (RFC 6749 §4.1.2.1).
    UnsupportedResponseType = "unsupported_response_type",
    /// The scope is malformed, unknown, or wider than allowed (RFC 6749 §4.1.2.1, §5.2).
    InvalidScope = "invalid_scope",
    /// Something broke inside (RFC 6749 §4.1.2.1).
    ServerError = "server_error",
    /// Too much to do; try again shortly (RFC 6749 §4.1.2.1).
    TemporarilyUnavailable = "temporarily_unavailable",
    /// The client is unknown or did not authenticate (RFC 6749 §5.2).
    InvalidClient = "invalid_client",
    /// The code or refresh token is unknown, spent, expired or another client's (RFC 6749 §5.2).
    InvalidGrant = "invalid_grant",
    /// The grant type is unknown (RFC 6749 §5.2).
    UnsupportedGrantType = "unsupported_grant_type",
    /// The revocation of this kind of token is not offered (RFC 7009 §2.2.1).
    UnsupportedTokenType = "unsupported_token_type",
    /// A page would have to be shown, but `prompt=none` forbids it (OIDC Core §3.1.2.6).
    InteractionRequired = "interaction_required",
    /// Nobody is signed in, or not recently enough, and no page may be shown (OIDC Core §3.1.2.6).
    LoginRequired = "login_required",
    /// The person would have to choose an account (OIDC Core §3.1.2.6).
    AccountSelectionRequired = "account_selection_required",
    /// The person has not agreed yet, and no page may be shown (OIDC Core §3.1.2.6).
    ConsentRequired = "consent_required",
    /// The `request_uri` is unknown, spent or expired (OIDC Core §3.1.2.6, RFC 9126).
    InvalidRequestUri = "invalid_request_uri",
    /// The request object does not hold (OIDC Core §3.1.2.6).
    InvalidRequestObject = "invalid_request_object",
    /// Request objects are not offered (OIDC Core §3.1.2.6).
    RequestNotSupported = "request_not_supported",
    /// Request objects by reference are not offered (OIDC Core §3.1.2.6).
    RequestUriNotSupported = "request_uri_not_supported",
    /// The `registration` parameter is not offered (OIDC Core §3.1.2.6).
    RegistrationNotSupported = "registration_not_supported",
    /// The wanted `acr` cannot be reached (OIDC Core Error Code unmet_authentication_requirements 1.0).
    UnmetAuthenticationRequirements = "unmet_authentication_requirements",
    /// The access token is unknown, expired or revoked (RFC 6750 §3.1).
    InvalidToken = "invalid_token",
    /// The access token does not reach that far (RFC 6750 §3.1).
    InsufficientScope = "insufficient_scope",
    /// A redirect URI may not be registered (RFC 7591 §3.2.2).
    InvalidRedirectUri = "invalid_redirect_uri",
    /// A member of the client's metadata is not acceptable (RFC 7591 §3.2.2).
    InvalidClientMetadata = "invalid_client_metadata",
    /// The `resource` is unknown or malformed (RFC 8707 §2).
    InvalidTarget = "invalid_target",
    /// The proof of possession does not hold (RFC 9449 §5).
    InvalidDpopProof = "invalid_dpop_proof",
}

impl fmt::Display for OAuthErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for OAuthErrorCode {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

/// A refusal as a client reads it: a code for the program, a sentence for its developer.
///
/// Serializes as the JSON body of RFC 6749 §5.2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{code}: {description}")]
pub struct OAuthRefusal {
    /// The `error`.
    #[serde(rename = "error")]
    pub code: OAuthErrorCode,
    /// The `error_description`: printable ASCII without `"` and `\`.
    #[serde(rename = "error_description")]
    pub description: Cow<'static, str>,
}

impl OAuthRefusal {
    /// A refusal; characters that `error_description` may not hold become `?`.
    pub fn new(code: OAuthErrorCode, description: impl Into<Cow<'static, str>>) -> Self {
        let description = description.into();
        let description =
            if description.chars().all(is_allowed) { description } else { Cow::Owned(printable(&description)) };
        Self { code, description }
    }
}

/// The characters of `error_description`: %x20-21 / %x23-5B / %x5D-7E (RFC 6749 §5.2).
const fn is_allowed(c: char) -> bool {
    matches!(c, '\x20'..='\x21' | '\x23'..='\x5B' | '\x5D'..='\x7E')
}

/// The text with every character that `error_description` may not hold replaced by `?`.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if is_allowed(c) { c } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_cannot_break_out() {
        let refusal = OAuthRefusal::new(OAuthErrorCode::InvalidScope, "no \"such\"\\\r\nSet-Cookie: é\t\x7f");
        assert_eq!(refusal.description, "no ?such????Set-Cookie: ???");
        let kept = OAuthRefusal::new(OAuthErrorCode::InvalidScope, "it's [fine] !#~");
        assert!(matches!(kept.description, Cow::Borrowed("it's [fine] !#~")));
    }

    #[test]
    fn a_refusal_is_the_json_of_the_standard() {
        let refusal = OAuthRefusal::new(OAuthErrorCode::InvalidGrant, "the code is spent");
        let json = serde_json::to_string(&refusal).unwrap();
        assert_eq!(json, r#"{"error":"invalid_grant","error_description":"the code is spent"}"#);
    }

    #[test]
    fn every_code_is_spelled_like_a_code_and_once() {
        let mut texts: Vec<_> = OAuthErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert!(texts.iter().all(|text| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), OAuthErrorCode::ALL.len());
    }
}
