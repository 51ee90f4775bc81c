//! Organizations as the pages of a site see them.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    scim::world::{Site, World},
    support::{app::TestApp, never_a_5xx_on_both_engines},
};

never_a_5xx_on_both_engines! {
    a_site_sees_the_organizations_that_have_to_do_with_it
    a_search_of_all_tells_what_anybody_finds
    the_agencys_word_counts_at_once
    a_blocked_organization_is_out_and_its_history_says_so
    a_word_that_cannot_be_said_is_refused
    another_sites_word_is_nobodys_business
}

async fn search(world: &World, site: &Site, query: &str) -> Vec<Value> {
    let page = world.ask(site, &format!("/api/v1/organizations?{query}")).await;
    assert_eq!(page.status, 200, "{query}: {}", page.body);
    page.json()["organizations"].as_array().unwrap().clone()
}

fn path(world: &World) -> String {
    format!("/api/v1/organizations/{}/approval", world.northline)
}

async fn say(world: &World, site: &Site, word: Value) -> (u16, Value) {
    let page = world.write(site, Method::PUT, &path(world), &word).await;
    (page.status.as_u16(), page.json())
}

async fn a_site_sees_the_organizations_that_have_to_do_with_it(app: TestApp) {
    let world = World::new(app).await;
    world.confirm_everything().await;
    let known = search(&world, &world.birch, "").await;
    assert_eq!(known.len(), 1);
    let one = &known[0];
    assert_eq!(
        (&one["id"], &one["status"], &one["roles"]),
        (&json!(world.northline), &json!("approved"), &json!(["bidder"]))
    );
    assert_eq!((&one["users"], &one["confirmed"]), (&json!(2), &json!(2)));
    assert_eq!(search(&world, &world.birch, "q=NORTH").await.len(), 1);
    for query in ["q=copper", "q=%25", "q=_", "scope=known&q=zzz"] {
        assert_eq!(search(&world, &world.birch, query).await.len(), 0, "{query}");
    }
    for query in ["scope=all&q=no", "scope=everything", "limit=0", "limit=51", "limit=x"] {
        assert_eq!(world.ask(&world.birch, &format!("/api/v1/organizations?{query}")).await.status, 400, "{query}");
    }
}

async fn a_search_of_all_tells_what_anybody_finds(app: TestApp) {
    let world = World::new(app).await;
    let found = search(&world, &world.birch, "scope=all&q=copperfield").await;
    let expected = json!({ "id": world.copperfield, "name": "Copperfield Construction Inc.", "city": null, "state": null, "status": "none" });
    assert_eq!(found, std::slice::from_ref(&expected), "nothing of how it stands elsewhere");
    let mut one = world.ask(&world.birch, &format!("/api/v1/organizations/{}", world.copperfield)).await.json();
    assert_eq!(one.as_object_mut().unwrap().remove("history"), Some(json!([])));
    assert_eq!(one, expected);
    for id in ["org_01h2xcejqtf2nbrexx3vqjhp41", "no-id", "%00"] {
        assert_eq!(world.ask(&world.birch, &format!("/api/v1/organizations/{id}")).await.status, 404, "{id}");
    }
}

async fn the_agencys_word_counts_at_once(app: TestApp) {
    let world = World::new(app).await;
    let word = json!({ "status": "approved", "roles": ["bidder", "plan_holder"], "reason": "Registered", "valid_until": "2099-01-31", "decided_by": "jsmith" });
    let (status, said) = say(&world, &world.marlow, word).await;
    assert_eq!((status, &said["status"], &said["users"]), (200, &json!("approved"), &json!(2)), "{said}");
    assert_eq!(said["valid_until"], "2099-02-01T00:00:00Z", "the last day is in it");
    assert_eq!(
        (&said["history"][0]["decided_by"], &said["history"][0]["reason"]),
        (&json!("jsmith"), &json!("Registered"))
    );
    assert_eq!(world.names(&world.marlow, "/scim/v2/Users").await, ["dana", "luis", "omar"]);
    let (status, said) = say(&world, &world.marlow, json!({ "status": "revoked" })).await;
    assert_eq!((status, &said["status"], &said["users"]), (200, &json!("revoked"), &json!(0)));
    assert_eq!(world.names(&world.marlow, "/scim/v2/Users").await, ["omar"]);
    assert_eq!(say(&world, &world.marlow, json!({ "status": "revoked" })).await.0, 409, "there is nothing left to end");
}

async fn a_blocked_organization_is_out_and_its_history_says_so(app: TestApp) {
    let world = World::new(app).await;
    for (word, status) in [("suspended", "suspended"), ("denied", "denied")] {
        let (code, said) = say(&world, &world.birch, json!({ "status": word, "reason": "No bond" })).await;
        assert_eq!((code, &said["status"], &said["users"]), (200, &json!(status), &json!(0)), "{said}");
    }
    let one = world.ask(&world.birch, &format!("/api/v1/organizations/{}", world.northline)).await.json();
    let words: Vec<_> =
        one["history"].as_array().unwrap().iter().map(|word| word["status"].as_str().unwrap()).collect();
    assert_eq!(words, ["denied", "suspended", "approved"], "the newest first");
    assert_eq!(one["history"][0]["decided_by"], "site");
    assert!(!one.to_string().contains("acct_") && !one.to_string().contains(&world.birch.client.id), "{one}");
}

async fn a_word_that_cannot_be_said_is_refused(app: TestApp) {
    let world = World::new(app).await;
    for word in [
        json!({}),
        json!([]),
        json!({ "status": "requested" }),
        json!({ "status": "approved", "valid_until": "2020-01-01" }),
        json!({ "status": "approved", "valid_until": "tomorrow" }),
        json!({ "status": "approved", "roles": ["two words"] }),
        json!({ "status": "approved", "roles": vec!["r"; 21] }),
        json!({ "status": "approved", "reason": "x".repeat(201) }),
        json!({ "status": "approved", "owner": true }),
        json!({ "status": "denied", "roles": ["bidder"] }),
        json!({ "status": "denied", "reason": "line\nbreak" }),
    ] {
        let (status, said) = say(&world, &world.birch, word.clone()).await;
        assert_eq!((status, &said["code"]), (400, &json!("invalid_request")), "{word}: {said}");
    }
    let missing = format!("/api/v1/organizations/{}/approval", "org_01h2xcejqtf2nbrexx3vqjhp41");
    let page = world.write(&world.birch, Method::PUT, &missing, &json!({ "status": "approved" })).await;
    assert_eq!(page.status, 404);
    assert_eq!(search(&world, &world.birch, "").await[0]["status"], "approved", "nothing was changed");
}

async fn another_sites_word_is_nobodys_business(app: TestApp) {
    let world = World::new(app).await;
    let before = world.ask(&world.birch, &format!("/api/v1/organizations/{}", world.northline)).await.body;
    say(&world, &world.marlow, json!({ "status": "denied", "reason": "Unpaid" })).await;
    assert_eq!(world.ask(&world.birch, &format!("/api/v1/organizations/{}", world.northline)).await.body, before);
    assert_eq!(world.names(&world.birch, "/scim/v2/Users").await, ["dana", "luis"]);
}
