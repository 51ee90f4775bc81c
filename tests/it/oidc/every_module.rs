//! What the suite checks in every module (the rows before the plans), pushed to its ends.

use connex::protocol::oauth::ClientMetadata;
use serde_json::json;
use url::Url;

use super::basic::run::{Mode, Run, check_refusal, check_token_answer};
use crate::support::{
    app::TestApp,
    client::{TestClient, Tokens, header},
    http::read,
    on_every_engine_and_scheme, verify,
};

on_every_engine_and_scheme! {
    every_module_discovery_and_keys
    every_module_authorization_response
    every_module_authorization_error_response
    every_module_token_response
    every_module_id_token
    every_module_dynamic_registration
    every_module_form_post
    a_state_comes_back_byte_for_byte
    a_nonce_comes_back_byte_for_byte
    registered_query_parameters_are_kept
    id_tokens_are_signed_as_registered
    codes_cannot_be_guessed
    an_answer_in_the_fragment_is_nowhere_else
    the_error_page_repeats_nothing_as_markup
}

/// The library of another team reads the metadata from the well-known address, and the keys that it names.
async fn every_module_discovery_and_keys(app: TestApp) {
    let issuer = openidconnect::IssuerUrl::new(app.issuer.clone()).unwrap();
    assert_eq!(
        issuer.join(".well-known/openid-configuration").unwrap().as_str(),
        app.at("/.well-known/openid-configuration")
    );
    let page = app.get("/.well-known/openid-configuration").await;
    let read: openidconnect::core::CoreProviderMetadata = serde_json::from_str(&page.body).unwrap();
    assert_eq!(read.issuer().as_str(), app.issuer);
    assert_eq!(read.jwks_uri().as_str(), app.at("/jwks.json"));
    assert!(verify::published_keys(&app).await.keys().len() >= 2);
}

/// A code, `state` and `iss` come back in the query, and nothing else (`Run::read` looks).
async fn every_module_authorization_response(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let answer = run.answer(&run.asks("openid")).await;
    assert!(answer.get("code").is_some() && answer.get("error").is_none(), "{answer:?}");
    let without_state = run.client.asks("openid").without("state");
    assert_eq!(run.silent(&without_state).await.get("state"), None, "no state is made up");
}

/// Every error comes back with `state` and `iss`, and with nothing that is not registered (`Run::read` looks).
async fn every_module_authorization_error_response(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    for (name, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "\"\\\r\n\t", "unsupported_response_type"),
        ("response_mode", "carrier_pigeon", "invalid_request"),
        ("scope", "", "invalid_scope"),
        ("scope", "nothing-that-is-offered", "invalid_scope"),
        ("prompt", "none login", "invalid_request"),
        ("max_age", "soon", "invalid_request"),
        ("claims", "{\"userinfo\":[\"\\\"\\r\\n\"]}", "invalid_request"),
        ("id_token_hint", "no.id.token", "invalid_request"),
        ("code_challenge_method", "S256", "invalid_request"),
        ("request", "no.request.object", "invalid_request_object"),
        ("resource", "https://elsewhere.example", "invalid_target"),
    ] {
        let answer = run.silent(&run.asks("openid").with(name, value)).await;
        assert_eq!(answer.error(), error, "{name}={value}");
    }
}

/// 200 and JSON with everything, never stored; a refusal is 400 and JSON with nothing but its reason.
async fn every_module_token_response(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let asked = run.asks("openid offline_access");
    let answer = run.answer(&asked).await;
    let page = run.client.redeem(&asked, answer.get("code").unwrap()).await;
    check_token_answer(&page);
    let mut members: Vec<String> = page.json().as_object().unwrap().keys().cloned().collect();
    members.sort_unstable();
    assert_eq!(members, ["access_token", "expires_in", "id_token", "refresh_token", "scope", "token_type"]);
    assert_eq!(page.json()["expires_in"], 300);
    check_refusal(&read(run.client.post("/token", &[("grant_type", "password")])).await, "unsupported_grant_type");
    check_refusal(&read(run.client.post("/token", &[])).await, "invalid_request");
    check_refusal(&run.client.redeem(&asked, "no-code").await, "invalid_grant");
}

/// The library of another team believes the ID token; it is short-lived, and has its issuer to the letter.
async fn every_module_id_token(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let done = run.complete(&run.asks("openid").with("max_age", "600")).await;
    assert_eq!(done.id["iss"], run.app.issuer);
    assert_eq!(done.id["exp"].as_i64().unwrap() - done.id["iat"].as_i64().unwrap(), 300);
    assert!(done.id["auth_time"].is_i64() && done.id["sid"].is_string(), "{}", done.id);
    assert_eq!(done.id["amr"], json!(["pwd"]));
    assert_eq!(header(done.tokens.get("id_token")).get("typ"), None, "no ID token passes for another kind");
}

/// Registration by strangers is not offered: it is not in the metadata, and nothing answers.
async fn every_module_dynamic_registration(app: TestApp) {
    let metadata = app.get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata.get("registration_endpoint"), None);
    let wanted = json!({ "redirect_uris": ["https://stranger.example/cb"] });
    assert_eq!(read(app.machine.post(app.at("/register")).json(&wanted)).await.status, 404);
    let with_fragment: ClientMetadata =
        serde_json::from_value(json!({ "redirect_uris": ["https://x.example/cb#here"] })).unwrap();
    assert!(with_fragment.check().is_err(), "the operator cannot register a fragment either");
}

