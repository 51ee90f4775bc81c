//! How clients prove who they are (RFC 6749 §2.3, RFC 7523, RFC 7636), and what they get for themselves.

use connex::{kernel::Lifetime, protocol::jose::SigningAlgorithm};
use serde_json::{Value, json};

use super::basic::run::{check_refusal, check_token_answer};
use crate::support::{
    app::TestApp,
    client::{TestClient, claims, header},
    http::{Page, Visitor, read},
    on_both_engines,
    signed::{ClientKey, JWT_BEARER, assertion},
    verify,
};

on_both_engines! {
    a_client_signs_its_assertions
    an_assertion_is_for_the_issuer_or_the_token_endpoint
    an_assertion_works_once
    an_assertion_that_does_not_hold_is_refused
    clocks_may_differ_a_little
    a_client_is_accepted_by_its_registered_method_only
    a_public_client_is_protected_by_pkce
    plain_pkce_is_refused
    a_client_that_needs_pkce_cannot_do_without
    a_verifier_has_to_answer_its_challenge
    a_client_gets_a_token_for_itself
    a_client_gets_for_itself_what_it_is_registered_for
    a_resource_is_ourselves_or_refused
}

async fn signing_client(app: &TestApp, key: &ClientKey) -> TestClient {
    app.client(json!({
        "redirect_uris": ["https://signs.example/cb"], "token_endpoint_auth_method": "private_key_jwt", "jwks": key.jwks(),
        "grant_types": ["authorization_code", "client_credentials"], "scope": "openid reports",
    }))
    .await
}

/// A token request with this assertion.
async fn with_assertion(client: &TestClient, assertion: &str) -> Page {
    let fields =
        [("grant_type", "client_credentials"), ("client_assertion_type", JWT_BEARER), ("client_assertion", assertion)];
    read(client.post("/token", &fields)).await
}

async fn a_client_signs_its_assertions(app: TestApp) {
    let dana = app.person("dana").await;
    for algorithm in SigningAlgorithm::ALL {
        let key = ClientKey::new(*algorithm);
        let client = signing_client(&app, &key).await;
        let asked = client.asks("openid");
        let visitor = Visitor::new();
        let callback = crate::support::client::arrive(&visitor, &dana, visitor.open(&asked.url()).await).await;
        let (code, assertion) = (asked.code(&callback), key.assertion(&app, &client.id, &app.issuer));
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &client.redirect_uri),
            ("code_verifier", &asked.verifier),
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", &assertion),
        ];
        let page = read(client.post("/token", &fields)).await;
        check_token_answer(&page);
        let tokens = crate::support::client::Tokens { all: page.json() };
        verify::id_token(&app, &client, &asked, &tokens).await;
    }
}

async fn an_assertion_is_for_the_issuer_or_the_token_endpoint(app: TestApp) {
    let key = ClientKey::new(SigningAlgorithm::Es256);
    let client = signing_client(&app, &key).await;
    for audience in [json!(app.issuer), json!(app.at("/token")), json!([app.issuer])] {
        let mut claims = assertion(&app, &client.id, "");
        claims["aud"] = audience.clone();
        assert_eq!(with_assertion(&client, &key.sign(&claims)).await.status, 200, "{audience}");
    }
    for audience in ["https://elsewhere.example", &app.at("/"), &app.at("/par"), "", &app.issuer.to_uppercase()] {
        let assertion = key.assertion(&app, &client.id, audience);
        check_refusal(&with_assertion(&client, &assertion).await, "invalid_client");
    }
    let mut for_two = assertion(&app, &client.id, "");
    for_two["aud"] = json!([app.issuer, "https://elsewhere.example"]);
    check_refusal(&with_assertion(&client, &key.sign(&for_two)).await, "invalid_client");
}

async fn an_assertion_works_once(app: TestApp) {
    let key = ClientKey::new(SigningAlgorithm::Es256);
    let client = signing_client(&app, &key).await;
    let assertion = key.assertion(&app, &client.id, &app.issuer);
    check_token_answer(&with_assertion(&client, &assertion).await);
    check_refusal(&with_assertion(&client, &assertion).await, "invalid_client");
}

