//! Client authentication (K-14, J-10, R-55, R-56).

use serde_json::json;

use super::{assertion, authenticate_with, signing_client, without};
use crate::support::{
    app::TestApp,
    client::TestClient,
    http::{Page, read},
    jwt::{ClientKey, with},
    on_both_engines,
};

on_both_engines! {
    k14_an_assertion_is_good_once
    k14_an_assertion_is_good_once_on_all_nodes
    k14_of_many_at_once_one_assertion_is_good
    j10_an_assertion_with_wrong_claims_is_refused
    a_client_is_not_impersonated_by_a_weaker_method
    a_wrong_secret_opens_nothing_anywhere
    a_rotated_secret_works_for_a_while_beside_the_new_one
    two_methods_at_once_are_refused
}

fn is_invalid_client(answer: &Page, what: &str) {
    let error = answer.json()["error"].as_str().map(str::to_owned);
    assert_eq!((answer.status.as_u16(), error.as_deref()), (401, Some("invalid_client")), "{what}");
    assert!(!answer.body.contains("access_token"));
}

async fn k14_an_assertion_is_good_once(app: TestApp) {
    let (key, _) = signing_client(&app, "c1").await;
    let signed = key.sign(None, &assertion(&app, "c1"));
    assert_eq!(authenticate_with(&app, &signed).await.status, 200);
    is_invalid_client(&authenticate_with(&app, &signed).await, "again");
    let claims = assertion(&app, "c1");
    assert_eq!(authenticate_with(&app, &key.sign(None, &claims)).await.status, 200);
    let same_jti = with(&claims, "exp", json!(claims["exp"].as_i64().unwrap() + 1));
    is_invalid_client(&authenticate_with(&app, &key.sign(None, &same_jti)).await, "another one with the same jti");
}

async fn k14_an_assertion_is_good_once_on_all_nodes(app: TestApp) {
    let (key, _) = signing_client(&app, "c1").await;
    let other = app.another_node().await;
    let claims = assertion(&app, "c1");
    assert_eq!(authenticate_with(&app, &key.sign(None, &claims)).await.status, 200);
    // The nodes of this test have an issuer each, so the audience has to be the other one's.
    let there = with(&claims, "aud", json!(other.issuer));
    is_invalid_client(&authenticate_with(&other, &key.sign(None, &there)).await, "at another node");
    assert_eq!(authenticate_with(&other, &key.sign(None, &assertion(&other, "c1"))).await.status, 200);
}

async fn k14_of_many_at_once_one_assertion_is_good(app: TestApp) {
    let (key, _) = signing_client(&app, "c1").await;
    let signed = key.sign(None, &assertion(&app, "c1"));
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (machine, at, signed) = (app.machine.clone(), app.at("/token"), signed.clone());
        tries.spawn(async move {
            let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            let form =
                [("grant_type", "client_credentials"), ("client_assertion_type", kind), ("client_assertion", &signed)];
            read(machine.post(at).form(&form)).await.status.as_u16()
        });
    }
    let mut statuses = tries.join_all().await;
    statuses.sort_unstable();
    assert_eq!((statuses[0], statuses[1], statuses[19]), (200, 401, 401));
}

async fn j10_an_assertion_with_wrong_claims_is_refused(app: TestApp) {
    let (key, _) = signing_client(&app, "c1").await;
    let (other, now) = (signing_client(&app, "c2").await.0, app.now().seconds());
    let good = || assertion(&app, "c1");
    let wrongs = [
        ("no aud", without(&good(), "aud")),
        ("foreign aud", with(&good(), "aud", json!("https://evil.example"))),
        ("foreign aud beside ours", with(&good(), "aud", json!([app.issuer, "https://evil.example"]))),
        ("empty aud", with(&good(), "aud", json!([]))),
        ("aud with a slash", with(&good(), "aud", json!(format!("{}/", app.issuer)))),
        ("aud is a number", with(&good(), "aud", json!(7))),
        ("no exp", without(&good(), "exp")),
        ("exp in ten years", with(&good(), "exp", json!(now + 315_360_000))),
        ("exp is past", with(&good(), "exp", json!(now - 60))),
        ("exp is text", with(&good(), "exp", json!("tomorrow"))),
        ("exp beyond all numbers", with(&good(), "exp", json!(1e300))),
        ("iat in ten minutes", with(&good(), "iat", json!(now + 600))),
        ("nbf in ten minutes", with(&good(), "nbf", json!(now + 600))),
        ("no jti", without(&good(), "jti")),
        ("empty jti", with(&good(), "jti", json!(""))),
        ("jti is a number", with(&good(), "jti", json!(7))),
        ("no sub", without(&good(), "sub")),
        ("another sub", with(&good(), "sub", json!("c2"))),
        ("no iss", without(&good(), "iss")),
        ("another iss", with(&good(), "iss", json!("c2"))),
    ];
    for (what, claims) in wrongs {
        is_invalid_client(&authenticate_with(&app, &key.sign(None, &claims)).await, what);
    }
    is_invalid_client(&authenticate_with(&app, &other.sign(None, &good())).await, "signed by c2");
    is_invalid_client(&authenticate_with(&app, &ClientKey::new().sign(None, &good())).await, "signed by nobody");
    is_invalid_client(&authenticate_with(&app, &key.sign(Some("at+jwt"), &good())).await, "typ");
    assert_eq!(authenticate_with(&app, &key.sign(None, &good())).await.status, 200);
}

