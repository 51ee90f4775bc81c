//! What a client says of itself when it is registered (RFC 7591 §2, OpenID Connect Registration §2).
//!
//! [`ClientMetadata`] is the JSON document; [`CheckedMetadata`] is what we agreed to, with the
//! defaults of the standards filled in. Fetching what the document points to is for higher floors.

mod check;

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::{
    ApplicationType, AuthMethod, GrantType, OAuthErrorCode, OAuthRefusal, RedirectUri, RedirectUriError, Scope,
};
use crate::{
    kernel::{Secret, SiteName},
    protocol::jose::SigningAlgorithm,
};

/// A registration document as it was sent. Members that we do not know are left out.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names and meanings are those of the standards")]
pub struct ClientMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Read, never written: who shows it to its owner does so by name.
    #[serde(skip_serializing)]
    pub client_secret: Option<Secret<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    #[serde(deserialize_with = "or_empty", skip_serializing_if = "Vec::is_empty")]
    pub redirect_uris: Vec<String>,
    #[serde(deserialize_with = "or_empty", skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_types: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_types: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_type: Option<String>,
    #[serde(deserialize_with = "or_empty", skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector_identifier_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_signed_response_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_signed_response_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_object_signing_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_auth_time: Option<bool>,
    #[serde(deserialize_with = "or_empty", skip_serializing_if = "Vec::is_empty")]
    pub default_acr_values: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initiate_login_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_session_required: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_pushed_authorization_requests: Option<bool>,
    /// Ours: whether every authorization request must carry a code challenge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_pkce: Option<bool>,
}

/// A member that is null counts as absent (RFC 7592 §2.2).
fn or_empty<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}

impl ClientMetadata {
    /// Checks every member by itself and against the others, and fills in the defaults.
    ///
    /// # Errors
    /// The first member that is not acceptable, with the reason for the client's developer.
    pub fn check(self) -> Result<CheckedMetadata, MetadataError> {
        check::check(self)
    }
}

/// Where the public keys of a client are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientKeys {
    /// It has none.
    None,
    /// In the registration: a JWK set that holds neither private nor symmetric keys.
    Inline(Value),
    /// At this https address.
    At(String),
}

/// How the subject of a person is told to a client (OIDC Core §8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SubjectType {
    /// The same to every client.
    #[default]
    Public,
    /// Another one for each sector, so that sectors cannot compare.
    Pairwise,
}

impl SubjectType {
    /// The value as it is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Pairwise => "pairwise",
        }
    }
}

/// The metadata of a client as we agreed to it. Only [`ClientMetadata::check`] makes one, also when
/// it is read back from where it was stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "ClientMetadata", into = "ClientMetadata")]
pub struct CheckedMetadata {
    /// The wanted identifier, 1 to 255 printable characters; only from a trusted file.
    pub client_id: Option<String>,
    /// The wanted secret, when the method uses one; only from a trusted file, and never written.
    pub client_secret: Option<Secret<String>>,
    /// The name that people see.
    pub client_name: Option<SiteName>,
    /// Where answers may be sent; at least one when the grant is `authorization_code`.
    pub redirect_uris: Vec<RedirectUri>,
    /// Where a person may be sent after signing out.
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// The grants that it may use. Its only response type is `code`, with `authorization_code`.
    pub grant_types: BTreeSet<GrantType>,
    /// How it authenticates.
    pub token_endpoint_auth_method: AuthMethod,
    /// The algorithm of its assertions, when it fixed one.
    pub token_endpoint_auth_signing_alg: Option<SigningAlgorithm>,
    /// Its keys; present when it authenticates with one.
    pub keys: ClientKeys,
    /// The scope that it may ask for at most, when it fixed one.
    pub scope: Option<Scope>,
    /// Where it runs.
    pub application_type: ApplicationType,
    /// How to reach its owners.
    pub contacts: Vec<String>,
    /// Its logo.
    pub logo_uri: Option<String>,
    /// Its home page.
    pub client_uri: Option<String>,
    /// Its privacy policy.
    pub policy_uri: Option<String>,
    /// Its terms of service.
    pub tos_uri: Option<String>,
    /// How persons are named to it.
    pub subject_type: SubjectType,
    /// The document that lists the redirect URIs of its sector.
    pub sector_identifier_uri: Option<String>,
    /// The algorithm of its ID tokens: ES256 or RS256.
    pub id_token_signed_response_alg: SigningAlgorithm,
    /// The algorithm of signed userinfo; `None` for plain JSON.
    pub userinfo_signed_response_alg: Option<SigningAlgorithm>,
    /// The algorithm of its request objects, when it fixed one.
    pub request_object_signing_alg: Option<SigningAlgorithm>,
    /// How old, in seconds, a sign-in may be when a request does not say.
    pub default_max_age: Option<u32>,
    /// Whether every ID token says when the person signed in.
    pub require_auth_time: bool,
    /// The `acr` values it wants when a request does not say, the best first.
    pub default_acr_values: Vec<String>,
    /// Where a third party sends people to sign in at the client.
    pub initiate_login_uri: Option<String>,
    /// Where it is told that a session ended.
    pub backchannel_logout_uri: Option<String>,
    /// Whether it must be told which session ended.
    pub backchannel_logout_session_required: bool,
    /// Whether it must push its requests (RFC 9126 §6).
    pub require_pushed_authorization_requests: bool,
    /// Whether each of its requests must carry a challenge: always for public clients.
    pub require_pkce: bool,
}