async fn an_assertion_that_does_not_hold_is_refused(app: TestApp) {
    let key = ClientKey::new(SigningAlgorithm::Rs256);
    let client = signing_client(&app, &key).await;
    let now = app.now().seconds();
    for (name, value) in [
        ("iss", json!("another")),
        ("sub", json!("another")),
        ("sub", Value::Null),
        ("jti", Value::Null),
        ("exp", json!(now - 11)),
        ("exp", Value::Null),
        ("exp", json!(now + 2 * 3600)),
        ("nbf", json!(now + 61)),
    ] {
        let mut claims = assertion(&app, &client.id, &app.issuer);
        claims[name] = value.clone();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        }
        let page = with_assertion(&client, &key.sign(&claims)).await;
        assert_eq!((page.status.as_u16(), &page.json()["error"]), (401, &json!("invalid_client")), "{name}: {value}");
    }
    let stranger = ClientKey::new(SigningAlgorithm::Rs256).assertion(&app, &client.id, &app.issuer);
    check_refusal(&with_assertion(&client, &stranger).await, "invalid_client");
    let unsigned = crate::support::signed::unsigned_request_object(&assertion(&app, &client.id, &app.issuer));
    check_refusal(&with_assertion(&client, &unsigned).await, "invalid_client");
}

async fn clocks_may_differ_a_little(app: TestApp) {
    let key = ClientKey::new(SigningAlgorithm::Es256);
    let client = signing_client(&app, &key).await;
    for (name, seconds) in [("nbf", 8), ("iat", 8), ("exp", -8)] {
        let mut claims = assertion(&app, &client.id, &app.issuer);
        claims[name] = json!(app.now().seconds() + seconds);
        assert_eq!(with_assertion(&client, &key.sign(&claims)).await.status, 200, "{name} {seconds}");
    }
}

/// A secret does not help at a client that signs, nor a body at one that uses the header.
async fn a_client_is_accepted_by_its_registered_method_only(app: TestApp) {
    let key = ClientKey::new(SigningAlgorithm::Es256);
    let (signs, basic) = (signing_client(&app, &key).await, app.web_client("one").await);
    let grant = ("grant_type", "client_credentials");
    let token = || app.machine.post(app.at("/token"));
    let (secret, id) = (basic.secret.as_deref().unwrap(), basic.id.as_str());
    check_refusal(&read(token().form(&[grant, ("client_id", id), ("client_secret", secret)])).await, "invalid_client");
    check_refusal(&read(token().form(&[grant, ("client_id", id)])).await, "invalid_client");
    check_refusal(&read(token().form(&[grant, ("client_id", &signs.id)])).await, "invalid_client");
    check_refusal(&read(token().form(&[grant])).await, "invalid_client");
    let wrong = read(token().basic_auth(id, Some("wrong")).form(&[grant])).await;
    check_refusal(&wrong, "invalid_client");
    assert!(wrong.header("www-authenticate").starts_with("Basic "), "{:?}", wrong.headers);
    let both = read(token().basic_auth(id, Some(secret)).form(&[grant, ("client_id", id), ("client_secret", secret)]));
    check_refusal(&both.await, "invalid_client");
    check_token_answer(&read(token().basic_auth(id, Some(secret)).form(&[grant])).await);
}

async fn public_client(app: &TestApp) -> TestClient {
    app.client(json!({ "redirect_uris": ["https://public.example/cb"], "token_endpoint_auth_method": "none" })).await
}

async fn a_public_client_is_protected_by_pkce(app: TestApp) {
    let (client, dana, visitor) = (public_client(&app).await, app.person("dana").await, Visitor::new());
    let without = client.asks("openid").without_pkce();
    assert_eq!(without.error(&visitor.open(&without.url()).await.outside()), "invalid_request");
    let asked = client.asks("openid");
    let tokens = client.complete(&visitor, &dana, &asked).await;
    verify::id_token(&app, &client, &asked, &tokens).await;
    assert_eq!(tokens.all.get("refresh_token"), None);
    let confidential: connex::protocol::oauth::ClientMetadata =
        serde_json::from_value(json!({ "redirect_uris": ["https://x.example/cb"], "token_endpoint_auth_method": "none", "require_pkce": false })).unwrap();
    assert!(confidential.check().is_err(), "it cannot be registered to do without");
}

