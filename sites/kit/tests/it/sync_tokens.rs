//! Who may write to the copies: ConneX, with a token for this site and this minute, and nobody else.

use serde_json::{Map, Value, json};

use crate::provider::{Signature, now};
use crate::scim::{Pusher, user};
use crate::world::World;

async fn world() -> (World, String) {
    let world = World::new().await;
    let base = Pusher::new(&world.provider, &world.site).base;
    (world, base)
}

async fn write(base: &str, token: &str) -> u16 {
    let http = reqwest::Client::builder().build().unwrap();
    let request = http.post(format!("{base}/Users")).header("content-type", "application/json");
    let answer = request.header("authorization", token).body(user("p1", 1).to_string()).send().await.unwrap();
    answer.status().as_u16()
}

async fn write_changed(change: impl Fn(&mut Map<String, Value>), typ: &str, signature: Signature) -> u16 {
    let (world, base) = world().await;
    let mut claims = world.provider.sync_claims(&base);
    change(&mut claims);
    let token = world.provider.sign(&claims, json!({ "typ": typ }), signature);
    write(&base, &format!("Bearer {token}")).await
}

#[tokio::test]
async fn a_token_in_good_order_is_believed() {
    assert_eq!(write_changed(|_| {}, "connex-sync+jwt", Signature::Good).await, 201);
}

#[tokio::test]
async fn a_new_signing_key_is_learned() {
    let (world, base) = world().await;
    assert_eq!(write(&base, &format!("Bearer {}", world.provider.sync_token(&base))).await, 201);
    world.provider.rotate_key();
    assert_eq!(write(&base, &format!("Bearer {}", world.provider.sync_token(&base))).await, 200);
}

#[tokio::test]
async fn another_kind_of_token_is_refused() {
    for typ in ["JWT", "logout+jwt", "at+jwt", ""] {
        assert_eq!(write_changed(|_| {}, typ, Signature::Good).await, 401, "{typ}");
    }
}

#[tokio::test]
async fn a_token_that_connex_did_not_sign_is_refused() {
    use Signature::{ByAnotherKey, ByUnknownKey, HmacWithClientSecret, HmacWithPublicKey, None};
    for signature in [ByAnotherKey, ByUnknownKey, HmacWithClientSecret, HmacWithPublicKey, None] {
        assert_eq!(write_changed(|_| {}, "connex-sync+jwt", signature).await, 401);
    }
}

#[tokio::test]
async fn a_claim_that_is_not_right_is_refused() {
    for (name, value) in [
        ("iss", json!("https://evil.example")),
        ("sub", json!("somebody")),
        ("aud", json!("https://another.example/scim/v2")),
        ("aud", json!(null)),
        ("jti", json!(null)),
        ("iat", json!(null)),
        ("iat", json!(now() + 90)),
        ("exp", json!(null)),
        ("exp", json!(now() - 1)),
        ("exp", json!(now() + 3600)),
    ] {
        let change = |claims: &mut Map<String, Value>| _ = claims.insert(name.to_owned(), value.clone());
        assert_eq!(write_changed(change, "connex-sync+jwt", Signature::Good).await, 401, "{name} = {value}");
    }
}

#[tokio::test]
async fn an_old_token_is_refused() {
    let aged = |claims: &mut Map<String, Value>| {
        claims.insert("iat".to_owned(), json!(now() - 61));
        claims.insert("exp".to_owned(), json!(now() - 1));
    };
    assert_eq!(write_changed(aged, "connex-sync+jwt", Signature::Good).await, 401);
}

#[tokio::test]
async fn an_audience_with_a_slash_is_another_audience() {
    let (world, base) = world().await;
    let token = world.provider.sync_token(&format!("{base}/"));
    assert_eq!(write(&base, &format!("Bearer {token}")).await, 401);
}

#[tokio::test]
async fn without_a_bearer_token_nothing_is_told() {
    let (_world, base) = world().await;
    let http = reqwest::Client::builder().build().unwrap();
    for path in ["/Users", "/Groups/x", "/Schemas", "/ServiceProviderConfig", "/connex/digest?kind=User", "/nothing"] {
        let answer = http.get(format!("{base}{path}")).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 401, "{path}");
        assert!(answer.headers().contains_key("www-authenticate"));
        assert_eq!(answer.headers()["content-type"], "application/scim+json");
    }
    for token in ["Bearer", "Bearer ", "Basic x", "Bearer a b", "Bearer e30.e30.e30"] {
        assert_eq!(write(&base, token).await, 401, "{token}");
    }
}
