//! What the provider keeps, where the tests of the protocol do not look at the table itself.

use connex::{
    accounts,
    audit::Actor,
    kernel::Lifetime,
    oidc::{
        clients::{self, ClientError, NewClient},
        housekeeping,
    },
    platform::store::Sql,
};
use serde_json::json;

use crate::support::{
    app::TestApp,
    client::arrive,
    http::{Visitor, read},
    on_both_engines,
};

on_both_engines! {
    a_client_id_is_given_once
    a_rotated_secret_and_the_one_before_are_good_for_a_week
    a_pushed_request_is_used_once
    a_token_that_is_given_back_is_dead
    consent_is_remembered_and_grows
    what_has_expired_is_swept_and_nothing_else
    what_a_grant_gave_is_swept_when_its_time_is_over
    a_session_is_swept_when_nothing_can_ask_for_it_any_more
}

async fn a_client_id_is_given_once(app: TestApp) {
    app.web_client("c1").await;
    let metadata =
        serde_json::from_value(json!({"client_id": "c1", "redirect_uris": ["https://c1.example/cb"]})).unwrap();
    let mut unit = app.app.db.write().await.unwrap();
    let refused = clients::register(&mut unit, &Actor::Operator, NewClient { metadata, site: None }).await;
    assert!(matches!(refused, Err(ClientError::IdTaken)));
}

async fn a_rotated_secret_and_the_one_before_are_good_for_a_week(app: TestApp) {
    let client = app.web_client("c1").await;
    let mut unit = app.app.db.write().await.unwrap();
    let secret = clients::rotate_secret(&mut unit, &Actor::Operator, "c1").await.unwrap();
    let nobody = clients::rotate_secret(&mut unit, &Actor::Operator, "c2").await;
    assert!(matches!(nobody, Err(ClientError::NotFound)));
    unit.commit().await.unwrap();
    let mut newer = client.clone();
    newer.secret = Some(secret);
    let fields = [("grant_type", "client_credentials")];
    assert_eq!(read(newer.post("/token", &fields)).await.status, 200);
    assert_eq!(read(client.post("/token", &fields)).await.status, 200);
    app.advance(Lifetime::days(7));
    assert_eq!(read(newer.post("/token", &fields)).await.status, 200);
    assert_eq!(read(client.post("/token", &fields)).await.status, 401);
}

async fn a_pushed_request_is_used_once(app: TestApp) {
    let (client, dana) = (app.web_client("c1").await, app.person("dana").await);
    let asked = client.asks("openid");
    let fields: Vec<(&str, &str)> = asked.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let pushed = read(client.post("/par", &fields)).await;
    assert_eq!(pushed.status, 201, "{}", pushed.body);
    let request_uri = pushed.json()["request_uri"].as_str().unwrap().to_owned();
    let mut short = client.asks("openid").with("request_uri", &request_uri);
    short.params.retain(|(name, _)| name == "client_id" || name == "request_uri");
    let visitor = Visitor::new();
    let callback = arrive(&visitor, &dana, visitor.open(&short.url()).await).await;
    assert_eq!(client.redeem(&asked, &asked.code(&callback)).await.status, 200);
    assert_eq!(app.count("select count(*) from pushed_requests where used_at is not null").await, 1);
    assert_eq!(Visitor::new().get(&short.url()).await.status, 400);
}

async fn a_token_that_is_given_back_is_dead(app: TestApp) {
    let (client, dana) = (app.web_client("c1").await, app.person("dana").await);
    let tokens = client.sign_in(&Visitor::new(), &dana, "openid offline_access").await;
    let access = tokens.get("access_token");
    for _ in 0..2 {
        assert_eq!(read(client.post("/revoke", &[("token", access)])).await.status, 200);
    }
    assert_eq!(client.userinfo(access).await.status, 401);
    let next = client.refresh(tokens.get("refresh_token")).await;
    assert_eq!(next.status, 200, "{}", next.body);
    assert_eq!(client.userinfo(next.json()["access_token"].as_str().unwrap()).await.status, 200);
}

