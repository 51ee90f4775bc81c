//! The Config plan: the metadata and the keys, as strangers read them.

use std::collections::BTreeSet;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{app::TestApp, http::read, on_every_engine_and_scheme};

on_every_engine_and_scheme! {
    oidcc_discovery_endpoint_verification
    every_member_has_a_registered_name
    every_endpoint_answers
    the_metadata_of_oauth_is_the_same_document
    metadata_and_keys_may_be_kept_for_five_minutes
    keys_are_distinct_and_public
}

/// The names of the IANA registry (OAuth Authorization Server Metadata) and of the OpenID standards that we may use.
const REGISTERED: [&str; 44] = [
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "registration_endpoint",
    "scopes_supported",
    "response_types_supported",
    "response_modes_supported",
    "grant_types_supported",
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "service_documentation",
    "ui_locales_supported",
    "op_policy_uri",
    "op_tos_uri",
    "revocation_endpoint",
    "revocation_endpoint_auth_methods_supported",
    "revocation_endpoint_auth_signing_alg_values_supported",
    "introspection_endpoint",
    "introspection_endpoint_auth_methods_supported",
    "introspection_endpoint_auth_signing_alg_values_supported",
    "code_challenge_methods_supported",
    "userinfo_endpoint",
    "acr_values_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
    "userinfo_signing_alg_values_supported",
    "request_object_signing_alg_values_supported",
    "display_values_supported",
    "claim_types_supported",
    "claims_supported",
    "claims_locales_supported",
    "claims_parameter_supported",
    "request_parameter_supported",
    "request_uri_parameter_supported",
    "require_request_uri_registration",
    "require_pushed_authorization_requests",
    "pushed_authorization_request_endpoint",
    "authorization_response_iss_parameter_supported",
    "prompt_values_supported",
    "end_session_endpoint",
    "backchannel_logout_supported",
    "backchannel_logout_session_supported",
    "require_signed_request_object",
];

async fn metadata(app: &TestApp) -> Value {
    app.get("/.well-known/openid-configuration").await.json()
}

fn words(metadata: &Value, member: &str) -> Vec<String> {
    let all = metadata[member].as_array().unwrap_or_else(|| panic!("{member} in {metadata}"));
    all.iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}

async fn oidcc_discovery_endpoint_verification(app: TestApp) {
    let page = app.get("/.well-known/openid-configuration").await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "application/json"));
    let metadata = page.json();
    assert_eq!(metadata["issuer"], app.issuer, "byte for byte");
    for (member, values) in [
        ("response_types_supported", "code"),
        ("response_modes_supported", "query fragment form_post"),
        ("grant_types_supported", "authorization_code refresh_token client_credentials"),
        ("scopes_supported", "openid profile email address phone offline_access organization sites scim sync"),
        ("subject_types_supported", "public pairwise"),
        ("id_token_signing_alg_values_supported", "ES256 RS256"),
        ("userinfo_signing_alg_values_supported", "ES256 RS256"),
        ("request_object_signing_alg_values_supported", "ES256 RS256 EdDSA"),
        ("token_endpoint_auth_methods_supported", "private_key_jwt client_secret_basic client_secret_post none"),
        ("token_endpoint_auth_signing_alg_values_supported", "ES256 RS256 EdDSA"),
        ("code_challenge_methods_supported", "S256"),
        ("prompt_values_supported", "none login consent select_account create"),
        ("claim_types_supported", "normal"),
        ("ui_locales_supported", "en es"),
    ] {
        assert_eq!(words(&metadata, member).join(" "), values, "{member}");
    }
    assert!(words(&metadata, "claims_supported").contains(&"sub".to_owned()));
    for (member, value) in [
        ("claims_parameter_supported", true),
        ("request_parameter_supported", true),
        ("request_uri_parameter_supported", false),
        ("require_pushed_authorization_requests", false),
        ("authorization_response_iss_parameter_supported", true),
        ("backchannel_logout_supported", true),
        ("backchannel_logout_session_supported", true),
    ] {
        assert_eq!(metadata[member], value, "{member}");
    }
    for member in metadata.as_object().unwrap().keys().filter(|member| member.contains("_alg_values_")) {
        assert!(!words(&metadata, member).contains(&"none".to_owned()), "{member}");
    }
}

