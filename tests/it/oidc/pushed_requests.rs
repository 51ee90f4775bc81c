//! Requests that the client sends itself (RFC 9126), or signs (RFC 9101, OIDC Core §6.1).

use connex::{kernel::Lifetime, protocol::jose::SigningAlgorithm};
use reqwest::Method;
use serde_json::{Value, json};

use super::basic::run::check_refusal;
use crate::support::{
    app::TestApp,
    client::{Asked, TestClient, arrive},
    http::{Page, Visitor, read},
    on_both_engines,
    signed::{ClientKey, as_claims, unsigned_request_object},
    verify,
};

on_both_engines! {
    a_pushed_request_is_completed
    a_pushed_request_is_used_once
    a_pushed_request_waits_ninety_seconds
    a_pushed_request_is_its_clients
    a_pushed_request_may_be_opened_twice_before_it_is_completed
    what_stands_beside_the_reference_does_not_count
    a_request_that_would_be_refused_is_not_taken
    pushing_needs_the_client_itself
    a_client_that_promised_to_push_has_to
    a_signed_request_is_completed
    what_is_signed_counts
    the_address_may_stand_in_the_signed_request_only
    a_signed_request_that_does_not_hold_is_refused
    an_unsigned_request_object_is_refused
}

async fn push(client: &TestClient, asked: &Asked) -> Page {
    let fields: Vec<(&str, &str)> = asked.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    read(client.post("/par", &fields)).await
}

/// The request that refers to a pushed one.
async fn pushed(client: &TestClient, asked: &Asked) -> Asked {
    let page = push(client, asked).await;
    assert_eq!(page.status, 201, "{}", page.body);
    refers_to(asked, page.json()["request_uri"].as_str().unwrap())
}

fn refers_to(asked: &Asked, request_uri: &str) -> Asked {
    let client_id = asked.get("client_id").unwrap().to_owned();
    let mut reference = asked.clone();
    reference.params = vec![("client_id".to_owned(), client_id), ("request_uri".to_owned(), request_uri.to_owned())];
    reference
}

async fn a_pushed_request_is_completed(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("one").await, app.person("dana").await, Visitor::new());
    let asked = client.asks("openid profile");
    let page = push(&client, &asked).await;
    assert_eq!((page.status.as_u16(), page.header("cache-control")), (201, "no-store"));
    let answer = page.json();
    assert_eq!(answer["expires_in"], 90);
    let request_uri = answer["request_uri"].as_str().unwrap();
    let secret = request_uri.strip_prefix("urn:ietf:params:oauth:request_uri:").unwrap();
    super::basic::run::check_secret(secret, 128.0);
    let callback = arrive(&visitor, &dana, visitor.open(&refers_to(&asked, request_uri).url()).await).await;
    let page = client.redeem(&asked, &asked.code(&callback)).await;
    let tokens = crate::support::client::Tokens { all: page.json() };
    verify::id_token(&app, &client, &asked, &tokens).await;
}

/// The error page that says so, at the authorize URL.
async fn assert_used_or_expired(visitor: &Visitor, reference: &Asked) {
    let page = visitor.get(&reference.url()).await;
    assert_eq!((page.status.as_u16(), page.url.path()), (400, "/authorize"));
    assert!(page.words("#error").contains("invalid_request_uri"), "{}", page.text());
}

async fn a_pushed_request_is_used_once(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("one").await, app.person("dana").await, Visitor::new());
    let asked = client.asks("openid");
    let reference = pushed(&client, &asked).await;
    arrive(&visitor, &dana, visitor.open(&reference.url()).await).await;
    assert_used_or_expired(&visitor, &reference).await;
    assert_used_or_expired(&Visitor::new(), &reference).await;
}

async fn a_pushed_request_waits_ninety_seconds(app: TestApp) {
    let (client, visitor) = (app.web_client("one").await, Visitor::new());
    let reference = pushed(&client, &client.asks("openid")).await;
    app.advance(Lifetime::seconds(89));
    assert_eq!(visitor.open(&reference.url()).await.page().url.path(), "/login");
    app.advance(Lifetime::seconds(2));
    assert_used_or_expired(&visitor, &reference).await;
}

async fn a_pushed_request_is_its_clients(app: TestApp) {
    let (client, other, visitor) = (app.web_client("one").await, app.web_client("two").await, Visitor::new());
    let reference = pushed(&client, &client.asks("openid")).await;
    assert_used_or_expired(&visitor, &reference.clone().with("client_id", &other.id)).await;
    assert_eq!(visitor.open(&reference.url()).await.page().url.path(), "/login", "it is still good for its own client");
    let foreign = push(&client, &client.asks("openid").with("client_id", &other.id)).await;
    assert!(foreign.status.is_client_error() && foreign.json()["error"].is_string(), "{}", foreign.body);
}