async fn consent_is_remembered_and_grows(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    client.sign_in(&visitor, &dana, "openid").await;
    let at_once = visitor.open(&client.asks("openid").url()).await.outside();
    assert!(at_once.query().unwrap().contains("code="), "{at_once}");
    assert!(visitor.open(&client.asks("openid email").url()).await.page().has("#allow"));
    client.sign_in(&visitor, &dana, "openid email").await;
    visitor.open(&client.asks("openid email").url()).await.outside();
    assert_eq!(app.count("select count(*) from consents").await, 1);
}

async fn what_has_expired_is_swept_and_nothing_else(app: TestApp) {
    let mut unit = app.app.db.write().await.unwrap();
    for (jti, at) in [("past", unit.now()), ("to come", unit.now() + Lifetime::seconds(5))] {
        for sql in [
            "insert into revoked_tokens (jti, expires_at) values ($1, $2)",
            "insert into seen_assertions (client_id, jti, expires_at) values ('c', $1, $2)",
        ] {
            unit.sql(sql).bind(jti.to_owned()).bind(at).run().await.unwrap();
        }
    }
    unit.commit().await.unwrap();
    assert_eq!(housekeeping::sweep(&app.app.provider).await.unwrap(), 2);
    assert_eq!(app.count("select count(*) from revoked_tokens where jti = 'to come'").await, 1);
    assert_eq!(app.count("select count(*) from seen_assertions where jti = 'to come'").await, 1);
}

async fn what_a_grant_gave_is_swept_when_its_time_is_over(app: TestApp) {
    let (client, dana) = (app.web_client("c1").await, app.person("dana").await);
    client.sign_in(&Visitor::new(), &dana, "openid").await;
    let lasting = client.sign_in(&Visitor::new(), &dana, "openid offline_access").await;
    app.advance(Lifetime::days(20));
    housekeeping::sweep(&app.app.provider).await.unwrap();
    assert_eq!(app.count("select count(*) from grants").await, 1);
    let next = client.refresh(lasting.get("refresh_token")).await;
    assert_eq!(next.status, 200, "{}", next.body);
    app.advance(Lifetime::days(180));
    housekeeping::sweep(&app.app.provider).await.unwrap();
    assert_eq!(app.count("select count(*) from grants").await, 0);
    assert_eq!(app.count("select count(*) from refresh_families").await, 0);
}

async fn a_session_is_swept_when_nothing_can_ask_for_it_any_more(app: TestApp) {
    let (client, dana, luis) = (app.web_client("c1").await, app.person("dana").await, app.person("luis").await);
    let lasting = client.sign_in(&Visitor::new(), &dana, "openid offline_access").await;
    client.sign_in(&Visitor::new(), &luis, "openid").await;
    let mut unit = app.app.db.write().await.unwrap();
    accounts::disable(&mut unit, &Actor::Operator, luis.id, None).await.unwrap();
    unit.commit().await.unwrap();
    let signed_in_at = app.count("select max(last_sign_in_at) from accounts").await;
    // An older version of the program did not write it down.
    app.change("update accounts set last_sign_in_at = null").await;
    // The refresh token lives longer than the session in which it was given.
    let mut token = lasting.get("refresh_token").to_owned();
    for _ in 0..8 {
        app.advance(Lifetime::days(22));
        housekeeping::sweep(&app.app.provider).await.unwrap();
        let next = client.refresh(&token).await;
        assert_eq!(next.status, 200, "{}", next.body);
        next.json()["refresh_token"].as_str().unwrap().clone_into(&mut token);
    }
    app.advance(Lifetime::days(50));
    housekeeping::sweep(&app.app.provider).await.unwrap();
    let of_dana = "select count(*) from sessions s join accounts a on a.id = s.account_id where a.username = 'dana'";
    assert_eq!(app.count(of_dana).await, 0);
    assert_eq!(app.count("select count(*) from sessions").await, 0);
    assert_eq!(app.count("select count(*) from session_clients").await, 0);
    assert_eq!(
        app.count("select max(last_sign_in_at) from accounts").await,
        signed_in_at,
        "the list of users still tells"
    );
}
