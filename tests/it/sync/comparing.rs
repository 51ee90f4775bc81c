//! Proof by comparison: what a site changed by itself is found, put back, and written down.

use connex::{
    audit::Actor,
    kernel::Lifetime,
    operator::status::changes,
    sync::{
        delivery::Courier,
        reconcile::{Action, Resync, State, plan, resume, resync},
        status,
    },
};
use serde_json::json;

use super::world::World;
use crate::support::{
    app::TestApp,
    on_both_engines,
    scim_site::{Like, Manner},
};

on_both_engines! {
    an_equal_site_is_proven_by_two_small_requests
    s41_a_local_edit_is_put_back_and_written_down
    an_edit_at_a_site_without_digests_is_put_back_too
    a_site_from_last_weeks_backup_becomes_right_by_itself
    a_site_that_is_ahead_of_our_backup_becomes_right_by_itself
    who_bears_our_id_and_is_nobodys_is_let_go_and_employees_are_not_looked_at
    what_another_directory_gave_a_plain_site_is_left_alone
    many_edits_wait_for_people
    a_dry_run_says_what_a_resync_would_do_and_does_nothing
    a_resync_makes_it_so
    what_no_fact_told_is_found_by_the_daily_look
    a_site_that_cannot_be_compared_is_not_proven
}

fn courier(app: &TestApp) -> Courier {
    Courier { provider: app.app.provider.clone(), metrics: app.app.metrics.clone() }
}

async fn an_equal_site_is_proven_by_two_small_requests(app: TestApp) {
    let world = World::told(app).await;
    let before = world.scim.look().told.len();
    world.app.advance(Lifetime::hours(2));
    world.is_compared().await;
    assert_eq!(world.scim.look().told.len(), before + 2);
    let mut reader = world.app.app.db.read().await.unwrap();
    let status = status::of_site(&mut reader, world.site).await.unwrap().unwrap();
    assert_eq!(status.proven_at, status.compared_at);
    assert_eq!((status.due_count, status.attention_count, status.oldest_due_at), (0, 0, None));
}

async fn s41_a_local_edit_is_put_back_and_written_down(app: TestApp) {
    let world = World::told(app).await;
    world.scim.edit("luis", "/name/givenName", json!("Edited"));
    world.compare().await;
    world.is_right().await;
    assert_eq!(world.scim.user("luis").unwrap()["name"]["givenName"], "Dana");
    let changes = changes(&mut world.app.app.db.read().await.unwrap(), world.site, 1).await.unwrap().rows;
    let said: Vec<_> = changes
        .iter()
        .map(|d| (d.attribute.as_str(), d.there.as_deref(), d.here.as_deref(), d.outcome.as_str()))
        .collect();
    assert_eq!(said, [("givenName", Some("Edited"), Some("Dana"), "put_back")]);
    assert_eq!(world.scim.writes().last().unwrap().headers["connex-reason"], "drift");
}

async fn an_edit_at_a_site_without_digests_is_put_back_too(app: TestApp) {
    let like = Like { digest: false, revisions: false, idempotent: false, ..Like::default() };
    let world = World::told_like(app, like).await;
    assert_eq!(world.app.count("select count(*) from sync_drifts").await, 0, "what it has no place for is no drift");
    world.scim.edit("luis", "/emails/0/value", json!("edited@birch.example"));
    world.compare().await;
    world.is_right().await;
    assert_eq!(world.scim.user("luis").unwrap()["emails"][0]["value"], world.luis.email.as_str());
    assert_eq!(world.app.count("select count(*) from sync_drifts where attribute = 'email'").await, 1);
}

async fn a_site_from_last_weeks_backup_becomes_right_by_itself(app: TestApp) {
    let world = World::told(app).await;
    let users = world.scim.look().users.clone();
    let groups = world.scim.look().groups.clone();
    world.rename(&world.luis, "Lucho").await;
    let priya = world.app.person("priya").await;
    world.app.add_to(world.organization, &priya, connex::organizations::Role::Member).await;
    world.is_right().await;
    world.scim.look().users = users;
    world.scim.look().groups = groups;
    world.compare().await;
    world.is_right().await;
    assert_eq!(world.scim.user("luis").unwrap()["name"]["givenName"], "Lucho");
    assert!(world.scim.user("priya").is_some());
    world.compare().await;
    let proven = "select count(*) from sync_sites where site_id = $1 and proven_at = compared_at";
    assert_eq!(world.number(proven).await, 1);
}

async fn a_site_that_is_ahead_of_our_backup_becomes_right_by_itself(app: TestApp) {
    let world = World::told(app).await;
    world.scim.edit("luis", "/urn:connex:params:scim:schemas:extension:2.0:User/rev", json!(912));
    world.scim.edit("luis", "/name/givenName", json!("From the future"));
    world.compare().await;
    world.is_right().await;
    let luis = world.scim.user("luis").unwrap();
    assert_eq!(luis["name"]["givenName"], "Dana");
    assert_eq!(luis["urn:connex:params:scim:schemas:extension:2.0:User"]["rev"], 913);
}

