//! The feed: what changed, in the order of the commits, the newest change of each resource.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    scim::world::{Site, World},
    support::{app::TestApp, never_a_5xx_on_both_engines},
};

never_a_5xx_on_both_engines! {
    a_feed_begins_with_everything_that_the_site_should_hold
    a_change_comes_once_and_newest
    who_leaves_is_deactivated_and_nothing_else_is_said
    pages_of_a_feed_follow_one_another
    a_site_that_waits_is_answered_when_something_happens
    an_answer_that_was_lost_is_given_again
    a_cursor_of_another_client_is_as_unknown_as_none
    a_cursor_from_after_a_backup_begins_anew
    what_happens_at_another_site_is_not_in_it
}

async fn read(world: &World, site: &Site, query: &str) -> Value {
    let page = world.ask(site, &format!("/sync/v1/changes?{query}")).await;
    assert_eq!(page.status, 200, "{}", page.body);
    page.json()
}

fn changes(answer: &Value) -> Vec<(String, i64, String)> {
    let one = |change: &Value| {
        let text = |name: &str| change[name].as_str().unwrap().to_owned();
        (text("id"), change["rev"].as_i64().unwrap(), text("action"))
    };
    answer["changes"].as_array().unwrap().iter().map(one).collect()
}

async fn a_feed_begins_with_everything_that_the_site_should_hold(app: TestApp) {
    let world = World::new(app).await;
    let answer = read(&world, &world.birch, "").await;
    let (dana, luis) = (world.sub(&world.dana).await, world.sub(&world.luis).await);
    let all = changes(&answer);
    assert_eq!(all[0], (world.northline.to_string(), 1, "put".to_owned()), "the organization before its people");
    let mut people: Vec<_> = all[1..].iter().map(|(id, ..)| id.clone()).collect();
    let mut expected = vec![dana, luis];
    people.sort();
    expected.sort();
    assert_eq!((people, &answer["more"]), (expected, &json!(false)));
    let first = &answer["changes"][0];
    assert_eq!((&first["kind"], &first["reason"]), (&json!("Group"), &json!("approval")));
    assert!(first["txn"].as_str().unwrap().starts_with("txn_") && first["at"].as_str().unwrap().ends_with('Z'));
}

async fn a_change_comes_once_and_newest(app: TestApp) {
    let world = World::new(app).await;
    let cursor = read(&world, &world.birch, "").await["next"].as_str().unwrap().to_owned();
    for name in ["Lucho", "Lou", "Luisito"] {
        world.rename(&world.luis, name).await;
    }
    let answer = read(&world, &world.birch, &format!("after={cursor}")).await;
    assert_eq!(changes(&answer), [(world.sub(&world.luis).await, 4, "put".to_owned())]);
    assert!(!answer.to_string().contains("Lu"), "a feed holds no names");
    let next = answer["next"].as_str().unwrap();
    assert_eq!(changes(&read(&world, &world.birch, &format!("after={next}")).await), []);
}

async fn who_leaves_is_deactivated_and_nothing_else_is_said(app: TestApp) {
    let world = World::new(app).await;
    let cursor = read(&world, &world.birch, "").await["next"].as_str().unwrap().to_owned();
    world.app.change("update memberships set ended_at = 1 where role = 'member'").await;
    world.rename(&world.luis, "Elsewhere").await;
    world.rename(&world.luis, "Somewhere").await;
    let answer = read(&world, &world.birch, &format!("after={cursor}")).await;
    assert_eq!(changes(&answer), [(world.sub(&world.luis).await, 2, "deactivate".to_owned())]);
}

