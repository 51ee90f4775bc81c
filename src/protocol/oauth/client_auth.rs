//! Client credentials as they arrive on the wire, before anything is looked up (RFC 6749 §2.3).

use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::params::{Params, decode};
use crate::kernel::Secret;

/// The only `client_assertion_type` (RFC 7523 §2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How a client authenticates at the token endpoint and its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// A secret in the `Authorization` header.
    ClientSecretBasic,
    /// A secret in the body.
    ClientSecretPost,
    /// A JWT signed with the client's own key (RFC 7523).
    PrivateKeyJwt,
    /// Nothing: a public client, which only PKCE protects.
    None,
}

/// The text names no method that is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the method is client_secret_basic, client_secret_post, private_key_jwt or none")]
pub struct UnknownAuthMethod;

impl AuthMethod {
    /// Every method, in the order of the metadata.
    pub const ALL: &[Self] = &[Self::PrivateKeyJwt, Self::ClientSecretBasic, Self::ClientSecretPost, Self::None];

    /// The value of `token_endpoint_auth_method`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::None => "none",
        }
    }

    /// Whether the client holds a secret that we gave it.
    #[must_use]
    pub const fn uses_secret(self) -> bool {
        matches!(self, Self::ClientSecretBasic | Self::ClientSecretPost)
    }
}

impl FromStr for AuthMethod {
    type Err = UnknownAuthMethod;
    fn from_str(text: &str) -> Result<Self, UnknownAuthMethod> {
        Self::ALL.iter().copied().find(|method| method.as_str() == text).ok_or(UnknownAuthMethod)
    }
}

impl fmt::Display for AuthMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The credentials of one request. Nothing of them is believed yet.
#[derive(Debug, Clone)]
pub enum Presented {
    /// A name and a secret in the `Authorization` header.
    Basic {
        /// The client it claims to be.
        client_id: String,
        /// What is to be compared with the stored digest.
        secret: Secret<String>,
    },
    /// A name and a secret in the body.
    Post {
        /// The client it claims to be.
        client_id: String,
        /// What is to be compared with the stored digest.
        secret: Secret<String>,
    },
    /// A signed JWT in the body.
    Assertion {
        /// The parameter, which may be absent: the assertion names its client itself.
        client_id: Option<String>,
        /// The JWT, not verified. It is as good as a secret while it lives.
        assertion: Secret<String>,
    },
    /// A name only.
    None {
        /// The client it claims to be.
        client_id: String,
    },
}

/// Why credentials are refused before any look-up. The texts are fit for `error_description`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientAuthError {
    /// The header or the parameters are not of the form of any method.
    #[error("the client credentials are malformed")]
    Malformed,
    /// More than one method was used (RFC 6749 §2.3).
    #[error("the client authenticates in more than one way")]
    SeveralMethods,
    /// There are no credentials, and no `client_id`.
    #[error("the client does not say who it is")]
    Missing,
    /// `client_assertion_type` is not the one of RFC 7523.
    #[error("client_assertion_type must be urn:ietf:params:oauth:client-assertion-type:jwt-bearer")]
    WrongAssertionType,
}

impl Presented {
    /// Reads the `Authorization` header and the parameters of the body.
    ///
    /// # Errors
    /// See [`ClientAuthError`].
    pub fn from_request(authorization: Option<&str>, params: &Params) -> Result<Self, ClientAuthError> {
        let client_id = params.get("client_id").map(str::to_owned);
        let secret = params.get("client_secret");
        let assertion = params.get("client_assertion");
        let assertion_type = params.get("client_assertion_type");
        let has_assertion = assertion.is_some() || assertion_type.is_some();
        if [authorization.is_some(), secret.is_some(), has_assertion].into_iter().filter(|used| *used).count() > 1 {
            return Err(ClientAuthError::SeveralMethods);
        }
        if let Some(header) = authorization {
            return basic(header, client_id.as_deref());
        }
        if has_assertion {
            if assertion_type != Some(JWT_BEARER) {
                return Err(ClientAuthError::WrongAssertionType);
            }
            let assertion = Secret::new(assertion.ok_or(ClientAuthError::Malformed)?.to_owned());
            return Ok(Self::Assertion { client_id, assertion });
        }
        match (client_id, secret) {
            (Some(client_id), Some(secret)) => Ok(Self::Post { client_id, secret: Secret::new(secret.to_owned()) }),
            (Some(client_id), None) => Ok(Self::None { client_id }),
            (None, Some(_)) => Err(ClientAuthError::Malformed),
            (None, None) => Err(ClientAuthError::Missing),
        }
    }

    /// The client it claims to be; `None` when only the assertion says so.
    #[must_use]
    pub fn client_id(&self) -> Option<&str> {
        match self {
            Self::Basic { client_id, .. } | Self::Post { client_id, .. } | Self::None { client_id } => Some(client_id),
            Self::Assertion { client_id, .. } => client_id.as_deref(),
        }
    }

    /// The method used.
    #[must_use]
    pub const fn method(&self) -> AuthMethod {
        match self {
            Self::Basic { .. } => AuthMethod::ClientSecretBasic,
            Self::Post { .. } => AuthMethod::ClientSecretPost,
            Self::Assertion { .. } => AuthMethod::PrivateKeyJwt,
            Self::None { .. } => AuthMethod::None,
        }
    }
}

