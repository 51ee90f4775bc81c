//! Pushed requests and request objects (K-29, S-1).

use connex::kernel::Lifetime;
use serde_json::{Value, json};

use super::{assertion, brought_a_code, signing_client, without};
use crate::support::{
    app::TestApp,
    client::{Asked, TestClient, arrive},
    http::{Landing, Page, Visitor, read},
    jwt::with,
    never_a_5xx_on_both_engines,
    receiver::Receiver,
};

never_a_5xx_on_both_engines! {
    a_request_uri_is_used_once
    a_request_uri_is_of_use_to_its_client_only
    a_request_uri_expires
    what_stands_beside_a_request_uri_does_not_count
    a_push_has_to_be_authenticated
    what_could_not_be_asked_cannot_be_pushed
    the_request_object_of_another_client_is_refused
    a_request_object_with_wrong_claims_is_refused
    s1_no_request_uri_is_fetched
}

async fn push(client: &TestClient, asked: &Asked) -> Page {
    let fields: Vec<_> = asked.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let fields: Vec<_> = fields.into_iter().filter(|(name, _)| *name != "client_id").collect();
    read(client.post("/par", &fields)).await
}

fn address(app: &TestApp, client_id: &str, request_uri: &str, more: &[(&str, &str)]) -> String {
    let pairs = [("client_id", client_id), ("request_uri", request_uri)];
    let pairs = pairs.iter().chain(more);
    let query: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    app.at(&format!("/authorize?{query}"))
}

async fn request_uri(client: &TestClient, asked: &Asked) -> String {
    let answer = push(client, asked).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()["request_uri"].as_str().unwrap().to_owned()
}

fn is_refused_here(landing: Landing) {
    let page = landing.page();
    assert!(page.status == 400 && page.has("#error"), "{} {}", page.status, page.text());
}

async fn a_request_uri_is_used_once(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    let asked = client.asks("openid");
    let url = address(&app, "c1", &request_uri(&client, &asked).await, &[]);
    // Loading the page twice is no use yet; being sent back with a code is.
    visitor.open(&url).await.page();
    let callback = arrive(&visitor, &dana, visitor.open(&url).await).await;
    let code = asked.code(&callback);
    is_refused_here(visitor.open(&url).await);
    is_refused_here(Visitor::new().open(&url).await);
    assert_eq!(client.redeem(&asked, &code).await.status, 200);
}

async fn a_request_uri_is_of_use_to_its_client_only(app: TestApp) {
    let (c1, _, visitor) = (app.web_client("c1").await, app.web_client("c2").await, Visitor::new());
    let uri = request_uri(&c1, &c1.asks("openid")).await;
    is_refused_here(visitor.open(&address(&app, "c2", &uri, &[])).await);
    is_refused_here(visitor.open(&address(&app, "nobody", &uri, &[])).await);
    let alone = url::form_urlencoded::byte_serialize(uri.as_bytes()).collect::<String>();
    is_refused_here(visitor.open(&app.at(&format!("/authorize?request_uri={alone}"))).await);
    is_refused_here(visitor.open(&address(&app, "c1", &format!("{uri}x"), &[])).await);
    assert!(visitor.open(&address(&app, "c1", &uri, &[])).await.page().has("input[name=password]"));
}

async fn a_request_uri_expires(app: TestApp) {
    let client = app.web_client("c1").await;
    let answer = push(&client, &client.asks("openid")).await.json();
    app.advance(Lifetime::seconds(answer["expires_in"].as_i64().unwrap() + 1));
    let uri = answer["request_uri"].as_str().unwrap();
    is_refused_here(Visitor::new().open(&address(&app, "c1", uri, &[])).await);
}

