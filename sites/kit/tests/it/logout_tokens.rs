//! Back-channel logout: a good token ends the session, and every other token ends nothing.

use serde_json::{Map, Value, json};

use crate::provider::{CLIENT_ID, SID, SUB, Signature, now};
use crate::world::{Page, World};

/// A world in which Dana is signed in.
async fn signed_in() -> World {
    let world = World::new().await;
    world.sign_in().await;
    assert!(world.is_signed_in().await);
    world
}

async fn deliver(world: &World, token: &str) -> Page {
    world.dana.post(world.url("/auth/connex/logout"), &[], &[("logout_token", token)]).await
}

/// Delivers a token in which `change` has been changed.
async fn deliver_changed(world: &World, typ: &str, change: impl Fn(&mut Map<String, Value>)) -> Page {
    let mut claims = world.provider.logout_claims();
    change(&mut claims);
    deliver(world, &world.provider.sign_logout(&claims, json!({ "typ": typ }), Signature::Good)).await
}

fn set(name: &'static str, value: Value) -> impl Fn(&mut Map<String, Value>) {
    move |claims| match &value {
        Value::Null => _ = claims.remove(name),
        value => _ = claims.insert(name.to_owned(), value.clone()),
    }
}

fn assert_refused(page: &Page) {
    assert_eq!(page.status, 400, "{page:?}");
    let error: Value = serde_json::from_str(&page.text).unwrap();
    assert_eq!(error["error"], "invalid_request");
    assert_eq!(page.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_good_logout_token_ends_the_session() {
    let world = signed_in().await;
    let page = deliver_changed(&world, "logout+jwt", |_| {}).await;
    assert_eq!((page.status, page.header("cache-control")), (200, "no-store"), "{page:?}");
    assert!(!world.is_signed_in().await);
}

#[tokio::test]
async fn a_logout_token_may_name_the_session_the_person_or_both() {
    for left_out in ["sub", "sid"] {
        let world = signed_in().await;
        assert_eq!(deliver_changed(&world, "Application/Logout+JWT", set(left_out, json!(null))).await.status, 200);
        assert!(!world.is_signed_in().await, "without {left_out}");
    }
}

#[tokio::test]
async fn a_logout_token_for_somebody_else_ends_nothing_here() {
    let world = signed_in().await;
    assert_eq!(deliver_changed(&world, "logout+jwt", set("sid", json!("another-session"))).await.status, 200);
    assert_eq!(deliver_changed(&world, "logout+jwt", set("sub", json!("another-person"))).await.status, 200);
    assert!(world.is_signed_in().await);
}

#[tokio::test]
async fn a_logout_token_counts_once() {
    let world = signed_in().await;
    let token =
        world.provider.sign_logout(&world.provider.logout_claims(), json!({ "typ": "logout+jwt" }), Signature::Good);
    assert_eq!(deliver(&world, &token).await.status, 200);
    assert_refused(&deliver(&world, &token).await);
}

#[tokio::test]
async fn a_logout_token_may_be_signed_with_a_new_key() {
    let world = signed_in().await;
    world.provider.rotate_key();
    assert_eq!(deliver_changed(&world, "logout+jwt", |_| {}).await.status, 200);
    assert!(!world.is_signed_in().await);
}

macro_rules! refused {
    ($($name:ident: $claim:literal = $value:expr;)*) => {
        $(#[tokio::test] async fn $name() {
            let world = signed_in().await;
            assert_refused(&deliver_changed(&world, "logout+jwt", set($claim, $value)).await);
            assert!(world.is_signed_in().await);
        })*
    };
}

refused! {
    a_logout_token_of_another_issuer_is_refused: "iss" = json!("https://evil.example");
    a_logout_token_without_an_issuer_is_refused: "iss" = json!(null);
    a_logout_token_for_another_client_is_refused: "aud" = json!("another-client");
    a_logout_token_for_others_too_is_refused: "aud" = json!([CLIENT_ID, "another-client"]);
    a_logout_token_for_nobody_is_refused: "aud" = json!(null);
    a_logout_token_without_an_end_is_refused: "exp" = json!(null);
    a_logout_token_that_lives_too_long_is_refused: "exp" = json!(now() + 3600);
    an_old_logout_token_is_refused: "iat" = json!(now() - 3600);
    a_logout_token_of_the_future_is_refused: "iat" = json!(now() + 90);
    a_logout_token_without_a_time_is_refused: "iat" = json!(null);
    a_logout_token_without_an_id_is_refused: "jti" = json!(null);
    a_logout_token_with_a_nonce_is_refused: "nonce" = json!("n");
    a_logout_token_without_events_is_refused: "events" = json!(null);
    a_logout_token_with_another_event_is_refused: "events" = json!({ "http://schemas.openid.net/event/other": {} });
    a_logout_token_with_a_filled_event_is_refused:
        "events" = json!({ "http://schemas.openid.net/event/backchannel-logout": { "more": 1 } });
    a_logout_token_with_a_further_event_is_refused:
        "events" = json!({ "http://schemas.openid.net/event/backchannel-logout": {}, "urn:other": {} });
    a_logout_token_with_a_list_of_events_is_refused:
        "events" = json!(["http://schemas.openid.net/event/backchannel-logout"]);
    a_logout_token_with_a_numeric_session_is_refused: "sid" = json!(7);
    a_logout_token_with_an_empty_person_is_refused: "sub" = json!("");
}

#[tokio::test]
async fn an_expired_logout_token_is_refused() {
    let world = signed_in().await;
    let aged = |claims: &mut Map<String, Value>, by: i64| {
        claims.insert("iat".to_owned(), json!(now() - by));
        claims.insert("exp".to_owned(), json!(now() - by + 120));
    };
    assert_refused(&deliver_changed(&world, "logout+jwt", |claims| aged(claims, 200)).await);
    assert!(world.is_signed_in().await);
    assert_eq!(deliver_changed(&world, "logout+jwt", |claims| aged(claims, 130)).await.status, 200, "clocks differ");
}

#[tokio::test]
async fn a_logout_token_for_nobody_in_particular_is_refused() {
    let world = signed_in().await;
    let page = deliver_changed(&world, "logout+jwt", |claims| claims.retain(|name, _| name != "sub" && name != "sid"));
    assert_refused(&page.await);
}

#[tokio::test]
async fn a_logout_token_must_say_that_it_is_one_and_nothing_unknown() {
    let world = signed_in().await;
    for typ in ["JWT", "at+jwt", "", "logout+jwt; x", "text/logout+jwt"] {
        assert_refused(&deliver_changed(&world, typ, |_| {}).await);
    }
    for header in [json!({}), json!({ "typ": null }), json!({ "typ": "logout+jwt", "crit": ["exp"] })] {
        let token = world.provider.sign_logout(&world.provider.logout_claims(), header, Signature::Good);
        assert_refused(&deliver(&world, &token).await);
    }
    assert!(world.is_signed_in().await);
}

#[tokio::test]
async fn a_logout_token_without_connexs_signature_is_refused() {
    use Signature::{ByAnotherKey, ByUnknownKey, HmacWithClientSecret, HmacWithPublicKey, None};
    let world = signed_in().await;
    for signature in [ByAnotherKey, ByUnknownKey, HmacWithClientSecret, HmacWithPublicKey, None] {
        let claims = world.provider.logout_claims();
        assert_refused(
            &deliver(&world, &world.provider.sign_logout(&claims, json!({ "typ": "logout+jwt" }), signature)).await,
        );
    }
    let good =
        world.provider.sign_logout(&world.provider.logout_claims(), json!({ "typ": "logout+jwt" }), Signature::Good);
    let (message, _) = good.rsplit_once('.').unwrap();
    assert_refused(&deliver(&world, &format!("{message}.")).await);
    assert!(world.is_signed_in().await);
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let world = signed_in().await;
    for token in ["", ".", "..", "a.b.c", "a.b.c.d", "e30.e30.e30", "\0", "%", &"x".repeat(40_000)] {
        assert_refused(&deliver(&world, token).await);
    }
    let url = world.url("/auth/connex/logout");
    let token =
        world.provider.sign_logout(&world.provider.logout_claims(), json!({ "typ": "logout+jwt" }), Signature::Good);
    assert_refused(&world.dana.post(url.clone(), &[], &[]).await);
    assert_refused(&world.dana.post(url.clone(), &[], &[("logout_token", &token), ("logout_token", &token)]).await);
    assert_refused(
        &world.dana.post_text(url.clone(), "application/json", &format!(r#"{{"logout_token":"{token}"}}"#)).await,
    );
    assert_refused(&world.dana.post_text(url.clone(), "text/plain", &format!("logout_token={token}")).await);
    assert!(world.is_signed_in().await);
    assert_eq!(world.dana.step(url).await.status, 405);
}

#[tokio::test]
async fn the_id_token_is_no_logout_token() {
    let world = signed_in().await;
    let out = world.dana.post(world.url("/logout"), &[("sec-fetch-site", "same-origin")], &[]).await.location();
    let id_token = crate::world::parameter(&out, "id_token_hint").unwrap();
    assert_refused(&deliver(&world, &id_token).await);
}

#[tokio::test]
async fn a_session_that_ends_during_the_sign_in_is_not_opened() {
    let world = World::new().await;
    let back = world.dana.step(world.url("/auth/connex/login")).await.location();
    let callback = world.dana.step(back).await.location();
    let claims = world.provider.logout_claims();
    assert_eq!((claims["sid"].as_str(), claims["sub"].as_str()), (Some(SID), Some(SUB)));
    deliver_changed(&world, "logout+jwt", |_| {}).await;
    assert_eq!(world.dana.step(callback).await.status, 502);
    assert!(!world.is_signed_in().await);
}
