//! A clerk presses *Resync*: what would be done, what is done, and how far it is.

use std::collections::BTreeSet;

use connex::{
    audit::Actor,
    kernel::{Lifetime, TxnId},
    organizations::Role,
    platform::store::Sql,
    sites,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    scim::world::World,
    support::{
        app::TestApp,
        http::read,
        never_a_5xx_on_both_engines,
        scim_site::{Manner, ScimSite},
    },
};

never_a_5xx_on_both_engines! {
    a_dry_run_says_what_would_be_done_and_changes_nothing
    s79_a_local_edit_is_listed_and_put_back
    pressed_twice_it_is_told_once
    the_same_key_is_pressed_once
    what_is_another_sites_does_not_exist
    an_organization_that_only_asked_has_nothing_to_change
    letting_many_go_asks_for_a_word_first
    a_site_that_cannot_be_read_is_named_as_the_trouble
    what_the_site_refuses_needs_attention
    a_site_that_answers_again_is_told_at_once_although_it_was_to_be_left_alone
}

fn path(world: &World) -> String {
    format!("/sync/v1/orgs/{}/resync", world.northline)
}

async fn press(world: &World, body: Value) -> Value {
    let page = world.write(&world.birch, Method::POST, &path(world), &body).await;
    assert_eq!(page.status, 200, "{}", page.body);
    page.json()
}

async fn txn(world: &World, pressed: &Value) -> Value {
    let page = world.ask(&world.birch, &format!("/sync/v1/txns/{}", pressed["txn"].as_str().unwrap())).await;
    assert_eq!(page.status, 200, "{}", page.body);
    page.json()
}

fn edit(scim: &ScimSite) {
    scim.edit("luis", "/name/givenName", json!("Edited"));
}

async fn a_dry_run_says_what_would_be_done_and_changes_nothing(app: TestApp) {
    let (world, scim) = World::answering(app).await;
    edit(&scim);
    let writes = scim.writes().len();
    let planned = press(&world, json!({ "dry_run": true })).await;
    let members: BTreeSet<_> = planned.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = ["changes", "confirm_needed", "last_change_at", "state", "unchanged"];
    assert_eq!(members, BTreeSet::from(expected), "no txn without a cause");
    assert_eq!((&planned["state"], &planned["unchanged"]), (&json!("planned"), &json!(2)));
    assert!(planned["last_change_at"].as_str().unwrap().ends_with('Z'), "sites read text");
    assert_eq!(scim.writes().len(), writes);
    assert_eq!(scim.user("luis").unwrap()["name"]["givenName"], "Edited");
    assert_eq!(world.app.count("select count(*) from audit_entries where fact like 'sync.%'").await, 0);
}

async fn s79_a_local_edit_is_listed_and_put_back(app: TestApp) {
    let (world, scim) = World::answering(app).await;
    edit(&scim);
    let pressed = press(&world, json!({ "dry_run": false })).await;
    let sub = world.sub(&world.luis).await;
    let attributes = json!([{ "name": "givenName", "there": "Edited", "here": "Dana" }]);
    let change =
        json!({ "kind": "User", "id": sub, "name": "Dana Whitfield", "action": "change", "attributes": attributes });
    assert_eq!((&pressed["state"], &pressed["changes"]), (&json!("done"), &json!([change])));
    assert_eq!(scim.user("luis").unwrap()["name"]["givenName"], "Dana");
    let came = txn(&world, &pressed).await;
    let items = json!([{ "kind": "User", "id": sub, "state": "confirmed" }]);
    let expected = json!({ "txn": pressed["txn"], "state": "done", "total": 1, "confirmed": 1, "items": items });
    assert_eq!(came, expected);
    let sql = "select count(*) from audit_entries where fact = 'sync.resynced'";
    assert_eq!(world.app.count(sql).await, 1);
    let again = press(&world, json!({})).await;
    assert_eq!((&again["changes"], &again["unchanged"]), (&json!([]), &json!(3)));
}

/// How far both presses are while nobody sends.
async fn look_at_both(world: &World) {
    let both = async || world.app.count("select count(*) from sync_txns").await == 2;
    world.app.until("both are pressed", both).await;
    let sql = "select id from sync_txns";
    let mut reader = world.app.app.db.read().await.unwrap();
    let txns: Vec<(TxnId,)> = reader.sql(sql).all().await.unwrap();
    drop(reader);
    assert_eq!(txns.len(), 2);
    for (id,) in txns {
        let came = txn(world, &json!({ "txn": id })).await;
        assert_eq!((&came["state"], &came["total"], &came["confirmed"]), (&json!("under_way"), &json!(1), &json!(0)));
    }
    world.app.change("update sync_sites set held_at = null").await;
}

async fn pressed_twice_it_is_told_once(app: TestApp) {
    let (world, scim) = World::answering(app).await;
    edit(&scim);
    // Nobody sends, so that both presses find it due.
    world.app.change("update sync_sites set held_at = 1").await;
    let writes = scim.writes().len();
    let (first, second, ()) = tokio::join!(press(&world, json!({})), press(&world, json!({})), look_at_both(&world));
    for pressed in [&first, &second] {
        assert_eq!((&pressed["state"], &txn(&world, pressed).await["state"]), (&json!("done"), &json!("done")));
    }
    assert_eq!(scim.writes().len(), writes + 1, "what is due twice is told once");
}