async fn pages_of_a_feed_follow_one_another(app: TestApp) {
    let world = World::new(app).await;
    world.crowd(3).await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    for page in 0..10 {
        let answer = read(&world, &world.birch, &format!("count=2&after={cursor}")).await;
        seen.extend(changes(&answer).into_iter().map(|(id, ..)| id));
        cursor = answer["next"].as_str().unwrap().to_owned();
        if answer["more"] == json!(false) {
            assert_eq!(page, 2);
            break;
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 6);
    for query in ["count=0", "count=201", "wait=26", "wait=-1", "wait=soon", "after=made-up"] {
        let page = world.ask(&world.birch, &format!("/sync/v1/changes?{query}")).await;
        assert_eq!(page.status, 400, "{query}");
    }
}

async fn a_site_that_waits_is_answered_when_something_happens(app: TestApp) {
    let world = World::new(app).await;
    let cursor = read(&world, &world.birch, "").await["next"].as_str().unwrap().to_owned();
    let (path, token) = (format!("/sync/v1/changes?wait=25&after={cursor}"), world.birch.token("sync").await);
    let waiting = world.bear(&token, reqwest::Method::GET, &path, None);
    let renaming = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        world.rename(&world.luis, "Lucho").await;
    };
    let (page, ()) = tokio::join!(waiting, renaming);
    assert_eq!(changes(&page.json()).len(), 1);
    let last = page.json()["next"].as_str().unwrap().to_owned();
    let empty = read(&world, &world.birch, &format!("wait=1&after={last}")).await;
    assert_eq!((changes(&empty).len(), &empty["more"]), (0, &json!(false)), "nothing happened in a second");
}

/// Asking after a cursor is what confirms it: whoever never got the answer asks after the one before.
async fn an_answer_that_was_lost_is_given_again(app: TestApp) {
    let world = World::new(app).await;
    let cursor = read(&world, &world.birch, "").await["next"].as_str().unwrap().to_owned();
    world.rename(&world.luis, "Lucho").await;
    let lost = read(&world, &world.birch, &format!("after={cursor}")).await;
    assert_eq!(changes(&lost).len(), 1);
    assert_eq!(changes(&read(&world, &world.birch, &format!("after={cursor}")).await), changes(&lost));
    world.rename(&world.dana, "Dee").await;
    let both = changes(&read(&world, &world.birch, &format!("after={cursor}")).await);
    assert_eq!((both.len(), &both[0]), (2, &changes(&lost)[0]), "and what happened meanwhile comes after it");
}

async fn a_cursor_of_another_client_is_as_unknown_as_none(app: TestApp) {
    let world = World::new(app).await;
    let ours = read(&world, &world.birch, "").await["next"].as_str().unwrap().to_owned();
    let said = async |site: &Site, cursor: &str| {
        let page = world.ask(site, &format!("/sync/v1/changes?after={cursor}")).await;
        let body = page.json();
        (page.status.as_u16(), body["code"].clone(), body["detail"].clone())
    };
    let made_up = said(&world.birch, "made-up").await;
    assert_eq!((made_up.0, &made_up.1), (400, &json!("invalid_cursor")));
    assert_eq!(said(&world.marlow, &ours).await, made_up);
    let page = world.ask(&world.birch, "/scim/v2/Users?cursor=&count=1").await.json();
    let of_scim = page["nextCursor"].as_str().unwrap().to_owned();
    assert_eq!(said(&world.birch, &of_scim).await, made_up, "a cursor of another list");
}

async fn a_cursor_from_after_a_backup_begins_anew(app: TestApp) {
    let world = World::new(app).await;
    let cursor = read(&world, &world.birch, "").await["next"].as_str().unwrap().to_owned();
    world.app.change("update sync_items set seq = -seq").await;
    let page = world.ask(&world.birch, &format!("/sync/v1/changes?after={cursor}")).await;
    assert_eq!(page.json()["code"], "invalid_cursor", "or it would miss what happens until the feed is there again");
}

async fn what_happens_at_another_site_is_not_in_it(app: TestApp) {
    let world = World::new(app).await;
    let before = changes(&read(&world, &world.birch, "").await);
    world.rename(&world.omar, "Omer").await;
    assert_eq!(changes(&read(&world, &world.birch, "").await), before, "no gap and no number tells of it");
}
