//! At a sign-in a copy that is behind is fetched first; and what a test can let go wrong at the SCIM endpoint.

use reqwest::StatusCode;
use sample_kit::{Answer, Mishap, Trouble};
use serde_json::json;

use crate::provider::{Provider, SUB};
use crate::scim::{Pusher, group, user};
use crate::world::{World, listener, start_site_with};

#[tokio::test]
async fn a_copy_that_is_behind_is_fetched_before_the_person_goes_on() {
    let world = World::new().await;
    let connex = Pusher::new(&world.provider, &world.site);
    connex.post("/Users", &user(SUB, 3)).await;
    let mut newer = user(SUB, 12);
    newer["name"]["givenName"] = json!("Newer");
    world.provider.answer(&format!("GET /scim/v2/Users/{SUB}"), 200, newer);
    world.provider.answer("GET /scim/v2/Groups/org_1", 200, group("org_1", 4));
    assert_eq!(world.sign_in().await.status, 200);
    let copies = connex.get("/Users").await.body;
    assert_eq!(copies["Resources"][0]["name"]["givenName"], "Newer");
    assert_eq!(connex.get("/Groups").await.body["totalResults"], 1);
    let count = world.provider.asked().len();
    world.sign_in().await;
    assert_eq!(world.provider.asked().len(), count, "a copy that is new enough is not fetched");
}

#[tokio::test]
async fn a_person_without_a_copy_gets_one_at_the_first_sign_in() {
    let world = World::new().await;
    world.provider.answer(&format!("GET /scim/v2/Users/{SUB}"), 200, user(SUB, 12));
    world.sign_in().await;
    assert_eq!(Pusher::new(&world.provider, &world.site).get("/Users").await.body["totalResults"], 1);
}

#[tokio::test]
async fn an_answer_about_somebody_else_is_not_written_over_the_person() {
    let world = World::new().await;
    world.provider.answer(&format!("GET /scim/v2/Users/{SUB}"), 200, user("somebody-else", 12));
    assert_eq!(world.sign_in().await.status, 200);
    assert_eq!(Pusher::new(&world.provider, &world.site).get("/Users").await.body["totalResults"], 0);
}

#[tokio::test]
async fn a_copy_that_cannot_be_fetched_keeps_nobody_out() {
    let world = World::new().await;
    world.provider.answer(&format!("GET /scim/v2/Users/{SUB}"), 503, json!({}));
    assert_eq!(world.sign_in().await.status, 200);
    assert!(world.is_signed_in().await);
}

#[tokio::test]
async fn trouble_meets_as_many_requests_as_a_test_says() {
    let (provider, trouble) = (Provider::start(listener().await).await, Trouble::default());
    let shared = trouble.clone();
    let site = start_site_with(&provider.issuer, "client_secret_basic", |s| s.trouble = Some(shared)).await;
    let connex = Pusher::new(&provider, &site);
    trouble.next(2, &Mishap::status(StatusCode::SERVICE_UNAVAILABLE));
    let garbage = Answer { status: StatusCode::OK, headers: Vec::new(), body: b"<html>".to_vec() };
    trouble.next(1, &Mishap::answer(garbage).once_done());
    for expected in [503, 503, 200, 200] {
        assert_eq!(connex.post("/Users", &user("p1", 1)).await.status, expected);
    }
    assert_eq!(trouble.left(), 0);
}
