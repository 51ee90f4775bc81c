//! What a site tells: its own Disable, what it put back; and that a key makes each count once.

use connex::operator::status::changes;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    scim::world::{Site, World},
    support::{
        app::TestApp,
        http::{Page, read},
        never_a_5xx_on_both_engines,
    },
};

never_a_5xx_on_both_engines! {
    a_site_says_whom_it_has_disabled
    a_site_speaks_of_its_own_people_only
    what_was_put_back_is_kept
    what_a_comparison_has_found_is_kept_once_with_who_had_changed_it
    the_same_key_counts_once
    a_key_is_one_sites_and_one_requests
    of_many_with_one_key_one_counts
    answers_are_forgotten_after_two_days
}

async fn keyed(world: &World, site: &Site, key: &str, (path, body): (&str, &Value)) -> Page {
    let request = world.app.machine.put(world.app.at(path)).bearer_auth(site.token("sync").await).json(body);
    read(request.header("idempotency-key", key)).await
}

fn approval(world: &World) -> String {
    format!("/api/v1/organizations/{}/approval", world.northline)
}

async fn a_site_says_whom_it_has_disabled(app: TestApp) {
    let world = World::new(app).await;
    let path = format!("/api/v1/users/{}/standing", world.sub(&world.luis).await);
    for (blocked, count) in [(true, 1), (true, 1), (false, 0), (false, 0)] {
        let page = world.write(&world.birch, Method::PUT, &path, &json!({ "blocked": blocked })).await;
        assert_eq!((page.status.as_u16(), page.body.as_str()), (204, ""));
        assert_eq!(world.app.count("select count(*) from site_blocks").await, count);
    }
}

async fn a_site_speaks_of_its_own_people_only(app: TestApp) {
    let world = World::new(app).await;
    let omar = world.sub(&world.omar).await;
    let mut said = Vec::new();
    for sub in [omar.as_str(), "nobody-of-that-name", "%00"] {
        let path = format!("/api/v1/users/{sub}/standing");
        let page = world.write(&world.birch, Method::PUT, &path, &json!({ "blocked": true })).await;
        said.push((page.status.as_u16(), page.json()["detail"].clone()));
        let report = json!({ "items": [{ "kind": "User", "id": sub, "attribute": "phone" }] });
        let page = world.write(&world.birch, Method::POST, "/api/v1/put-backs", &report).await;
        assert_eq!(page.status, 400, "{sub}");
    }
    assert!(said.iter().all(|one| *one == said[0] && one.0 == 404), "{said:?}");
    assert_eq!(world.app.count("select count(*) from site_blocks").await, 0);
    assert_eq!(world.app.count("select count(*) from sync_drifts").await, 0);
}

async fn what_was_put_back_is_kept(app: TestApp) {
    let world = World::new(app).await;
    let item = |attribute: &str| json!({ "kind": "User", "id": "", "attribute": attribute, "there": "555-0101", "here": null, "by": "jsmith" });
    let mut report = json!({ "txn": "txn_01h2xcejqtf2nbrexx3vqjhp41", "items": [item("phone"), item("email")] });
    for at in 0..2 {
        report["items"][at]["id"] = json!(world.sub(&world.luis).await);
    }
    let page = world.write(&world.birch, Method::POST, "/api/v1/put-backs", &report).await;
    assert_eq!(page.status, 204, "{}", page.body);
    assert_eq!(world.app.count("select count(*) from sync_drifts where outcome = 'put_back' and changed_by = 'jsmith' and organization_id is not null").await, 2);
    for wrong in [
        json!({ "items": [] }),
        json!({ "items": vec![item("phone"); 201] }),
        json!({ "items": [item(&"x".repeat(61))] }),
        json!({ "items": [{ "kind": "Robot", "id": "x", "attribute": "phone" }] }),
        json!({ "txn": "no-txn", "items": [item("phone")] }),
    ] {
        assert_eq!(world.write(&world.birch, Method::POST, "/api/v1/put-backs", &wrong).await.status, 400, "{wrong}");
    }
}