/// Reads `Basic <base64(id:secret)>`, both halves form-encoded (RFC 6749 §2.3.1, RFC 7617).
///
/// Clients that forget to encode are understood as long as encoding changes nothing, which is so
/// for every id and secret that we make. A `client_id` in the body may repeat the same name.
fn basic(header: &str, named: Option<&str>) -> Result<Presented, ClientAuthError> {
    let (scheme, credentials) = header.split_once(' ').ok_or(ClientAuthError::Malformed)?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return Err(ClientAuthError::Malformed);
    }
    let bytes = BASE64_STANDARD.decode(credentials.trim_matches(' ')).map_err(|_| ClientAuthError::Malformed)?;
    let bytes = Zeroizing::new(bytes);
    let mut halves = bytes.splitn(2, |byte| *byte == b':');
    let client_id = text(halves.next())?;
    let secret = Secret::new(text(halves.next())?);
    if named.is_some_and(|named| named != client_id) {
        return Err(ClientAuthError::Malformed);
    }
    Ok(Presented::Basic { client_id, secret })
}

/// One decoded half: text, not empty, no NUL.
fn text(half: Option<&[u8]>) -> Result<String, ClientAuthError> {
    let text = decode(half.unwrap_or_default()).map_err(|_| ClientAuthError::Malformed)?;
    if text.is_empty() || text.contains('\0') { Err(ClientAuthError::Malformed) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(authorization: Option<&str>, body: &str) -> Result<Presented, ClientAuthError> {
        Presented::from_request(authorization, &Params::parse(body.as_bytes()).unwrap())
    }

    fn header(text: &str) -> String {
        format!("Basic {}", BASE64_STANDARD.encode(text))
    }

    #[test]
    fn basic_credentials_are_form_decoded() {
        for (sent, id, key) in [
            ("s6BhdRkqt3:gX1fBat3bV", "s6BhdRkqt3", "gX1fBat3bV"),
            ("a%3Ab:c%2Bd+e%25", "a:b", "c+d e%"),
            ("a:b:c", "a", "b:c"),
            ("a:50%", "a", "50%"),
        ] {
            let Presented::Basic { client_id, secret } = read(Some(&header(sent)), "").unwrap() else {
                panic!("{sent}")
            };
            assert_eq!((client_id.as_str(), secret.expose().as_str()), (id, key));
        }
        assert!(read(Some(&header("a:b").replace("Basic", "bASIC")), "client_id=a").is_ok());
    }

    #[test]
    fn malformed_headers_are_refused() {
        let latin = format!("Basic {}", BASE64_STANDARD.encode(b"a:\xff"));
        for sent in
            ["", "Basic", "Basic ", "Basic !!!!", "Basic YTpi YTpi", "Bearer abc", "Digest YTpi", &latin, "Basic YTpi="]
        {
            assert_eq!(read(Some(sent), "").unwrap_err(), ClientAuthError::Malformed, "{sent}");
        }
        for sent in ["no-colon", ":secret", "id:", ":", "a%00:b", "a:%00", "a:%ff"] {
            assert_eq!(read(Some(&header(sent)), "").unwrap_err(), ClientAuthError::Malformed, "{sent}");
        }
        assert_eq!(read(Some(&header("a:b")), "client_id=c").unwrap_err(), ClientAuthError::Malformed);
    }

    #[test]
    fn each_method_is_recognized() {
        let jwt = format!("client_assertion_type={JWT_BEARER}&client_assertion=e.y.J");
        for (body, method, id) in [
            ("client_id=a&client_secret=b", AuthMethod::ClientSecretPost, Some("a")),
            ("client_id=a", AuthMethod::None, Some("a")),
            ("client_id=a&client_secret=", AuthMethod::None, Some("a")),
            (&jwt, AuthMethod::PrivateKeyJwt, None),
            (&format!("client_id=a&{jwt}"), AuthMethod::PrivateKeyJwt, Some("a")),
        ] {
            let presented = read(None, body).unwrap();
            assert_eq!((presented.method(), presented.client_id()), (method, id), "{body}");
        }
        assert_eq!(read(None, "").unwrap_err(), ClientAuthError::Missing);
        assert_eq!(read(None, "client_secret=b").unwrap_err(), ClientAuthError::Malformed);
        assert_eq!(read(None, "client_assertion=x").unwrap_err(), ClientAuthError::WrongAssertionType);
        let saml = "client_assertion=x&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
        assert_eq!(read(None, saml).unwrap_err(), ClientAuthError::WrongAssertionType);
        let alone = format!("client_assertion_type={JWT_BEARER}");
        assert_eq!(read(None, &alone).unwrap_err(), ClientAuthError::Malformed);
    }

    #[test]
    fn one_method_at_a_time_and_no_secret_in_a_log() {
        for (authorization, body) in [
            (Some(header("a:b")), "client_id=a&client_secret=b"),
            (Some(header("a:b")), "client_assertion=x&client_assertion_type=y"),
            (None, "client_id=a&client_secret=b&client_assertion=x"),
        ] {
            assert_eq!(read(authorization.as_deref(), body).unwrap_err(), ClientAuthError::SeveralMethods, "{body}");
        }
        let shown = format!("{:?}", read(Some(&header("a:hush")), "").unwrap());
        assert!(shown.contains("\"a\"") && !shown.contains("hush"));
    }
}
