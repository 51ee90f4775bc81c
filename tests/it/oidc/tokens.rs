//! What tokens are good for: userinfo, introspection (RFC 7662), revocation (RFC 7009), and the keys behind them.

use connex::{
    accounts,
    audit::Actor,
    kernel::Lifetime,
    protocol::jose::SigningAlgorithm,
    signing::{self, KeyError},
};
use serde_json::{Value, json};

use super::basic::run::{Mode, Run, check_refusal};
use crate::support::{
    app::TestApp,
    client::{TestClient, Tokens, claims, header},
    http::{Page, read},
    on_both_engines, verify,
};

on_both_engines! {
    userinfo_is_signed_for_clients_that_want_it
    userinfo_needs_a_good_access_token
    claims_by_name_are_no_way_around_the_registration
    an_access_token_is_introspected
    a_refresh_token_is_introspected
    introspection_speaks_of_the_organization_as_it_is_now
    introspection_is_for_clients_that_authenticate
    what_has_ended_is_not_active
    a_revoked_access_token_is_dead
    a_revoked_refresh_token_takes_its_access_tokens_with_it
    another_clients_token_is_not_revoked
    revocation_answers_alike
    a_refresh_narrows_and_never_widens
    a_next_key_is_published_before_it_signs
    a_retired_key_verifies_until_nothing_can_refer_to_it
}

async fn userinfo_is_signed_for_clients_that_want_it(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let client = json!({ "redirect_uris": ["https://x.example/cb"], "userinfo_signed_response_alg": "RS256" });
    let client = run.app.client(client).await;
    let tokens = client.sign_in(&run.browser, &run.dana, "openid email").await;
    let page = client.userinfo(tokens.get("access_token")).await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "application/jwt"));
    assert_eq!((page.header("cache-control"), &header(&page.body)["alg"]), ("no-store", &json!("RS256")));
    let subject = tokens.id_token()["sub"].as_str().unwrap().to_owned();
    let told = verify::userinfo(&run.app, &client, &page.body, &subject).await;
    assert_eq!((&told["iss"], &told["aud"]), (&json!(run.app.issuer), &json!(client.id)));
    assert!(told["email"] == run.dana.email.as_str() && told.get("nonce").is_none(), "{told}");
}

async fn userinfo_needs_a_good_access_token(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let done = run.complete(&run.asks("openid")).await;
    let token = done.tokens.get("access_token");
    let nothing = run.app.get("/userinfo").await;
    assert_eq!((nothing.status.as_u16(), nothing.header("www-authenticate")), (401, "Bearer realm=\"connex\""));
    let in_query = run.app.get(&format!("/userinfo?access_token={token}")).await;
    assert_eq!(in_query.status, 401, "never in the query");
    for wrong in [done.tokens.get("id_token"), &token[..token.len() - 4], "x"] {
        let page = run.client.userinfo(wrong).await;
        assert_eq!((page.status.as_u16(), &page.json()["error"]), (401, &json!("invalid_token")), "{wrong}");
        assert!(page.header("www-authenticate").contains("error=\"invalid_token\""), "{:?}", page.headers);
    }
    let twice = run.app.machine.post(run.app.at("/userinfo")).bearer_auth(token).form(&[("access_token", token)]);
    assert_eq!(read(twice).await.json()["error"], "invalid_request");
    run.app.advance(Lifetime::seconds(300));
    assert_eq!(run.client.userinfo(token).await.status, 401, "it has run out");
}

/// A client that is registered for `email` gets the address when it asks by name, and not the phone number.
async fn claims_by_name_are_no_way_around_the_registration(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let client = json!({ "redirect_uris": ["https://x.example/cb"], "scope": "openid email", "require_pkce": false });
    let client = run.app.client(client).await;
    let run = run.with_client(client);
    let wanted = r#"{"userinfo":{"email":null,"phone_number":null},"id_token":{"address":{"essential":true}}}"#;
    let done = run.complete(&run.asks("openid").with("claims", wanted)).await;
    assert_eq!(done.id.get("address"), None, "{}", done.id);
    assert_eq!(run.userinfo(&done).await, json!({ "sub": done.id["sub"], "email": run.dana.email }));
}

async fn an_access_token_is_introspected(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let done = run.complete(&run.asks("openid profile")).await;
    let page = read(run.client.post("/introspect", &[("token", done.tokens.get("access_token"))])).await;
    assert_eq!((page.status.as_u16(), page.header("cache-control")), (200, "no-store"));
    let told = page.json();
    for (name, value) in [
        ("active", json!(true)),
        ("token_type", json!("Bearer")),
        ("client_id", json!("one")),
        ("scope", json!("openid profile")),
        ("sub", done.id["sub"].clone()),
        ("iss", json!(run.app.issuer)),
        ("aud", json!(run.app.issuer)),
        ("auth_time", done.id["auth_time"].clone()),
        ("acr", done.id["acr"].clone()),
    ] {
        assert_eq!(told[name], value, "{name}");
    }
    assert_eq!(told["exp"].as_i64().unwrap() - told["iat"].as_i64().unwrap(), 300);
    assert!(told["jti"].is_string() && told.get("name").is_none() && told.get("username").is_none(), "{told}");
}