/// With `form_post` errors travel in a form as codes do (`Run::read` looks at the page).
async fn every_module_form_post(app: TestApp) {
    let run = Run::start(app, Mode::FormPost).await;
    run.complete(&run.asks("openid")).await;
    let answer = run.silent(&run.asks("openid").with("max_age", "soon")).await;
    assert_eq!(answer.error(), "invalid_request");
    let page = run.browser.get(&run.asks("openid").with("prompt", "none").url()).await;
    let script = run.app.get(&page.attribute("script", "src")).await;
    assert!(script.header("content-type").starts_with("text/javascript"), "{:?}", script.headers);
    assert!(script.body.contains(".submit()"), "{}", script.body);
}

async fn a_state_comes_back_byte_for_byte(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    for run in [run.in_mode(Mode::FormPost), run] {
        for state in [
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".repeat(2),
            "x".repeat(1000),
            "a b+c%20&d=e\"'<>\\é漢🦀;/?:@".to_owned(),
            String::from("0"),
        ] {
            let asked = run.asks("openid").with("state", &state);
            assert_eq!(run.answer(&asked).await.get("state"), Some(state.as_str()));
            let refused = asked.with("prompt", "none login");
            assert_eq!(run.silent(&refused).await.get("state"), Some(state.as_str()));
        }
    }
}

async fn a_nonce_comes_back_byte_for_byte(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    for nonce in ["n-0S6_WzA2Mj".repeat(32), "a b+c%20&d=e\"'<>\\é漢🦀".to_owned(), "0".to_owned()] {
        let done = run.complete(&run.asks("openid").with("nonce", &nonce)).await;
        assert_eq!(done.id["nonce"], nonce.as_str());
    }
    let too_long = run.silent(&run.asks("openid").with("nonce", &"n".repeat(1025))).await;
    assert_eq!(too_long.error(), "invalid_request");
}

/// What stands in the query of the registered URI stays there, before what we add; another value is another URI.
async fn registered_query_parameters_are_kept(app: TestApp) {
    let registered = "https://query.example/cb?dummy1=lorem&dummy2=ipsum%20dolor";
    let client = app.client(json!({ "redirect_uris": [registered], "require_pkce": false })).await;
    let run = Run::start(app, Mode::Query).await.with_client(client);
    for run in [run.in_mode(Mode::FormPost), run] {
        let answer = run.answer(&run.asks("openid")).await;
        assert!(answer.address.as_str().starts_with(registered), "{}", answer.address);
        for other in [
            "https://query.example/cb?dummy1=lorem&dummy2=ipsum",
            "https://query.example/cb?dummy1=lorem&dummy2=ipsum%20dolor&dummy3=sit",
            "https://query.example/cb",
        ] {
            let page = run.page(&run.asks("openid").with("redirect_uri", other)).await;
            assert!(page.has("#error"), "{other}");
        }
    }
}

async fn id_tokens_are_signed_as_registered(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    for algorithm in ["ES256", "RS256"] {
        let client = run
            .app
            .client(json!({ "redirect_uris": ["https://x.example/cb"], "id_token_signed_response_alg": algorithm }))
            .await;
        let asked = client.asks("openid");
        let tokens = client.complete(&run.browser, &run.dana, &asked).await;
        verify::id_token(&run.app, &client, &asked, &tokens).await;
        assert_eq!(header(tokens.get("id_token"))["alg"], algorithm);
        assert_eq!(header(tokens.get("access_token"))["typ"], "at+jwt");
    }
}

/// 64 characters of the URL-safe alphabet of which no two codes share more than their beginning, which is the time.
async fn codes_cannot_be_guessed(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let mut codes = Vec::new();
    for _ in 0..10 {
        codes.push(run.answer(&run.asks("openid")).await.get("code").unwrap().to_owned());
    }
    for (at, one) in codes.iter().enumerate() {
        assert!(
            one.len() == 64 && one.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)),
            "{one}"
        );
        for other in &codes[at + 1..] {
            let same = one.bytes().zip(other.bytes()).filter(|(here, there)| here == there).count();
            assert!(same < 24, "{one} {other}");
        }
    }
}

async fn an_answer_in_the_fragment_is_nowhere_else(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    run.complete(&run.asks("openid")).await;
    let asked = run.asks("openid").with("response_mode", "fragment");
    let to: Url = run.browser.open(&asked.url()).await.outside();
    assert_eq!(to.query(), None, "{to}");
    let fragment: Vec<(String, String)> =
        url::form_urlencoded::parse(to.fragment().unwrap().as_bytes()).into_owned().collect();
    let names: Vec<&str> = fragment.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["code", "state", "iss"]);
    let page = run.client.redeem(&asked, &fragment[0].1).await;
    let tokens = Tokens { all: page.json() };
    let client: &TestClient = &run.client;
    verify::id_token(&run.app, client, &asked, &tokens).await;
}

/// What a stranger sends is shown as text.
async fn the_error_page_repeats_nothing_as_markup(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let markup = "https://x.example/\"><script>alert(1)</script>";
    for (name, value) in [("redirect_uri", markup), ("client_id", markup)] {
        let page = run.browser.get(&run.asks("openid").with(name, value).url()).await;
        assert!(page.has("#error") && !page.has("script"), "{}", page.body);
    }
}