impl TryFrom<ClientMetadata> for CheckedMetadata {
    type Error = MetadataError;
    fn try_from(metadata: ClientMetadata) -> Result<Self, MetadataError> {
        metadata.check()
    }
}

impl From<CheckedMetadata> for ClientMetadata {
    /// The document that says everything that was agreed to, defaults included (RFC 7591 §3.2.1).
    fn from(agreed: CheckedMetadata) -> Self {
        let uris = |uris: &[RedirectUri]| uris.iter().map(|uri| uri.as_str().to_owned()).collect();
        let name = |algorithm: SigningAlgorithm| algorithm.as_str().to_owned();
        let codes = agreed.grant_types.contains(&GrantType::AuthorizationCode);
        let (jwks, jwks_uri) = match agreed.keys {
            ClientKeys::None => (None, None),
            ClientKeys::Inline(keys) => (Some(keys), None),
            ClientKeys::At(uri) => (None, Some(uri)),
        };
        Self {
            client_id: agreed.client_id,
            client_secret: agreed.client_secret,
            client_name: agreed.client_name.map(|name| name.as_str().to_owned()),
            redirect_uris: uris(&agreed.redirect_uris),
            post_logout_redirect_uris: uris(&agreed.post_logout_redirect_uris),
            grant_types: Some(agreed.grant_types.iter().map(ToString::to_string).collect()),
            response_types: Some(codes.then(|| "code".to_owned()).into_iter().collect()),
            token_endpoint_auth_method: Some(agreed.token_endpoint_auth_method.to_string()),
            token_endpoint_auth_signing_alg: agreed.token_endpoint_auth_signing_alg.map(name),
            jwks,
            jwks_uri,
            scope: agreed.scope.map(|scope| scope.to_string()),
            application_type: Some(agreed.application_type.as_str().to_owned()),
            contacts: agreed.contacts,
            logo_uri: agreed.logo_uri,
            client_uri: agreed.client_uri,
            policy_uri: agreed.policy_uri,
            tos_uri: agreed.tos_uri,
            subject_type: Some(agreed.subject_type.as_str().to_owned()),
            sector_identifier_uri: agreed.sector_identifier_uri,
            id_token_signed_response_alg: Some(name(agreed.id_token_signed_response_alg)),
            userinfo_signed_response_alg: agreed.userinfo_signed_response_alg.map(name),
            request_object_signing_alg: agreed.request_object_signing_alg.map(name),
            default_max_age: agreed.default_max_age,
            require_auth_time: Some(agreed.require_auth_time),
            default_acr_values: agreed.default_acr_values,
            initiate_login_uri: agreed.initiate_login_uri,
            backchannel_logout_uri: agreed.backchannel_logout_uri,
            backchannel_logout_session_required: Some(agreed.backchannel_logout_session_required),
            require_pushed_authorization_requests: Some(agreed.require_pushed_authorization_requests),
            require_pkce: Some(agreed.require_pkce),
        }
    }
}

/// Why metadata is refused (RFC 7591 §3.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// A redirect URI may not be registered.
    #[error("{member}: {why}")]
    RedirectUri {
        /// The member that holds it.
        member: &'static str,
        /// The rule it breaks.
        why: RedirectUriError,
    },
    /// Another member is not acceptable.
    #[error("{member}: {why}")]
    Member {
        /// The member.
        member: &'static str,
        /// What it should be.
        why: &'static str,
    },
}

impl MetadataError {
    /// `invalid_redirect_uri` or `invalid_client_metadata`.
    #[must_use]
    pub const fn code(self) -> OAuthErrorCode {
        match self {
            Self::RedirectUri { .. } => OAuthErrorCode::InvalidRedirectUri,
            Self::Member { .. } => OAuthErrorCode::InvalidClientMetadata,
        }
    }
}

impl From<MetadataError> for OAuthRefusal {
    fn from(error: MetadataError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

#[cfg(test)]
mod tests;