async fn a_refresh_token_is_introspected(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let done = run.complete(&run.asks("openid offline_access")).await;
    let told = run.client.introspect(done.tokens.get("refresh_token")).await;
    assert_eq!((&told["active"], &told["client_id"]), (&json!(true), &json!("one")), "{told}");
    assert_eq!(told["scope"], "offline_access openid");
}

/// A token that is five minutes old says who was an administrator then; a question is answered with what is so now.
async fn introspection_speaks_of_the_organization_as_it_is_now(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let id = run.app.organization("Acme Paving, Inc.", &run.dana).await;
    let done = run.complete(&run.asks("openid organization")).await;
    let token = done.tokens.get("access_token");
    let told = run.client.introspect(token).await;
    assert_eq!((&told["org_id"], &told["org_role"]), (&json!(id.to_string()), &json!("founder")));
    assert_eq!(told["org_name"], "Acme Paving, Inc.");
    run.app.change("update organizations set status = 'suspended'").await;
    let told = run.client.introspect(token).await;
    for name in ["org_id", "org_name", "org_role", "organization"] {
        assert_eq!(told.get(name), None, "{told}");
    }
}

async fn introspection_is_for_clients_that_authenticate(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let done = run.complete(&run.asks("openid")).await;
    let token = done.tokens.get("access_token");
    let public = json!({ "redirect_uris": ["https://public.example/cb"], "token_endpoint_auth_method": "none" });
    let public = run.app.client(public).await;
    check_refusal(&read(public.post("/introspect", &[("token", token)])).await, "invalid_client");
    check_refusal(
        &read(run.app.machine.post(run.app.at("/introspect")).form(&[("token", token)])).await,
        "invalid_client",
    );
    check_refusal(&read(run.client.post("/introspect", &[])).await, "invalid_request");
    let resource = run.app.client(json!({ "client_id": "api", "grant_types": ["client_credentials"] })).await;
    assert_eq!(resource.introspect(token).await["active"], true, "the operator's protected resources may ask");
}

async fn what_has_ended_is_not_active(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let done = run.complete(&run.asks("openid offline_access")).await;
    let tokens = [done.tokens.get("access_token"), done.tokens.get("refresh_token")];
    for token in tokens {
        assert_eq!(run.client.introspect(token).await["active"], true);
    }
    let mut unit = run.app.app.db.write().await.unwrap();
    accounts::disable(&mut unit, &Actor::Operator, run.dana.id, None).await.unwrap();
    unit.commit().await.unwrap();
    for token in tokens.into_iter().chain([done.tokens.get("id_token"), "x"]) {
        assert_eq!(introspected(&run.client, token).await.body, r#"{"active":false}"#, "{token}");
    }
    assert_eq!(run.client.userinfo(tokens[0]).await.status, 401);
    check_refusal(&run.client.refresh(tokens[1]).await, "invalid_grant");
}

async fn introspected(client: &TestClient, token: &str) -> Page {
    read(client.post("/introspect", &[("token", token)])).await
}

async fn revoke(client: &TestClient, token: &str) -> Page {
    read(client.post("/revoke", &[("token", token)])).await
}

async fn a_revoked_access_token_is_dead(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let done = run.complete(&run.asks("openid offline_access")).await;
    let page = revoke(&run.client, done.tokens.get("access_token")).await;
    assert_eq!((page.status.as_u16(), page.body.as_str(), page.header("cache-control")), (200, "", "no-store"));
    assert_eq!(run.client.introspect(done.tokens.get("access_token")).await, json!({ "active": false }));
    assert_eq!(run.client.userinfo(done.tokens.get("access_token")).await.status, 401);
    let refreshed = run.client.refresh(done.tokens.get("refresh_token")).await;
    assert_eq!(refreshed.status, 200, "only this token was given back");
    assert_eq!(run.client.userinfo(refreshed.json()["access_token"].as_str().unwrap()).await.status, 200);
}

async fn a_revoked_refresh_token_takes_its_access_tokens_with_it(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let done = run.complete(&run.asks("openid offline_access")).await;
    assert_eq!(revoke(&run.client, done.tokens.get("refresh_token")).await.status, 200);
    check_refusal(&run.client.refresh(done.tokens.get("refresh_token")).await, "invalid_grant");
    assert_eq!(run.client.userinfo(done.tokens.get("access_token")).await.status, 401);
    for token in ["access_token", "refresh_token"] {
        assert_eq!(run.client.introspect(done.tokens.get(token)).await, json!({ "active": false }), "{token}");
    }
}

async fn another_clients_token_is_not_revoked(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let done = run.complete(&run.asks("openid offline_access")).await;
    let thief = run.app.web_client("two").await;
    for token in ["access_token", "refresh_token"] {
        assert_eq!(revoke(&thief, done.tokens.get(token)).await.status, 200);
    }
    assert_eq!(run.client.userinfo(done.tokens.get("access_token")).await.status, 200);
    assert_eq!(run.client.refresh(done.tokens.get("refresh_token")).await.status, 200);
}

/// A token that was good, one that was revoked before, one that never was: the client learns nothing from the answer.
async fn revocation_answers_alike(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let done = run.complete(&run.asks("openid")).await;
    let token = done.tokens.get("access_token");
    for given in [token, token, "never-was", done.tokens.get("id_token")] {
        let page = revoke(&run.client, given).await;
        assert_eq!((page.status.as_u16(), page.body.as_str()), (200, ""));
    }
    let with_hint = [("token", token), ("token_type_hint", "refresh_token")];
    assert_eq!(read(run.client.post("/revoke", &with_hint)).await.status, 200);
    check_refusal(&read(run.client.post("/revoke", &[])).await, "invalid_request");
    let nobody = read(run.app.machine.post(run.app.at("/revoke")).form(&[("token", token)])).await;
    check_refusal(&nobody, "invalid_client");
}

async fn a_refresh_narrows_and_never_widens(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let done = run.complete(&run.asks("openid email offline_access")).await;
    let refresh = async |token: &str, scope: &str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)];
        read(run.client.post("/token", &fields)).await
    };
    let first = done.tokens.get("refresh_token");
    check_refusal(&refresh(first, "openid email phone offline_access").await, "invalid_scope");
    let narrow = refresh(first, "openid").await.json();
    assert_eq!(narrow["scope"], "openid");
    let userinfo = run.client.userinfo(narrow["access_token"].as_str().unwrap()).await.json();
    assert_eq!(userinfo.get("email"), None);
    let again = refresh(narrow["refresh_token"].as_str().unwrap(), "openid email").await;
    assert_eq!(again.json()["scope"], "email openid", "what was granted is not lost by asking for less once");
}