async fn every_member_has_a_registered_name(app: TestApp) {
    let metadata = metadata(&app).await;
    for member in metadata.as_object().unwrap().keys() {
        assert!(REGISTERED.contains(&member.as_str()), "{member}");
    }
    for list in metadata.as_object().unwrap().iter().filter_map(|(_, value)| value.as_array()) {
        let distinct: BTreeSet<&str> = list.iter().map(|one| one.as_str().unwrap()).collect();
        assert!(!list.is_empty() && distinct.len() == list.len(), "{list:?}");
    }
}

/// Each endpoint is below the issuer, over its scheme, and there: it refuses an empty request, but knows it.
async fn every_endpoint_answers(app: TestApp) {
    let metadata = metadata(&app).await;
    let scheme = if app.setting.https { "https://" } else { "http://" };
    let endpoints = metadata.as_object().unwrap().iter().filter(|(name, _)| name.ends_with("_endpoint"));
    for (name, address) in endpoints.chain([(&"jwks_uri".to_owned(), &metadata["jwks_uri"])]) {
        let address = address.as_str().unwrap();
        assert!(address.starts_with(scheme) && address.starts_with(&app.issuer), "{name}: {address}");
        let by = if name == "jwks_uri" { Method::GET } else { Method::POST };
        let answer = read(app.machine.request(by, address).form(&[("nothing", "of use")])).await;
        assert!(
            ![404, 405].contains(&answer.status.as_u16()) && !answer.status.is_server_error(),
            "{name}: {}",
            answer.status
        );
    }
}

/// RFC 8414 has another address for it.
async fn the_metadata_of_oauth_is_the_same_document(app: TestApp) {
    let (of_openid, of_oauth) =
        (app.get("/.well-known/openid-configuration").await, app.get("/.well-known/oauth-authorization-server").await);
    assert_eq!(of_openid.body, of_oauth.body);
    assert_eq!(of_openid.header("etag"), of_oauth.header("etag"));
}

async fn metadata_and_keys_may_be_kept_for_five_minutes(app: TestApp) {
    for path in ["/.well-known/openid-configuration", "/jwks.json"] {
        let page = app.get(path).await;
        assert_eq!(page.header("cache-control"), "public, max-age=300", "{path}");
        assert_eq!(page.header("access-control-allow-origin"), "*", "{path}");
        let etag = page.header("etag");
        assert!(etag.starts_with('"') && etag.ends_with('"') && etag.len() > 8, "{path}: {etag}");
        for known in [etag.to_owned(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
            let again = read(app.machine.get(app.at(path)).header("if-none-match", &known)).await;
            assert_eq!((again.status.as_u16(), again.body.as_str()), (304, ""), "{path}: {known}");
            assert_eq!((again.header("etag"), again.header("cache-control")), (etag, "public, max-age=300"), "{path}");
        }
        let other = read(app.machine.get(app.at(path)).header("if-none-match", "\"other\"")).await;
        assert_eq!((other.status.as_u16(), other.body == page.body), (200, true), "{path}");
    }
}

async fn keys_are_distinct_and_public(app: TestApp) {
    let page = app.get("/jwks.json").await;
    assert!(page.header("content-type").starts_with("application/jwk-set+json"), "{:?}", page.headers);
    let keys = page.json();
    let keys = keys["keys"].as_array().unwrap();
    let kids: BTreeSet<&str> = keys.iter().map(|key| key["kid"].as_str().unwrap()).collect();
    assert_eq!(kids.len(), keys.len());
    for algorithm in ["ES256", "RS256"] {
        assert!(keys.iter().any(|key| key["alg"] == algorithm), "{algorithm}");
    }
    for key in keys {
        let members: Vec<&str> = key.as_object().unwrap().keys().map(String::as_str).collect();
        let expected: &[&str] = match key["kty"].as_str() {
            Some("EC") => &["alg", "crv", "kid", "kty", "use", "x", "y"],
            Some("RSA") => &["alg", "e", "kid", "kty", "n", "use"],
            other => panic!("{other:?}"),
        };
        let sorted: BTreeSet<&str> = members.into_iter().collect();
        assert_eq!(sorted, expected.iter().copied().collect::<BTreeSet<&str>>(), "no private member, none unknown");
        assert_eq!(key["use"], json!("sig"));
        if let Some(modulus) = key["n"].as_str() {
            assert!(BASE64_URL_SAFE_NO_PAD.decode(modulus).unwrap().len() >= 256, "2048 bits");
        }
    }
}