async fn a_client_is_not_impersonated_by_a_weaker_method(app: TestApp) {
    signing_client(&app, "signs").await;
    app.web_client("basic").await;
    let form = |fields: &[(&str, &str)]| {
        let fields = [&[("grant_type", "client_credentials")], fields].concat();
        app.machine.post(app.at("/token")).form(&fields)
    };
    let secret = "basic-secret-basic-secret-basic-secret";
    for (what, request) in [
        ("a name only", form(&[("client_id", "signs")])),
        ("a name only", form(&[("client_id", "basic")])),
        ("a secret in the body", form(&[("client_id", "signs"), ("client_secret", "x")])),
        ("the right secret in the body", form(&[("client_id", "basic"), ("client_secret", secret)])),
        ("an empty secret", form(&[("client_id", "basic"), ("client_secret", "")])),
        ("an empty secret in the header", form(&[]).basic_auth("signs", Some(""))),
        ("an empty secret in the header", form(&[]).basic_auth("basic", Some(""))),
    ] {
        is_invalid_client(&read(request).await, what);
    }
}

async fn a_wrong_secret_opens_nothing_anywhere(app: TestApp) {
    app.web_client("c1").await;
    let fields = [("grant_type", "client_credentials"), ("token", "x"), ("response_type", "code")];
    for path in ["/token", "/introspect", "/revoke", "/par"] {
        for secret in ["wrong", "", "c1-secret-c1-secret-c1-secreT", "c1-secret-c1-secret-c1-secret "] {
            let answer = read(app.machine.post(app.at(path)).basic_auth("c1", Some(secret)).form(&fields)).await;
            is_invalid_client(&answer, path);
            assert!(answer.header("www-authenticate").starts_with("Basic "), "{path}");
            assert_eq!(answer.header("cache-control"), "no-store");
        }
        let unknown = read(app.machine.post(app.at(path)).basic_auth("c9", Some("x")).form(&fields)).await;
        let known = read(app.machine.post(app.at(path)).basic_auth("c1", Some("x")).form(&fields)).await;
        assert_eq!(unknown.body, known.body, "{path} tells which clients there are");
    }
}

async fn a_rotated_secret_works_for_a_while_beside_the_new_one(app: TestApp) {
    let client = app.web_client("c1").await;
    let mut unit = app.app.db.write().await.unwrap();
    let actor = connex::audit::Actor::Operator;
    let new = connex::oidc::clients::rotate_secret(&mut unit, &actor, "c1").await.unwrap();
    unit.commit().await.unwrap();
    let mut renewed = client.clone();
    renewed.secret = Some(new);
    let works = async |client: &TestClient| {
        read(client.post("/token", &[("grant_type", "client_credentials")])).await.status == 200
    };
    assert!(works(&client).await && works(&renewed).await);
    app.advance(connex::kernel::Lifetime::days(8));
    assert!(!works(&client).await && works(&renewed).await);
}

async fn two_methods_at_once_are_refused(app: TestApp) {
    let (key, _) = signing_client(&app, "signs").await;
    let client = app.web_client("c1").await;
    let secret = client.secret.as_deref().unwrap();
    let credentials = [("grant_type", "client_credentials"), ("client_id", "c1"), ("client_secret", secret)];
    let twice = client.post("/token", &credentials);
    is_invalid_client(&read(twice).await, "header and body");
    let signed = key.sign(None, &assertion(&app, "signs"));
    let form = [("grant_type", "client_credentials"), ("client_assertion", &signed), ("client_secret", "x")];
    is_invalid_client(&read(app.machine.post(app.at("/token")).form(&form)).await, "assertion and body");
}