async fn what_a_comparison_has_found_is_kept_once_with_who_had_changed_it(app: TestApp) {
    let (world, scim) = World::answering(app).await;
    scim.edit("luis", "/name/givenName", json!("Edited"));
    world.app.change("update sync_sites set compare_at = 0").await;
    let found = async || world.app.count("select count(*) from sync_drifts").await == 1;
    world.app.until("it is found", found).await;
    let id = world.sub(&world.luis).await;
    let item = json!({ "kind": "User", "id": id, "attribute": "givenName", "there": "Edited", "here": "Dana", "by": "jsmith" });
    let report = json!({ "items": [item] });
    let page = world.write(&world.birch, Method::POST, "/api/v1/put-backs", &report).await;
    assert_eq!(page.status, 204, "{}", page.body);
    let changes = changes(&mut world.app.app.db.read().await.unwrap(), world.birch.id, 1).await.unwrap().rows;
    let said: Vec<_> = changes.iter().map(|change| (change.there.as_deref(), change.changed_by.as_deref())).collect();
    assert_eq!(said, [(Some("Edited"), Some("jsmith"))]);
}

async fn the_same_key_counts_once(app: TestApp) {
    let world = World::new(app).await;
    let (path, word) = (approval(&world), json!({ "status": "suspended", "reason": "No bond" }));
    let first = keyed(&world, &world.birch, "k-1", (&path, &word)).await;
    let words = world.app.count("select count(*) from site_approval_words").await;
    let second = keyed(&world, &world.birch, "k-1", (&path, &word)).await;
    assert_eq!((first.status.as_u16(), second.status.as_u16(), &second.body), (200, 200, &first.body));
    assert_eq!(world.app.count("select count(*) from site_approval_words").await, words, "nothing was said twice");
}

async fn a_key_is_one_sites_and_one_requests(app: TestApp) {
    let world = World::new(app).await;
    let (path, word) = (approval(&world), json!({ "status": "suspended" }));
    assert_eq!(keyed(&world, &world.birch, "k-1", (&path, &word)).await.status, 200);
    let other = keyed(&world, &world.birch, "k-1", (&path, &json!({ "status": "denied" }))).await;
    assert_eq!((other.status.as_u16(), &other.json()["code"]), (422, &json!("key_reused")));
    let path_too = format!("/api/v1/users/{}/standing", world.sub(&world.luis).await);
    assert_eq!(keyed(&world, &world.birch, "k-1", (&path_too, &json!({ "blocked": true }))).await.status, 422);
    assert_eq!(keyed(&world, &world.marlow, "k-1", (&path, &word)).await.status, 200, "another site's key");
    for key in ["", &"k".repeat(201)] {
        assert_eq!(keyed(&world, &world.birch, key, (&path, &word)).await.status, 400, "{key:?}");
    }
}

async fn of_many_with_one_key_one_counts(app: TestApp) {
    let world = World::new(app).await;
    let before = world.app.count("select count(*) from site_approval_words").await;
    let (token, url) = (world.birch.token("sync").await, world.app.at(&approval(&world)));
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let request = world.app.machine.put(&url).bearer_auth(&token).header("idempotency-key", "k-1");
        tasks.spawn(read(request.json(&json!({ "status": "suspended" }))));
    }
    let answers = tasks.join_all().await;
    assert!(answers.iter().all(|page| page.status == 200 && page.body == answers[0].body), "{answers:?}");
    assert_eq!(world.app.count("select count(*) from site_approval_words").await, before + 1);
}

async fn answers_are_forgotten_after_two_days(app: TestApp) {
    let world = World::new(app).await;
    keyed(&world, &world.birch, "k-1", (&approval(&world), &json!({ "status": "suspended" }))).await;
    let sweep = async || {
        let mut unit = world.app.app.db.write().await.unwrap();
        let count = connex::sync::api::sweep(&mut unit).await.unwrap();
        unit.commit().await.unwrap();
        count
    };
    world.app.advance(connex::kernel::Lifetime::hours(47));
    assert_eq!(sweep().await, 0);
    world.app.advance(connex::kernel::Lifetime::hours(2));
    assert_eq!(sweep().await, 1);
}
