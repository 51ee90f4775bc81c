//! Calls to sites go nowhere else (S-2, S-3).

use connex::{
    audit::Actor,
    oidc::clients::{NewClient, register},
    platform::store::Sql,
    protocol::oauth::ClientMetadata,
    sites::{self, Family},
};
use serde_json::{Value, json};

use super::{assertion, authenticate_with};
use crate::support::{
    app::TestApp,
    client::TestClient,
    http::Visitor,
    jwt::ClientKey,
    on_both_engines,
    receiver::{Manner, Receiver},
};

on_both_engines! {
    the_keys_of_a_client_are_fetched_where_that_is_allowed
    s3_no_spelling_of_an_inner_address_is_called_for_keys
    s3_no_spelling_of_an_inner_address_is_called_at_sign_out
    s3_no_spelling_of_an_inner_address_is_told_of_accounts
    s2_a_redirect_is_not_followed
    s2_a_key_set_that_is_too_large_is_not_read
    a_forged_kid_makes_us_ask_once
}

/// Ways to write this machine, its network, and what clouds keep at 169.254.169.254; `PORT` is the
/// canary's.
const SPELLINGS: [&str; 36] = [
    "https://127.0.0.1:PORT",
    "https://127.0.0.2:PORT",
    "https://127.1:PORT",
    "https://127.0.1:PORT",
    "https://2130706433:PORT",
    "https://0x7f000001:PORT",
    "https://0x7f.0.0.1:PORT",
    "https://0x7f.1:PORT",
    "https://0177.0.0.1:PORT",
    "https://017700000001:PORT",
    "https://0:PORT",
    "https://0.0.0.0:PORT",
    "https://[::1]:PORT",
    "https://[::]:PORT",
    "https://[0:0:0:0:0:0:0:1]:PORT",
    "https://[::ffff:127.0.0.1]:PORT",
    "https://[::ffff:7f00:1]:PORT",
    "https://[::127.0.0.1]:PORT",
    "https://[64:ff9b::7f00:1]:PORT",
    "https://localhost:PORT",
    "https://LOCALHOST:PORT",
    "https://localhost.:PORT",
    "https://x.localhost:PORT",
    "https://u:p@127.0.0.1:PORT",
    "https://good.example@127.0.0.1:PORT",
    "https://127.0.0.1.:PORT",
    "https://127.0.0.1%2e:PORT",
    "https://\u{2460}\u{2461}\u{2466}.0.0.1:PORT",
    "https://127\u{3002}0.0.1:PORT",
    "http://127.0.0.1:PORT",
    "http://localhost:PORT",
    "https://169.254.169.254",
    "https://[fd00:ec2::254]",
    "https://10.0.0.1",
    "https://metadata.internal",
    "https://[fe80::1]",
];

/// The same app as the operator of a real site runs it.
async fn guarded(app: &TestApp) -> TestApp {
    TestApp::start_with(app.setting, |config| config.outbound.allow_private_addresses = false).await
}

fn spellings(canary: &Receiver) -> impl Iterator<Item = String> {
    let port = canary.url.rsplit(':').next().unwrap().to_owned();
    SPELLINGS.iter().map(move |spelling| spelling.replace("PORT", &port))
}

/// Registers what may be registered; what is refused there needs no other guard.
async fn tries_to_register(app: &TestApp, metadata: Value) -> Option<TestClient> {
    let metadata: ClientMetadata = serde_json::from_value(metadata).unwrap();
    let mut unit = app.app.db.write().await.unwrap();
    let registered = register(&mut unit, &Actor::Operator, NewClient { metadata, site: None }).await.ok()?;
    unit.commit().await.unwrap();
    Some(TestClient::new(app, registered))
}

async fn client_with_keys_at(app: &TestApp, id: &str, jwks_uri: &str) -> Option<TestClient> {
    let metadata = json!({
        "client_id": id, "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": jwks_uri,
        "grant_types": ["client_credentials"],
    });
    tries_to_register(app, metadata).await
}

async fn the_keys_of_a_client_are_fetched_where_that_is_allowed(app: TestApp) {
    let (canary, key) = (Receiver::start_https(&app).await, ClientKey::new());
    canary.behave(Manner::Gives(key.set()));
    client_with_keys_at(&app, "c1", &format!("{}/jwks.json", canary.url)).await.unwrap();
    let answer = authenticate_with(&app, &key.sign(None, &assertion(&app, "c1"))).await;
    assert_eq!((answer.status.as_u16(), canary.received().len()), (200, 1));
    authenticate_with(&app, &key.sign(None, &assertion(&app, "c1"))).await;
    assert_eq!(canary.received().len(), 1, "keys are kept for a while");
}

