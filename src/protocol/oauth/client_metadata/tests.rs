//! Registrations that hold, and one broken rule at a time.

use serde_json::json;

use super::*;

fn check(change: &Value) -> Result<CheckedMetadata, MetadataError> {
    let mut document = json!({ "redirect_uris": ["https://site.example/cb"] });
    for (name, value) in change.as_object().unwrap() {
        document[name] = value.clone();
    }
    serde_json::from_value::<ClientMetadata>(document).unwrap().check()
}

fn jwks() -> Value {
    let key = crate::protocol::jose::PrivateJwk::generate(SigningAlgorithm::Es256).unwrap();
    json!({ "keys": [key.public()] })
}

#[test]
fn the_defaults_of_the_standards_are_filled_in() {
    let agreed = check(&json!({ "unknown": 1, "client_name#de": "Amt", "contacts": null, "scope": null })).unwrap();
    assert_eq!(agreed.grant_types, BTreeSet::from([GrantType::AuthorizationCode]));
    assert_eq!(agreed.token_endpoint_auth_method, AuthMethod::ClientSecretBasic);
    assert_eq!(agreed.id_token_signed_response_alg, SigningAlgorithm::Rs256);
    assert_eq!(agreed.application_type, ApplicationType::Web);
    assert_eq!((agreed.subject_type, agreed.userinfo_signed_response_alg), (SubjectType::Public, None));
    assert!(!agreed.require_pkce && !agreed.require_auth_time && agreed.keys == ClientKeys::None);
    assert!(check(&json!({ "token_endpoint_auth_method": "none" })).unwrap().require_pkce);
}

#[test]
fn what_was_agreed_survives_storage_without_the_secret() {
    let agreed = check(&json!({
        "client_id": "site-1", "client_secret": "hush-hush", "client_name": "Kent  County", "scope": "openid email",
        "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"], "jwks": jwks(),
        "post_logout_redirect_uris": ["http://localhost:7101/"], "initiate_login_uri": "https://site.example/login",
        "backchannel_logout_uri": "http://127.0.0.1:7101/out", "default_max_age": 60, "require_pkce": false,
        "subject_type": "pairwise", "contacts": ["dana@northline.example"], "userinfo_signed_response_alg": "RS256",
        "application_type": "native", "request_object_signing_alg": "EdDSA",
    }))
    .unwrap();
    assert_eq!(agreed.client_secret.as_ref().unwrap().expose(), "hush-hush");
    let stored = serde_json::to_string(&agreed).unwrap();
    assert!(!stored.contains("hush"), "{stored}");
    let again: CheckedMetadata = serde_json::from_str(&stored).unwrap();
    assert_eq!(serde_json::to_string(&again).unwrap(), stored);
    assert_eq!(again.client_name.unwrap().as_str(), "Kent County");
    assert_eq!(again.redirect_uris, agreed.redirect_uris);
    assert!(!format!("{agreed:?}").contains("hush"));
}

#[test]
fn clients_without_people_and_clients_with_keys_are_agreed_to() {
    let machine = json!({ "grant_types": ["client_credentials"], "response_types": [], "redirect_uris": null });
    assert!(check(&machine).unwrap().redirect_uris.is_empty());
    let signed =
        |keys: (&str, Value)| check(&json!({ "token_endpoint_auth_method": "private_key_jwt", keys.0: keys.1 }));
    assert!(matches!(signed(("jwks", jwks())).unwrap().keys, ClientKeys::Inline(_)));
    assert!(matches!(signed(("jwks_uri", json!("https://site.example/jwks"))).unwrap().keys, ClientKeys::At(_)));
    let with_secret = json!({ "token_endpoint_auth_method": "none", "client_secret": "x" });
    assert!(check(&with_secret).unwrap().client_secret.is_none(), "a secret of no use is not kept");
}