async fn what_stands_beside_a_request_uri_does_not_count(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    let asked = client.asks("openid");
    let uri = request_uri(&client, &asked).await;
    let outer = [
        ("scope", "openid email offline_access"),
        ("state", "of-eve"),
        ("redirect_uri", "https://evil.example/cb"),
        ("response_mode", "fragment"),
        ("code_challenge", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    ];
    let callback = arrive(&visitor, &dana, visitor.open(&address(&app, "c1", &uri, &outer)).await).await;
    assert!(callback.as_str().starts_with("https://c1.example/cb?code="), "{callback}");
    let tokens = client.redeem(&asked, &asked.code(&callback)).await.json();
    assert_eq!(tokens["scope"], "openid");
}

async fn a_push_has_to_be_authenticated(app: TestApp) {
    let (c1, c2) = (app.web_client("c1").await, app.web_client("c2").await);
    let asked = c1.asks("openid");
    let fields: Vec<_> = asked.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let unproven = read(app.machine.post(app.at("/par")).form(&fields)).await;
    assert_eq!((unproven.status.as_u16(), unproven.json()["error"].as_str()), (401, Some("invalid_client")));
    let wrong = read(app.machine.post(app.at("/par")).basic_auth("c1", Some("wrong")).form(&fields)).await;
    assert_eq!((wrong.status.as_u16(), wrong.json()["error"].as_str()), (401, Some("invalid_client")));
    let of_another = read(c2.post("/par", &fields)).await;
    assert!(of_another.status.is_client_error(), "{}", of_another.body);
}

async fn what_could_not_be_asked_cannot_be_pushed(app: TestApp) {
    let client = app.web_client("c1").await;
    let asked = || client.asks("openid");
    let uri = request_uri(&client, &asked()).await;
    let wrongs = [
        asked().with("redirect_uri", "https://evil.example/cb"),
        asked().without("redirect_uri"),
        asked().with("response_type", "token"),
        asked().with("code_challenge_method", "plain"),
        asked().with("request_uri", &uri),
        asked().with("scope", ""),
        asked().with("prompt", "none login"),
        asked().with("id_token_hint", "x.y.z"),
    ];
    for wrong in wrongs {
        let answer = push(&client, &wrong).await;
        assert_eq!(answer.status, 400, "{:?}: {}", wrong.params, answer.body);
        assert!(answer.json()["error"].is_string());
    }
}

/// A request object for `asked`.
fn object(app: &TestApp, client_id: &str, asked: &Asked) -> Value {
    let mut claims = without(&without(&assertion(app, client_id), "sub"), "jti");
    for (name, value) in &asked.params {
        claims[name.as_str()] = json!(value);
    }
    claims
}

async fn the_request_object_of_another_client_is_refused(app: TestApp) {
    let (key1, c1) = signing_client(&app, "c1").await;
    let (key2, c2) = signing_client(&app, "c2").await;
    let (asked1, asked2) = (c1.asks("openid"), c2.asks("openid"));
    let good = key1.sign(None, &object(&app, "c1", &asked1));
    let landing = Visitor::new().open(&asked1.clone().with("request", &good).url()).await;
    assert!(landing.page().has("input[name=password]"));
    let swapped = [
        key1.sign(None, &object(&app, "c1", &asked1)),
        key1.sign(None, &object(&app, "c2", &asked2)),
        key2.sign(None, &with(&object(&app, "c2", &asked2), "iss", json!("c1"))),
        key2.sign(None, &with(&object(&app, "c2", &asked2), "client_id", json!("c1"))),
    ];
    for object in swapped {
        let asked = asked2.clone().with("request", &object);
        let callback = Visitor::new().open(&asked.url()).await.outside();
        assert_eq!(asked.error(&callback), "invalid_request_object");
    }
}

async fn a_request_object_with_wrong_claims_is_refused(app: TestApp) {
    let (key, client) = signing_client(&app, "c1").await;
    let asked = client.asks("openid");
    let good = object(&app, "c1", &asked);
    let now = app.now().seconds();
    let wrongs = [
        with(&good, "aud", json!("https://evil.example")),
        with(&good, "aud", json!([app.issuer, "https://evil.example"])),
        without(&good, "aud"),
        without(&good, "exp"),
        without(&good, "iss"),
        with(&good, "exp", json!(now - 60)),
        with(&good, "exp", json!(now + 4200)),
        with(&good, "exp", json!(now + 315_360_000)),
        with(&good, "nbf", json!(now + 600)),
        with(&good, "iat", json!(now + 600)),
        with(&good, "request", json!("x")),
        with(&good, "request_uri", json!("https://c1.example/object")),
        with(&good, "client_id", json!("c2")),
        with(&good, "response_type", json!("token")),
    ];
    for wrong in wrongs {
        let asked = asked.clone().with("request", &key.sign(None, &wrong));
        let landing = Visitor::new().open(&asked.url()).await;
        assert!(!brought_a_code(&landing));
        assert_eq!(asked.error(&landing.outside()), "invalid_request_object", "{wrong}");
    }
    // An address inside the object is proven as well.
    let elsewhere = key.sign(None, &with(&good, "redirect_uri", json!("https://evil.example/cb")));
    is_refused_here(Visitor::new().open(&asked.with("request", &elsewhere).url()).await);
}

async fn s1_no_request_uri_is_fetched(app: TestApp) {
    let (canary, client) = (Receiver::start_https(&app).await, app.web_client("c1").await);
    let port = canary.url.rsplit(':').next().unwrap().to_owned();
    let uris = [
        format!("{}/object", canary.url),
        format!("{}/object#fragment", canary.url),
        format!("https://localhost:{port}/object"),
        format!("http://127.0.0.1:{port}/object"),
        format!("URN:IETF:params:oauth:request_uri:{}", canary.url),
        "file:///etc/passwd".to_owned(),
        "urn:ietf:params:oauth:request_uri:".to_owned(),
        "urn:ietf:params:oauth:request_uri:../../x".to_owned(),
    ];
    for uri in uris {
        let asked = client.asks("openid").with("request_uri", &uri);
        match Visitor::new().open(&asked.url()).await {
            Landing::Outside(callback) => assert_eq!(asked.error(&callback), "request_uri_not_supported", "{uri}"),
            Landing::Page(page) => assert_eq!(page.status, 400, "{uri}"),
        }
    }
    assert!(canary.received().is_empty());
}