async fn plain_pkce_is_refused(app: TestApp) {
    let (client, visitor) = (app.web_client("one").await, Visitor::new());
    let asked = client.asks("openid");
    for asked in [
        asked.clone().with("code_challenge_method", "plain"),
        asked.clone().without("code_challenge_method"),
        asked.clone().with("code_challenge", "too-short"),
        asked.with("code_challenge_method", "s256"),
    ] {
        assert_eq!(asked.error(&visitor.open(&asked.url()).await.outside()), "invalid_request", "{:?}", asked.params);
    }
}

async fn a_client_that_needs_pkce_cannot_do_without(app: TestApp) {
    let strict = json!({ "redirect_uris": ["https://strict.example/cb"], "require_pkce": true });
    let (client, visitor) = (app.client(strict).await, Visitor::new());
    let asked = client.asks("openid").without_pkce();
    assert_eq!(asked.error(&visitor.open(&asked.url()).await.outside()), "invalid_request");
}

/// A wrong verifier, none, or one without a challenge: the code is spent and gives nothing.
async fn a_verifier_has_to_answer_its_challenge(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("one").await, app.person("dana").await, Visitor::new());
    let other = client.asks("openid").verifier;
    for (challenged, verifier) in
        [(true, Some(other.as_str())), (true, None), (true, Some("short")), (false, Some(&other))]
    {
        let asked = client.asks("openid");
        let asked = if challenged { asked } else { asked.without_pkce() };
        let callback = crate::support::client::arrive(&visitor, &dana, visitor.open(&asked.url()).await).await;
        let code = asked.code(&callback);
        let mut fields =
            vec![("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", &client.redirect_uri)];
        fields.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        check_refusal(&read(client.post("/token", &fields)).await, "invalid_grant");
        check_refusal(&client.redeem(&asked, &code).await, "invalid_grant");
    }
}

async fn a_client_gets_a_token_for_itself(app: TestApp) {
    let client = app.web_client("one").await;
    let page = read(client.post("/token", &[("grant_type", "client_credentials")])).await;
    check_token_answer(&page);
    let answer = page.json();
    assert!(answer.get("id_token").is_none() && answer.get("refresh_token").is_none(), "{answer}");
    let token = answer["access_token"].as_str().unwrap();
    let told = claims(token);
    assert_eq!((&told["sub"], &told["client_id"], &told["aud"]), (&json!("one"), &json!("one"), &json!(app.issuer)));
    assert!(told.get("auth_time").is_none() && header(token)["typ"] == "at+jwt", "{told}");
    assert_eq!(client.introspect(token).await["active"], true);
    let userinfo = client.userinfo(token).await;
    assert_eq!((userinfo.status.as_u16(), &userinfo.json()["error"]), (403, &json!("insufficient_scope")));
    app.advance(Lifetime::seconds(300));
    assert_eq!(client.introspect(token).await, json!({ "active": false }));
}

async fn a_client_gets_for_itself_what_it_is_registered_for(app: TestApp) {
    let client = app.client(json!({ "grant_types": ["client_credentials"], "scope": "openid profile reports" })).await;
    let grant = ("grant_type", "client_credentials");
    assert_eq!(read(client.post("/token", &[grant])).await.json()["scope"], "reports");
    assert_eq!(read(client.post("/token", &[grant, ("scope", "reports")])).await.status, 200);
    for scope in ["openid", "profile", "reports openid", "other", "\""] {
        let page = read(client.post("/token", &[grant, ("scope", scope)])).await;
        assert_eq!((page.status.as_u16(), &page.json()["error"]), (400, &json!("invalid_scope")), "{scope:?}");
    }
    let people_only = app.client(json!({ "redirect_uris": ["https://x.example/cb"] })).await;
    check_refusal(&read(people_only.post("/token", &[grant])).await, "unauthorized_client");
}

/// RFC 8707: the only resource is the issuer; tokens are for it, and any other is refused by name.
async fn a_resource_is_ourselves_or_refused(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("one").await, app.person("dana").await, Visitor::new());
    let asked = client.asks("openid").with("resource", &app.issuer);
    let tokens = client.complete(&visitor, &dana, &asked).await;
    assert_eq!(claims(tokens.get("access_token"))["aud"], app.issuer.as_str());
    let other = client.asks("openid").with("resource", "https://api.example");
    assert_eq!(other.error(&visitor.open(&other.url()).await.outside()), "invalid_target");
    let grant = ("grant_type", "client_credentials");
    let page = read(client.post("/token", &[grant, ("resource", "https://api.example")])).await;
    check_refusal(&page, "invalid_target");
}