#[test]
fn bad_redirect_uris_have_their_own_code() {
    for member in ["redirect_uris", "post_logout_redirect_uris"] {
        for uri in ["https://site.example/cb#frag", "http://site.example/cb", "https://site.example/*", ""] {
            let error = check(&json!({ member: [uri] })).unwrap_err();
            assert_eq!(error.code(), OAuthErrorCode::InvalidRedirectUri, "{member} {uri}");
            assert!(OAuthRefusal::from(error).description.starts_with(member));
        }
    }
}

#[test]
fn each_broken_rule_is_named() {
    let oct = json!({ "keys": [{ "kty": "oct", "k": "AAAA" }] });
    for (change, wrong) in [
        (json!({ "redirect_uris": [] }), "redirect_uris"),
        (json!({ "redirect_uris": vec!["https://a.example/"; 51] }), "redirect_uris"),
        (json!({ "grant_types": [] }), "grant_types"),
        (json!({ "grant_types": ["implicit"] }), "grant_types"),
        (json!({ "grant_types": ["password"] }), "grant_types"),
        (json!({ "grant_types": ["refresh_token"] }), "grant_types"),
        (json!({ "grant_types": ["client_credentials"], "token_endpoint_auth_method": "none" }), "grant_types"),
        (json!({ "grant_types": ["client_credentials"], "response_types": ["code"] }), "response_types"),
        (json!({ "response_types": [] }), "response_types"),
        (json!({ "response_types": ["code", "id_token"] }), "response_types"),
        (json!({ "token_endpoint_auth_method": "client_secret_jwt" }), "token_endpoint_auth_method"),
        (json!({ "token_endpoint_auth_method": "private_key_jwt" }), "jwks"),
        (json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [] } }), "jwks"),
        (json!({ "jwks": jwks(), "jwks_uri": "https://site.example/jwks" }), "jwks"),
        (json!({ "jwks": oct }), "jwks"),
        (json!({ "jwks": [] }), "jwks"),
        (json!({ "jwks": { "keys": [], "x": "a".repeat(17_000) } }), "jwks"),
        (json!({ "jwks_uri": "http://site.example/jwks" }), "jwks_uri"),
        (json!({ "logo_uri": "javascript:alert(1)" }), "logo_uri"),
        (json!({ "policy_uri": "https://u:p@site.example/" }), "policy_uri"),
        (json!({ "initiate_login_uri": "http://site.example/login" }), "initiate_login_uri"),
        (json!({ "backchannel_logout_uri": "https://site.example/out#x" }), "backchannel_logout_uri"),
        (json!({ "backchannel_logout_uri": "https://site.example\t/out" }), "backchannel_logout_uri"),
        (json!({ "id_token_signed_response_alg": "none" }), "id_token_signed_response_alg"),
        (json!({ "id_token_signed_response_alg": "HS256" }), "id_token_signed_response_alg"),
        (json!({ "id_token_signed_response_alg": "EdDSA" }), "id_token_signed_response_alg"),
        (json!({ "request_object_signing_alg": "none" }), "request_object_signing_alg"),
        (json!({ "token_endpoint_auth_signing_alg": "HS256" }), "token_endpoint_auth_signing_alg"),
        (json!({ "application_type": "desktop" }), "application_type"),
        (json!({ "subject_type": "secret" }), "subject_type"),
        (
            json!({ "subject_type": "pairwise", "redirect_uris": ["https://a.example/", "https://b.example/"] }),
            "sector_identifier_uri",
        ),
        (json!({ "token_endpoint_auth_method": "none", "require_pkce": false }), "require_pkce"),
        (json!({ "scope": "a\"b" }), "scope"),
        (json!({ "client_name": "pay\u{202e}roll" }), "client_name"),
        (json!({ "client_id": "a b" }), "client_id"),
        (json!({ "client_secret": "" }), "client_secret"),
        (json!({ "contacts": ["a\nb"] }), "contacts"),
    ] {
        match check(&change) {
            Err(MetadataError::Member { member, .. }) => assert_eq!(member, wrong, "{change}"),
            other => panic!("{change}: {other:?}"),
        }
    }
}