/// A link preview, or a second click, does not spend it.
async fn a_pushed_request_may_be_opened_twice_before_it_is_completed(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("one").await, app.person("dana").await, Visitor::new());
    let asked = client.asks("openid");
    let reference = pushed(&client, &asked).await;
    let first = visitor.open(&reference.url()).await;
    visitor.open(&reference.url()).await.page();
    let callback = arrive(&visitor, &dana, first).await;
    assert_eq!(client.redeem(&asked, &asked.code(&callback)).await.status, 200);
}

async fn what_stands_beside_the_reference_does_not_count(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("one").await, app.person("dana").await, Visitor::new());
    let asked = client.asks("openid");
    let reference = pushed(&client, &asked).await.with("state", "outside").with("nonce", "outside");
    let reference = reference.with("redirect_uri", "https://attacker.example/cb").with("scope", "openid phone");
    let callback = arrive(&visitor, &dana, visitor.open(&reference.url()).await).await;
    assert_eq!(callback.host_str(), Some("one.example"));
    let page = client.redeem(&asked, &asked.code(&callback)).await;
    assert_eq!(page.json()["scope"], "openid");
    verify::id_token(&app, &client, &asked, &crate::support::client::Tokens { all: page.json() }).await;
}

/// Every rule is asked when the request is pushed, and the client itself learns what is wrong.
async fn a_request_that_would_be_refused_is_not_taken(app: TestApp) {
    let client = app.web_client("one").await;
    for (name, value, error) in [
        ("request_uri", "urn:ietf:params:oauth:request_uri:x", "invalid_request"),
        ("request_uri", "https://one.example/request.jwt", "invalid_request"),
        ("redirect_uri", "https://attacker.example/cb", "invalid_request"),
        ("response_type", "code id_token", "unsupported_response_type"),
        ("scope", "nothing-that-is-offered", "invalid_scope"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("request", "no.request.object", "invalid_request_object"),
        ("prompt", "none login", "invalid_request"),
    ] {
        let page = push(&client, &client.asks("openid").with(name, value)).await;
        assert_eq!((page.status.as_u16(), &page.json()["error"]), (400, &json!(error)), "{name}={value}");
    }
    check_refusal(&push(&client, &client.asks("openid").without("redirect_uri")).await, "invalid_request");
    let strict = json!({ "redirect_uris": ["https://strict.example/cb"], "require_pkce": true });
    let strict = app.client(strict).await;
    check_refusal(&push(&strict, &strict.asks("openid").without_pkce()).await, "invalid_request");
}

async fn pushing_needs_the_client_itself(app: TestApp) {
    let mut client = app.web_client("one").await;
    let put = read(app.machine.request(Method::PUT, app.at("/par")).form(&[("client_id", "one")])).await;
    assert_eq!(put.status, 405);
    client.secret = Some("wrong".to_owned());
    check_refusal(&push(&client, &client.asks("openid")).await, "invalid_client");
    let nobody = read(app.machine.post(app.at("/par")).form(&[("client_id", "one"), ("response_type", "code")])).await;
    check_refusal(&nobody, "invalid_client");
}

async fn a_client_that_promised_to_push_has_to(app: TestApp) {
    let promise =
        json!({ "redirect_uris": ["https://push.example/cb"], "require_pushed_authorization_requests": true });
    let (client, visitor) = (app.client(promise).await, Visitor::new());
    let asked = client.asks("openid");
    assert_eq!(asked.error(&visitor.open(&asked.url()).await.outside()), "invalid_request");
    let reference = pushed(&client, &asked).await;
    assert_eq!(visitor.open(&reference.url()).await.page().url.path(), "/login");
}

async fn signing_client(app: &TestApp, key: &ClientKey) -> TestClient {
    let uris = ["https://signs.example/cb", "https://signs.example/other"];
    app.client(json!({ "redirect_uris": uris, "jwks": key.jwks(), "require_pkce": false })).await
}

/// What OpenID Connect wants outside, and the object.
fn wrapped(asked: &Asked, object: &str) -> Asked {
    let mut outside = asked.clone();
    outside.params.retain(|(name, _)| ["client_id", "response_type", "scope"].contains(&name.as_str()));
    outside.with("request", object)
}

async fn a_signed_request_is_completed(app: TestApp) {
    let dana = app.person("dana").await;
    for algorithm in SigningAlgorithm::ALL {
        let (key, visitor) = (ClientKey::new(*algorithm), Visitor::new());
        let client = signing_client(&app, &key).await;
        let asked = client.asks("openid");
        let outside = asked.clone().with("request", &key.request_object(&app, &asked, |_| {}));
        let callback = arrive(&visitor, &dana, visitor.open(&outside.url()).await).await;
        let page = client.redeem(&asked, &asked.code(&callback)).await;
        verify::id_token(&app, &client, &asked, &crate::support::client::Tokens { all: page.json() }).await;
        let by_push = refers_to(&asked, push(&client, &outside).await.json()["request_uri"].as_str().unwrap());
        asked.code(&visitor.open(&by_push.url()).await.outside());
    }
}

async fn what_is_signed_counts(app: TestApp) {
    let (key, dana, visitor) = (ClientKey::new(SigningAlgorithm::Es256), app.person("dana").await, Visitor::new());
    let client = signing_client(&app, &key).await;
    let asked = client.asks("openid");
    let outside = asked.clone().with("request", &key.request_object(&app, &asked, |_| {}));
    let outside = outside.with("state", "outside").with("nonce", "outside").with("scope", "openid phone");
    let callback = arrive(&visitor, &dana, visitor.open(&outside.url()).await).await;
    let page = client.redeem(&asked, &asked.code(&callback)).await;
    assert_eq!(page.json()["scope"], "openid");
    verify::id_token(&app, &client, &asked, &crate::support::client::Tokens { all: page.json() }).await;
}

/// The client has two addresses, and names one of them in the object alone (OIDC Core §6.1, RFC 9101 §5).
async fn the_address_may_stand_in_the_signed_request_only(app: TestApp) {
    let (key, dana, visitor) = (ClientKey::new(SigningAlgorithm::Es256), app.person("dana").await, Visitor::new());
    let client = signing_client(&app, &key).await;
    let asked = client.asks("openid");
    let outside = wrapped(&asked, &key.request_object(&app, &asked, |_| {}));
    let callback = arrive(&visitor, &dana, visitor.open(&outside.url()).await).await;
    assert!(callback.as_str().starts_with(&client.redirect_uri), "{callback}");
    asked.code(&callback);
    let foreign =
        key.request_object(&app, &asked, |claims| claims["redirect_uri"] = "https://attacker.example/cb".into());
    let page = visitor.get(&wrapped(&asked, &foreign).url()).await;
    assert!(page.status == 400 && page.has("#error"), "{}", page.status);
}

async fn a_signed_request_that_does_not_hold_is_refused(app: TestApp) {
    let (key, visitor) = (ClientKey::new(SigningAlgorithm::Es256), Visitor::new());
    let client = signing_client(&app, &key).await;
    let asked = client.asks("openid");
    let now = app.now().seconds();
    for (name, value) in [
        ("iss", json!("another")),
        ("aud", json!("https://elsewhere.example")),
        ("exp", json!(now - 11)),
        ("exp", json!(now + 70 * 60)),
        ("nbf", json!(now + 61)),
        ("client_id", json!("another")),
        ("response_type", json!("token")),
        ("request", json!("x")),
        ("request_uri", json!("https://signs.example/request")),
    ] {
        let object = key.request_object(&app, &asked, |claims| claims[name] = value.clone());
        let outside = asked.clone().with("request", &object);
        let to = visitor.open(&outside.url()).await.outside();
        assert_eq!(asked.error(&to), "invalid_request_object", "{name}: {value}");
    }
    let stranger = ClientKey::new(SigningAlgorithm::Es256).request_object(&app, &asked, |_| {});
    let outside = asked.clone().with("request", &stranger);
    assert_eq!(asked.error(&visitor.open(&outside.url()).await.outside()), "invalid_request_object");
}

async fn an_unsigned_request_object_is_refused(app: TestApp) {
    let (key, visitor) = (ClientKey::new(SigningAlgorithm::Rs256), Visitor::new());
    let client = signing_client(&app, &key).await;
    let asked = client.asks("openid");
    let object = unsigned_request_object(&as_claims(&asked));
    let outside = asked.clone().with("request", &object);
    assert_eq!(asked.error(&visitor.open(&outside.url()).await.outside()), "request_not_supported");
    let page: Value = push(&client, &outside).await.json();
    assert_eq!(page["error"], "request_not_supported");
}