async fn s3_no_spelling_of_an_inner_address_is_called_for_keys(app: TestApp) {
    let (app, key) = (guarded(&app).await, ClientKey::new());
    let canary = Receiver::start_https(&app).await;
    canary.behave(Manner::Gives(key.set()));
    let mut registered = 0;
    for (count, spelling) in spellings(&canary).enumerate() {
        let id = format!("c{count}");
        if client_with_keys_at(&app, &id, &format!("{spelling}/jwks.json")).await.is_some() {
            registered += 1;
            let answer = authenticate_with(&app, &key.sign(None, &assertion(&app, &id))).await;
            assert_eq!(answer.json()["error"], "invalid_client", "{spelling}");
        }
    }
    assert!(registered > 10, "{registered}");
    assert!(canary.received().is_empty());
}

async fn s3_no_spelling_of_an_inner_address_is_called_at_sign_out(app: TestApp) {
    let app = guarded(&app).await;
    let (canary, visitor, dana) = (Receiver::start_https(&app).await, Visitor::new(), app.person("dana").await);
    let mut registered = 0;
    for (count, spelling) in spellings(&canary).enumerate() {
        let metadata = json!({
            "client_id": format!("c{count}"), "client_secret": "secret-of-it", "redirect_uris": ["https://c.example/cb"],
            "backchannel_logout_uri": format!("{spelling}/logout"),
        });
        if let Some(client) = tries_to_register(&app, metadata).await {
            client.sign_in(&visitor, &dana, "openid").await;
            registered += 1;
        }
    }
    let page = visitor.open(&app.at("/logout")).await.page();
    visitor.press(&page, "#logout", &[]).await;
    app.until("a try for each of them", async || {
        app.count("select count(*) from jobs where last_error is not null and kind = 'oidc.deliver_logout'").await
            == registered
    })
    .await;
    assert!(registered > 10 && canary.received().is_empty());
}

async fn s3_no_spelling_of_an_inner_address_is_told_of_accounts(app: TestApp) {
    let app = guarded(&app).await;
    let canary = Receiver::start_https(&app).await;
    let dana = app.person("dana").await;
    let organization = app.organization("Northline", &dana).await;
    for (n, spelling) in spellings(&canary).enumerate() {
        let (site, _) = app.site(Family::OneOffice, "Birch", &format!("https://b{n}.example"), false).await;
        let mut unit = app.app.db.write().await.unwrap();
        // As an older version may have kept it, or a hand in the database.
        let sql = "update sites set scim_url = $2 where id = $1";
        unit.sql(sql).bind(site).bind(format!("{spelling}/accounts")).run().await.unwrap();
        sites::approve(&mut unit, &Actor::Operator, site, organization, Vec::new()).await.unwrap();
        unit.commit().await.unwrap();
    }
    let refused =
        "select count(*) from sync_sites where trouble = 'not answering' and last_error like '%the address %'";
    let every = i64::try_from(SPELLINGS.len()).unwrap();
    app.until("none of them may be told", async || app.count(refused).await == every).await;
    assert!(canary.received().is_empty(), "{:?}", canary.received());
}

async fn s2_a_redirect_is_not_followed(app: TestApp) {
    let (site, canary, key) = (Receiver::start_https(&app).await, Receiver::start_https(&app).await, ClientKey::new());
    canary.behave(Manner::Gives(key.set()));
    for status in [301, 302, 303, 307, 308] {
        site.behave(Manner::SendsTo(status, format!("{}/jwks.json", canary.url)));
        let id = format!("c{status}");
        client_with_keys_at(&app, &id, &format!("{}/jwks.json", site.url)).await.unwrap();
        let answer = authenticate_with(&app, &key.sign(None, &assertion(&app, &id))).await;
        assert_eq!(answer.json()["error"], "invalid_client", "{status}");
    }
    assert!(!site.received().is_empty());
    assert!(canary.received().is_empty());
}

async fn s2_a_key_set_that_is_too_large_is_not_read(app: TestApp) {
    let (site, key) = (Receiver::start_https(&app).await, ClientKey::new());
    let mut large = key.set();
    large["padding"] = json!("x".repeat(2_000_000));
    for (id, document) in [("large", large), ("no-set", json!([])), ("nothing", json!({ "keys": [] }))] {
        site.behave(Manner::Gives(document));
        client_with_keys_at(&app, id, &format!("{}/jwks.json", site.url)).await.unwrap();
        let answer = authenticate_with(&app, &key.sign(None, &assertion(&app, id))).await;
        assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (401, Some("invalid_client")), "{id}");
    }
}

async fn a_forged_kid_makes_us_ask_once(app: TestApp) {
    let (site, key) = (Receiver::start_https(&app).await, ClientKey::new());
    site.behave(Manner::Gives(key.set()));
    client_with_keys_at(&app, "c1", &format!("{}/jwks.json", site.url)).await.unwrap();
    for _ in 0..20 {
        let forged = ClientKey::new().sign(None, &assertion(&app, "c1"));
        assert_eq!(authenticate_with(&app, &forged).await.status, 401);
    }
    assert!(site.received().len() <= 2, "{} calls for 20 forgeries", site.received().len());
}