async fn who_bears_our_id_and_is_nobodys_is_let_go_and_employees_are_not_looked_at(app: TestApp) {
    let world = World::told(app).await;
    for (id, external_id) in [("ghost", Some("ghost-sub")), ("clerk", None)] {
        let mut body = json!({ "id": id, "userName": id, "active": true, "urn:connex:params:scim:schemas:extension:2.0:User": { "rev": 3 } });
        if let Some(external_id) = external_id {
            body["externalId"] = external_id.into();
        }
        let kept = crate::support::scim_site::Kept { id: id.into(), body, version: 1 };
        world.scim.look().users.insert(id.into(), kept);
    }
    world.compare().await;
    assert_eq!(world.scim.user("ghost").unwrap()["active"], false);
    assert_eq!(world.scim.user("clerk").unwrap()["active"], true);
    assert!(!world.scim.look().told.iter().any(|told| told.path.contains("clerk")));
}

async fn what_another_directory_gave_a_plain_site_is_left_alone(app: TestApp) {
    let world = World::told_like(app, Like { digest: false, ..Like::default() }).await;
    let ours = json!({ "id": "ghost", "userName": "ghost", "externalId": "ghost", "active": true,
        "urn:connex:params:scim:schemas:extension:2.0:User": { "rev": 3 } });
    let foreign = json!({ "id": "x", "userName": "x", "externalId": "00u1x", "active": true });
    for body in [&ours, &foreign] {
        let id = body["id"].as_str().unwrap().to_owned();
        let kept = crate::support::scim_site::Kept { id: id.clone(), body: body.clone(), version: 1 };
        world.scim.look().users.insert(id, kept);
    }
    world.compare().await;
    assert_eq!(world.scim.user("ghost").unwrap()["active"], false);
    assert_eq!(world.scim.user("x").unwrap(), foreign);
}

async fn many_edits_wait_for_people(app: TestApp) {
    let world = World::new(app).await;
    let mut names = Vec::new();
    for at in 0..12 {
        let person = world.app.person(&format!("p{at}")).await;
        world.app.add_to(world.organization, &person, connex::organizations::Role::Member).await;
        names.push(person.username);
    }
    super::world::approve(&world.app, world.site, world.organization).await;
    world.is_right().await;
    world.is_compared().await;
    for name in &names {
        world.scim.edit(name, "/name/givenName", json!("Edited"));
    }
    world.compare().await;
    let status = status::of_site(&mut world.app.app.db.read().await.unwrap(), world.site).await.unwrap().unwrap();
    assert_eq!(status.paused_why.unwrap(), "12 of 15 copies of one organization were changed at the site");
    assert_eq!(world.scim.user("p3").unwrap()["name"]["givenName"], "Edited");
    let mut unit = world.app.app.db.write().await.unwrap();
    assert!(resume(&mut unit, world.site, &Actor::Operator).await.unwrap());
    unit.commit().await.unwrap();
    world.is_compared().await;
    world.is_right().await;
    assert!(names.iter().all(|name| world.scim.user(name).unwrap()["name"]["givenName"] == "Dana"));
}

async fn a_dry_run_says_what_a_resync_would_do_and_does_nothing(app: TestApp) {
    let world = World::told(app).await;
    world.scim.edit("luis", "/name/givenName", json!("Edited"));
    let writes = world.scim.writes().len();
    let found = plan(&courier(&world.app), world.site, world.organization).await.unwrap();
    assert_eq!((found.unchanged, found.changes.len()), (2, 1));
    let change = &found.changes[0];
    assert_eq!((change.action, change.attributes[0].name.as_str()), (Action::Change, "givenName"));
    assert_eq!((&change.attributes[0].there, &change.attributes[0].here), (&json!("Edited"), &json!("Dana")));
    assert_eq!(world.scim.writes().len(), writes);
}

async fn a_resync_makes_it_so(app: TestApp) {
    let world = World::told(app).await;
    world.scim.edit("luis", "/name/givenName", json!("Edited"));
    let where_ = (world.site, world.organization);
    let done = resync(&courier(&world.app), where_, &Actor::Operator, Resync::Careful).await.unwrap();
    assert_eq!(done.state, State::Done);
    assert_eq!(world.scim.user("luis").unwrap()["name"]["givenName"], "Dana");
    let again = resync(&courier(&world.app), where_, &Actor::Operator, Resync::Careful).await.unwrap();
    assert!(again.plan.changes.is_empty());
}

async fn what_no_fact_told_is_found_by_the_daily_look(app: TestApp) {
    let world = World::told(app).await;
    world.app.change("update accounts set given_name = 'Silent' where username = 'luis'").await;
    world.app.advance(Lifetime::hours(25));
    world.app.until("it is found", async || world.scim.user("luis").unwrap()["name"]["givenName"] == "Silent").await;
}

async fn a_site_that_cannot_be_compared_is_not_proven(app: TestApp) {
    let world = World::told(app).await;
    world.app.change("update sync_sites set proven_at = 1").await;
    world.scim.always(Some(Manner::Says(200, Vec::new(), "[]".into())));
    world.compare().await;
    assert_eq!(world.number("select proven_at from sync_sites where site_id = $1").await, 1);
}