async fn published(app: &TestApp) -> Vec<String> {
    app.app.provider.keys().refresh().await.unwrap();
    let keys = app.get("/jwks.json").await.json();
    keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

async fn rotate(app: &TestApp, algorithm: SigningAlgorithm) -> Result<String, KeyError> {
    signing::rotate(&app.app.db, &app.app.sealing, algorithm, false, &Actor::Operator).await
}

fn kid(tokens: &Tokens) -> Value {
    header(tokens.get("id_token"))["kid"].clone()
}

/// A site that fetched the keys five minutes ago knows the key that signs today.
async fn a_next_key_is_published_before_it_signs(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    for _ in 0..2 {
        run.app.advance(Lifetime::minutes(10));
        let (before, asked) = (published(&run.app).await, run.asks("openid"));
        let old = run.complete(&asked).await;
        let signs = rotate(&run.app, SigningAlgorithm::Rs256).await.unwrap();
        let after = published(&run.app).await;
        assert!(before.contains(&signs), "{signs} was published before it signs");
        assert!(
            before.iter().all(|kid| after.contains(kid)) && after.len() == before.len() + 1,
            "{before:?} {after:?}"
        );
        let new = run.complete(&run.asks("openid")).await;
        assert_eq!(kid(&new.tokens), signs.as_str());
        assert_ne!(kid(&old.tokens), kid(&new.tokens));
        verify::id_token(&run.app, &run.client, &asked, &old.tokens).await;
        let hinted = run.asks("openid").with("prompt", "none").with("id_token_hint", old.tokens.get("id_token"));
        assert!(run.silent(&hinted).await.get("code").is_some(), "what the old key signed is still ours");
        assert_eq!(run.client.userinfo(old.tokens.get("access_token")).await.status, 200);
        assert!(matches!(rotate(&run.app, SigningAlgorithm::Rs256).await, Err(KeyError::TooSoon(_))));
    }
}

async fn a_retired_key_verifies_until_nothing_can_refer_to_it(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let old = run.complete(&run.asks("openid")).await;
    let old_kid = kid(&old.tokens).as_str().unwrap().to_owned();
    rotate(&run.app, SigningAlgorithm::Rs256).await.unwrap();
    run.app.advance(Lifetime::hours(167));
    assert!(published(&run.app).await.contains(&old_kid));
    run.app.advance(Lifetime::hours(2));
    assert!(!published(&run.app).await.contains(&old_kid));
    assert!(claims(old.tokens.get("access_token"))["exp"].as_i64().unwrap() < run.app.now().seconds());
    let hinted = run.asks("openid").with("id_token_hint", old.tokens.get("id_token"));
    assert_eq!(run.silent(&hinted).await.error(), "invalid_request");
}
