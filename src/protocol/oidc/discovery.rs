//! The provider metadata document (OpenID Connect Discovery §3, RFC 8414, RFC 9126 §5, RFC 9207 §3,
//! RP-Initiated Logout §2.1, Back-Channel Logout §2.1).
//!
//! Every member has a name that the standards register. What only ConneX has is told elsewhere:
//! an unknown member here is a warning to a conformance test, and a riddle to a client.

use serde::Serialize;

use super::Prompt;
use crate::protocol::{
    jose::SigningAlgorithm,
    oauth::{AuthMethod, GrantType, ResponseMode},
};

/// What we offer. A member says what is so: listing a feature makes clients use it.
///
/// Lists that are empty and addresses that are `None` are left out.
#[derive(Debug, Clone, Default, Serialize)]
#[expect(missing_docs, reason = "the names and meanings are those of the standards")]
pub struct ProviderMetadata {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub userinfo_endpoint: String,
    pub jwks_uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_endpoint: Option<String>,
    pub end_session_endpoint: String,
    pub introspection_endpoint: String,
    pub revocation_endpoint: String,
    pub pushed_authorization_request_endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_documentation: Option<String>,

    pub scopes_supported: Vec<&'static str>,
    pub claims_supported: Vec<&'static str>,
    pub claim_types_supported: Vec<&'static str>,
    pub response_types_supported: Vec<&'static str>,
    pub response_modes_supported: Vec<ResponseMode>,
    pub grant_types_supported: Vec<GrantType>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub prompt_values_supported: Vec<Prompt>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub display_values_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acr_values_supported: Vec<&'static str>,
    pub subject_types_supported: Vec<&'static str>,
    /// Canonical BCP 47 tags, such as `en-US`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ui_locales_supported: Vec<&'static str>,
    pub code_challenge_methods_supported: Vec<&'static str>,

    /// Holds RS256, as OpenID Connect demands; never `none`.
    pub id_token_signing_alg_values_supported: Vec<SigningAlgorithm>,
    pub userinfo_signing_alg_values_supported: Vec<SigningAlgorithm>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub request_object_signing_alg_values_supported: Vec<SigningAlgorithm>,

    pub token_endpoint_auth_methods_supported: Vec<AuthMethod>,
    pub token_endpoint_auth_signing_alg_values_supported: Vec<SigningAlgorithm>,
    pub introspection_endpoint_auth_methods_supported: Vec<AuthMethod>,
    pub introspection_endpoint_auth_signing_alg_values_supported: Vec<SigningAlgorithm>,
    pub revocation_endpoint_auth_methods_supported: Vec<AuthMethod>,
    pub revocation_endpoint_auth_signing_alg_values_supported: Vec<SigningAlgorithm>,

    pub claims_parameter_supported: bool,
    pub request_parameter_supported: bool,
    /// Written even when false: absent would mean true (Discovery §3).
    pub request_uri_parameter_supported: bool,
    pub require_pushed_authorization_requests: bool,
    pub authorization_response_iss_parameter_supported: bool,
    pub backchannel_logout_supported: bool,
    pub backchannel_logout_session_supported: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_that_defaults_to_true_is_written() {
        let document = serde_json::to_value(ProviderMetadata::default()).unwrap();
        assert_eq!(document["request_uri_parameter_supported"], false);
        assert!(document.get("registration_endpoint").is_none() && document.get("acr_values_supported").is_none());
    }

    #[test]
    fn values_are_spelled_as_on_the_wire() {
        let document = serde_json::to_value(ProviderMetadata {
            response_modes_supported: ResponseMode::ALL.to_vec(),
            grant_types_supported: GrantType::ALL.to_vec(),
            prompt_values_supported: Prompt::ALL.to_vec(),
            token_endpoint_auth_methods_supported: AuthMethod::ALL.to_vec(),
            id_token_signing_alg_values_supported: SigningAlgorithm::ALL.to_vec(),
            ..ProviderMetadata::default()
        })
        .unwrap();
        for (member, values) in [
            ("response_modes_supported", "query fragment form_post"),
            ("grant_types_supported", "authorization_code refresh_token client_credentials"),
            ("prompt_values_supported", "none login consent select_account create"),
            ("token_endpoint_auth_methods_supported", "private_key_jwt client_secret_basic client_secret_post none"),
            ("id_token_signing_alg_values_supported", "ES256 RS256 EdDSA"),
        ] {
            let written: Vec<_> =
                document[member].as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect();
            assert_eq!(written.join(" "), values);
        }
    }
}