async fn the_same_key_is_pressed_once(app: TestApp) {
    let (world, scim) = World::answering(app).await;
    edit(&scim);
    let token = world.birch.token("sync").await;
    let keyed = async |body: Value| {
        let request = world.app.machine.post(world.app.at(&path(&world))).bearer_auth(&token).json(&body);
        read(request.header("idempotency-key", "k-1")).await
    };
    let (first, second) = (keyed(json!({})).await, keyed(json!({})).await);
    assert_eq!((first.status.as_u16(), &first.body), (200, &second.body));
    assert_eq!(first.json()["changes"].as_array().unwrap().len(), 1);
    assert_eq!(world.app.count("select count(*) from sync_txns").await, 1, "the second one did nothing");
    assert_eq!(keyed(json!({ "confirm": true })).await.status, 422);
}

async fn what_is_another_sites_does_not_exist(app: TestApp) {
    let (world, scim) = World::answering(app).await;
    edit(&scim);
    let pressed = press(&world, json!({})).await;
    let txns = format!("/sync/v1/txns/{}", pressed["txn"].as_str().unwrap());
    assert_eq!(world.ask(&world.marlow, &txns).await.status, 404, "another site's cause");
    let nobodys = "org_01j9zk2m4q8r2x4t5n6p7r8s9t".to_owned();
    for org in [world.copperfield.to_string(), nobodys, "x".to_owned()] {
        let path = format!("/sync/v1/orgs/{org}/resync");
        let page = world.write(&world.birch, Method::POST, &path, &json!({})).await;
        assert_eq!((page.status.as_u16(), &page.json()["code"]), (404, &json!("not_found")), "{org}");
    }
    for txn in ["txn_01j9zk2m4q8r2x4t5n6p7r8s9t", "x"] {
        assert_eq!(world.ask(&world.birch, &format!("/sync/v1/txns/{txn}")).await.status, 404, "{txn}");
    }
    let wrong = world.write(&world.birch, Method::POST, &path(&world), &json!({ "dryrun": true })).await;
    assert_eq!(wrong.status, 400, "a word that is not there is no consent");
}

async fn an_organization_that_only_asked_has_nothing_to_change(app: TestApp) {
    let (world, scim) = World::answering(app).await;
    let mut unit = world.app.app.db.write().await.unwrap();
    let (by, at) = (Actor::Operator, (world.birch.id, world.copperfield));
    sites::approvals::request(&mut unit, sites::approvals::By::from(&by), at).await.unwrap();
    unit.commit().await.unwrap();
    let reads = scim.look().told.len();
    let path = format!("/sync/v1/orgs/{}/resync", world.copperfield);
    let page = world.write(&world.birch, Method::POST, &path, &json!({ "dry_run": true })).await;
    assert_eq!((page.status.as_u16(), &page.json()["changes"]), (200, &json!([])));
    assert_eq!(scim.look().told.len(), reads, "the site is not even asked");
}

async fn letting_many_go_asks_for_a_word_first(app: TestApp) {
    let (world, scim) = World::answering(app).await;
    let mut names = Vec::new();
    for at in 0..12 {
        let person = world.app.person(&format!("p{at}")).await;
        world.app.add_to(world.northline, &person, Role::Member).await;
        names.push(person.username);
    }
    world.is_right().await;
    let mut unit = world.app.app.db.write().await.unwrap();
    sites::unapprove(&mut unit, &Actor::Operator, world.birch.id, world.northline).await.unwrap();
    unit.commit().await.unwrap();
    world.is_right().await;
    // Somebody at the site lets them all in again.
    names.iter().for_each(|name| scim.edit(name, "/active", json!(true)));
    let is_in = |name: &String| scim.user(name).unwrap()["active"] == json!(true);
    let writes = scim.writes().len();
    let asked = press(&world, json!({})).await;
    assert_eq!((&asked["state"], &asked["confirm_needed"]), (&json!("paused"), &json!("would deactivate 12 of 15")));
    assert!(asked.get("txn").is_none() && scim.writes().len() == writes && names.iter().all(is_in));
    let done = press(&world, json!({ "confirm": true })).await;
    assert_eq!(done["state"], "done", "{done}");
    assert!(!names.iter().any(is_in));
}

async fn a_site_that_cannot_be_read_is_named_as_the_trouble(app: TestApp) {
    let (world, scim) = World::answering(app).await;
    scim.always(Some(Manner::status(500)));
    let page = world.write(&world.birch, Method::POST, &path(&world), &json!({})).await;
    assert_eq!((page.status.as_u16(), &page.json()["code"]), (409, &json!("site_not_readable")));
    assert!(page.json()["detail"].as_str().unwrap().contains("500"), "{}", page.body);
    assert_eq!(world.app.count("select count(*) from sync_txns").await, 0);
}

async fn what_the_site_refuses_needs_attention(app: TestApp) {
    let (world, scim) = World::answering(app).await;
    edit(&scim);
    scim.next([Manner::status(400), Manner::status(400)]);
    let tried_again = async {
        let tries = async || world.app.count("select max(attempts) from sync_items").await >= 1;
        world.app.until("a first try", tries).await;
        world.app.advance(Lifetime::seconds(3));
    };
    let (pressed, ()) = tokio::join!(press(&world, json!({})), tried_again);
    assert_eq!(pressed["state"], "under_way", "it is not done");
    world.app.until("it needs attention", async || txn(&world, &pressed).await["state"] == "attention").await;
    assert_eq!(txn(&world, &pressed).await["items"][0]["state"], "attention");
}

async fn a_site_that_answers_again_is_told_at_once_although_it_was_to_be_left_alone(app: TestApp) {
    let (world, scim) = World::answering(app).await;
    world.app.change("update sync_sites set trouble = 'not answering', resume_at = 9000000000000").await;
    edit(&scim);
    let pressed = press(&world, json!({})).await;
    assert_eq!(
        (&pressed["state"], scim.user("luis").unwrap()["name"]["givenName"].as_str()),
        (&json!("done"), Some("Dana"))
    );
}
