//! `GET /.well-known/openid-configuration`, `GET /jwks.json`: bytes that are ready.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use super::{Provider, claims};
use crate::accounts::sign_in::ACR_PASSWORD;
use crate::kernel::{Fault, Language};
use crate::platform::{config::Issuer, web::policy::SiteScope};
use crate::protocol::{
    jose::SigningAlgorithm,
    oauth::{AuthMethod, GrantType, ResponseMode},
    oidc::{Prompt, ProviderMetadata, standard_claims},
};

/// How long anybody may keep the metadata or the key set.
const FOR_FIVE_MINUTES: &str = "public, max-age=300";

/// The scopes that speak of a person: what an authorization can give.
pub(super) const SCOPES: [&str; 8] =
    ["openid", "profile", "email", "address", "phone", "offline_access", "organization", "sites"];

/// The metadata, as it is served.
pub(super) struct Documents {
    body: Bytes,
    etag: String,
}

impl Documents {
    /// Writes the metadata of `issuer` once.
    pub(super) fn new(issuer: &Issuer) -> Result<Self, Fault> {
        let body = serde_json::to_vec(&metadata(issuer)).map_err(|cause| Fault::of("write the metadata", cause))?;
        let tag: String = Sha256::digest(&body).iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { body: Bytes::from(body), etag: format!("\"{tag}\"") })
    }
}

/// What this provider does. Every value is true: each switches tests of the certification on.
fn metadata(issuer: &Issuer) -> ProviderMetadata {
    let methods = vec![AuthMethod::ClientSecretBasic, AuthMethod::ClientSecretPost, AuthMethod::PrivateKeyJwt];
    let of_clients = vec![SigningAlgorithm::Es256, SigningAlgorithm::Rs256, SigningAlgorithm::EdDsa];
    let ours = vec![SigningAlgorithm::Es256, SigningAlgorithm::Rs256];
    let standard = [standard_claims::PROFILE, standard_claims::EMAIL, standard_claims::ADDRESS, standard_claims::PHONE];
    let of_protocol = ["sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "amr", "nonce", "sid"];
    let claims_supported = of_protocol.into_iter().chain(standard.concat()).chain(claims::OURS).collect();
    ProviderMetadata {
        issuer: issuer.as_str().to_owned(),
        authorization_endpoint: issuer.path("/authorize"),
        token_endpoint: issuer.path("/token"),
        userinfo_endpoint: issuer.path("/userinfo"),
        jwks_uri: issuer.path("/jwks.json"),
        end_session_endpoint: issuer.path("/end-session"),
        introspection_endpoint: issuer.path("/introspect"),
        revocation_endpoint: issuer.path("/revoke"),
        pushed_authorization_request_endpoint: issuer.path("/par"),
        scopes_supported: SCOPES.into_iter().chain(SiteScope::ALL.map(SiteScope::as_str)).collect(),
        claims_supported,
        claim_types_supported: vec!["normal"],
        response_types_supported: vec!["code"],
        response_modes_supported: ResponseMode::ALL.to_vec(),
        grant_types_supported: GrantType::ALL.to_vec(),
        prompt_values_supported: Prompt::ALL.to_vec(),
        display_values_supported: vec!["page"],
        acr_values_supported: vec![ACR_PASSWORD],
        subject_types_supported: vec!["public", "pairwise"],
        ui_locales_supported: Language::ALL.map(Language::tag).to_vec(),
        code_challenge_methods_supported: vec!["S256"],
        id_token_signing_alg_values_supported: ours.clone(),
        userinfo_signing_alg_values_supported: ours,
        request_object_signing_alg_values_supported: of_clients.clone(),
        token_endpoint_auth_methods_supported: AuthMethod::ALL.to_vec(),
        token_endpoint_auth_signing_alg_values_supported: of_clients.clone(),
        introspection_endpoint_auth_methods_supported: methods,
        introspection_endpoint_auth_signing_alg_values_supported: of_clients.clone(),
        revocation_endpoint_auth_methods_supported: AuthMethod::ALL.to_vec(),
        revocation_endpoint_auth_signing_alg_values_supported: of_clients,
        claims_parameter_supported: true,
        request_parameter_supported: true,
        request_uri_parameter_supported: false,
        require_pushed_authorization_requests: false,
        authorization_response_iss_parameter_supported: true,
        backchannel_logout_supported: true,
        backchannel_logout_session_supported: true,
        ..ProviderMetadata::default()
    }
}

/// The metadata (OpenID Connect Discovery, RFC 8414).
pub(super) async fn configuration(State(provider): State<Provider>, headers: HeaderMap) -> Response {
    let documents = provider.documents();
    serve(&headers, &documents.etag, documents.body.clone(), "application/json")
}

/// The public keys.
pub(super) async fn jwks(State(provider): State<Provider>, headers: HeaderMap) -> Response {
    let keys = provider.keys().published();
    serve(&headers, &keys.etag, keys.body, "application/jwk-set+json")
}

fn serve(request: &HeaderMap, etag: &str, body: Bytes, kind: &'static str) -> Response {
    let known = request.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_known = |one: &str| one == "*" || one.trim_start_matches("W/") == etag;
    let mut response = match known.split(',').map(str::trim).any(is_known) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => ([(header::CONTENT_TYPE, kind)], body).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(FOR_FIVE_MINUTES));
    // Anybody may read these from a page of theirs; nothing in them depends on who asks.
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if let Ok(etag) = HeaderValue::from_str(etag) {
        headers.insert(header::ETAG, etag);
    }
    response
}
