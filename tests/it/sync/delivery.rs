//! How a change comes to a site: complete, in order, once, and never an older state over a newer one.

use connex::{
    accounts,
    audit::Actor,
    kernel::Lifetime,
    operator::status::receipts,
    organizations::Role,
    platform::store::Sql,
    signing,
    sync::delivery::{Waited, verify_receipts, wait_until_confirmed},
};
use serde_json::json;
use std::time::Duration;

use super::world::{World, approve, site_at};
use crate::support::{
    app::TestApp,
    client::{claims, header},
    on_both_engines,
    scim_site::{Like, Manner, ScimSite},
};

on_both_engines! {
    s12_an_approval_brings_the_organization_and_then_each_of_its_people
    s13_who_joins_later_is_at_the_site_by_itself
    s62_a_change_is_at_the_site_and_the_receipt_says_so
    every_request_carries_a_token_that_connex_signed_for_this_site_alone
    many_changes_at_once_are_told_as_one
    a_change_while_a_request_is_under_way_is_told_after_it
    who_must_go_goes_first
    a_copy_that_counts_no_more_is_told_nothing_else
    a_closed_account_is_taken_away_and_comes_back_under_its_own_id_only
    an_approval_that_ends_and_comes_back_in_a_moment_leaves_the_site_right
    an_approval_that_ended_before_the_site_heard_of_it_tells_it_nothing
    what_a_site_took_without_an_answer_is_known_once_it_is_put_out
    a_key_that_is_rotated_between_two_tries_changes_nothing
    receipts_that_were_tampered_with_are_found
    a_site_without_patch_gets_back_what_it_holds
    five_thousand_members_are_owed_to_the_site
    waiting_ends_with_the_last_confirmation
    a_retry_sends_it_again_with_a_new_revision
}

async fn s12_an_approval_brings_the_organization_and_then_each_of_its_people(app: TestApp) {
    let world = World::told(app).await;
    let writes = world.scim.writes();
    let paths: Vec<_> = writes.iter().map(|told| (told.method.as_str(), told.path.as_str())).collect();
    assert_eq!(paths, [("POST", "/Groups"), ("POST", "/Users"), ("POST", "/Users")]);
    assert!(writes.windows(2).all(|pair| pair[0].headers["connex-txn"] == pair[1].headers["connex-txn"]));
    assert!(writes.iter().all(|told| told.headers["connex-reason"] == "approval"));
    let dana = world.scim.user("dana").unwrap();
    assert_eq!(dana["urn:connex:params:scim:schemas:extension:2.0:User"]["role"], "founder");
    assert_eq!(dana["active"], true);
    assert_eq!(dana["phoneNumbers"][0]["value"], "+12185550100");
    let group = writes[0].body.clone();
    let extension = &group["urn:connex:params:scim:schemas:extension:2.0:Organization"];
    assert_eq!((extension["status"].as_str(), &extension["roles"]), (Some("approved"), &json!(["bidder"])));
}

async fn s13_who_joins_later_is_at_the_site_by_itself(app: TestApp) {
    let world = World::told(app).await;
    let priya = world.app.person("priya").await;
    world.app.add_to(world.organization, &priya, Role::Member).await;
    world.is_right().await;
    assert_eq!(world.scim.user("priya").unwrap()["active"], true);
}

async fn s62_a_change_is_at_the_site_and_the_receipt_says_so(app: TestApp) {
    let world = World::told(app).await;
    world.rename(&world.luis, "Lucho").await;
    world.is_right().await;
    assert_eq!(world.scim.user("luis").unwrap()["name"]["givenName"], "Lucho");
    let last = world.scim.writes().pop().unwrap();
    assert_eq!((last.method.as_str(), last.rev()), ("PUT", Some(2)));
    assert!(last.headers.contains_key("if-match"));
    let mut reader = world.app.app.db.read().await.unwrap();
    let receipts = receipts(&mut reader, world.site, world.luis.id.to_string().parse().unwrap()).await.unwrap();
    assert_eq!(receipts.iter().map(|receipt| receipt.rev).collect::<Vec<_>>(), [2, 1]);
    let (sound, broken) = verify_receipts(&mut reader).await.unwrap();
    assert_eq!((sound, broken.len()), (4, 0));
}

async fn every_request_carries_a_token_that_connex_signed_for_this_site_alone(app: TestApp) {
    let world = World::told(app).await;
    let told = world.scim.look().told.clone();
    let mut ids = std::collections::BTreeSet::new();
    for told in &told {
        let token = told.headers["authorization"].to_str().unwrap().strip_prefix("Bearer ").unwrap();
        assert_eq!(header(token)["typ"], "connex-sync+jwt");
        assert_eq!(header(token)["alg"], "ES256");
        let claims = claims(token);
        assert_eq!(claims["iss"], world.app.issuer.as_str());
        assert_eq!(claims["aud"], format!("{}/scim/v2", world.scim.url));
        assert_eq!(claims["exp"].as_i64().unwrap(), claims["iat"].as_i64().unwrap() + 60);
        assert!(world.app.app.provider.keys().verify(token).is_some());
        assert!(ids.insert(claims["jti"].as_str().unwrap().to_owned()), "a token was used twice");
    }
}

async fn many_changes_at_once_are_told_as_one(app: TestApp) {
    let world = World::told(app).await;
    let before = world.scim.writes().len();
    world.scim.always(Some(Manner::Says(503, vec![("retry-after", "60".into())], String::new())));
    world.rename(&world.luis, "A").await;
    world.app.until("the site asks to wait", async || world.scim.writes().len() > before).await;
    for name in ["B", "C", "D", "Lucho"] {
        world.rename(&world.luis, name).await;
    }
    world.scim.always(None);
    let before = world.scim.writes().len();
    world.app.advance(Lifetime::seconds(61));
    world.is_right().await;
    assert_eq!(world.scim.writes().len(), before + 1);
    assert_eq!(world.scim.user("luis").unwrap()["name"]["givenName"], "Lucho");
}

async fn a_change_while_a_request_is_under_way_is_told_after_it(app: TestApp) {
    let world = World::told(app).await;
    let before = world.scim.writes().len();
    world.scim.next([Manner::Swallows]);
    world.rename(&world.luis, "First").await;
    world.app.until("it is under way", async || world.scim.writes().len() > before).await;
    world.rename(&world.luis, "Second").await;
    // The answer never comes: the try ends by its time, and the next one tells the state of then.
    let right = async || super::world::unconfirmed(&world.app, world.site).await == 0;
    for _ in 0..1000 {
        if right().await {
            break;
        }
        world.app.advance(Lifetime::millis(100));
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(world.scim.user("luis").unwrap()["name"]["givenName"], "Second");
    world.scim.assert_nothing_was_applied_twice();
}

async fn who_must_go_goes_first(app: TestApp) {
    let world = World::told(app).await;
    world.scim.always(Some(Manner::Says(429, vec![("retry-after", "5".into())], String::new())));
    world.rename(&world.dana, "Dee").await;
    let mut unit = world.app.app.db.write().await.unwrap();
    accounts::disable(&mut unit, &Actor::Operator, world.luis.id, None).await.unwrap();
    unit.commit().await.unwrap();
    world
        .app
        .until("it waits", async || world.number("select resume_at from sync_sites where site_id = $1").await > 0)
        .await;
    let before = world.scim.writes().len();
    world.scim.always(None);
    world.app.advance(Lifetime::seconds(6));
    world.is_right().await;
    let methods: Vec<_> = world.scim.writes()[before..].iter().map(|told| told.method.clone()).collect();
    assert_eq!(methods, ["PATCH", "PUT"]);
    assert_eq!(world.scim.user("luis").unwrap()["active"], false);
}

async fn a_copy_that_counts_no_more_is_told_nothing_else(app: TestApp) {
    let world = World::told(app).await;
    world.app.change("update memberships set ended_at = 1 where role = 'member'").await;
    world.rename(&world.luis, "Elsewhere").await;
    world.is_right().await;
    let last = world.scim.writes().pop().unwrap();
    let paths: Vec<_> = last.body["Operations"].as_array().unwrap().iter().map(|op| op["path"].clone()).collect();
    assert_eq!(paths, ["active", "urn:connex:params:scim:schemas:extension:2.0:User:rev"]);
    let luis = world.scim.user("luis").unwrap();
    assert_eq!((luis["active"].as_bool(), luis["name"]["givenName"].as_str()), (Some(false), Some("Dana")));
}

async fn a_closed_account_is_taken_away_and_comes_back_under_its_own_id_only(app: TestApp) {
    let world = World::told(app).await;
    let first = world.scim.user("luis").unwrap()["id"].clone();
    world.app.change("update accounts set status = 'deleted' where username = 'luis'").await;
    resettle(&world).await;
    world.is_right().await;
    assert!(world.scim.user("luis").is_none());
    world.app.change("update accounts set status = 'active' where username = 'luis'").await;
    resettle(&world).await;
    world.is_right().await;
    let luis = world.scim.user("luis").unwrap();
    assert_eq!(luis["active"], true);
    assert_ne!(luis["id"], first, "made anew");
}

/// Has the ledger look at everybody of the organization again.
async fn resettle(world: &World) {
    approve(&world.app, world.site, world.organization).await;
}

async fn an_approval_that_ends_and_comes_back_in_a_moment_leaves_the_site_right(app: TestApp) {
    let world = World::told(app).await;
    for _ in 0..5 {
        world.unapprove().await;
        approve(&world.app, world.site, world.organization).await;
    }
    world.is_right().await;
    assert!(["dana", "luis"].iter().all(|name| world.scim.user(name).unwrap()["active"] == true));
    world.unapprove().await;
    world.is_right().await;
    assert!(["dana", "luis"].iter().all(|name| world.scim.user(name).unwrap()["active"] == false));
    world.scim.assert_nothing_was_applied_twice();
    world.compare().await;
    assert_eq!(world.app.count("select count(*) from sync_drifts").await, 0);
}

async fn an_approval_that_ended_before_the_site_heard_of_it_tells_it_nothing(app: TestApp) {
    let world = World::new(app).await;
    world.change("update sync_sites set resume_at = 9223372036854775807 where site_id = $1").await;
    approve(&world.app, world.site, world.organization).await;
    world.unapprove().await;
    world.change("update sync_sites set resume_at = 0 where site_id = $1").await;
    world.is_right().await;
    assert!(world.scim.writes().is_empty());
}

async fn what_a_site_took_without_an_answer_is_known_once_it_is_put_out(app: TestApp) {
    let world = World::told(app).await;
    // It takes the new name, and nobody hears of it before Luis has to go.
    world.scim.next([Manner::Does(500, String::new())]);
    world.rename(&world.luis, "Lucho").await;
    world.app.until("it was tried", async || world.copy_of(&world.luis).await.1 >= 1).await;
    let mut unit = world.app.app.db.write().await.unwrap();
    accounts::disable(&mut unit, &Actor::Operator, world.luis.id, None).await.unwrap();
    unit.commit().await.unwrap();
    world.is_right().await;
    let luis = world.scim.user("luis").unwrap();
    assert_eq!((luis["active"].as_bool(), luis["name"]["givenName"].as_str()), (Some(false), Some("Lucho")));
    world.compare().await;
    assert_eq!(world.number("select count(*) from sync_drifts where site_id = $1").await, 0, "nobody changed it there");
}

async fn a_key_that_is_rotated_between_two_tries_changes_nothing(app: TestApp) {
    let world = World::told(app).await;
    world.scim.next([Manner::status(500)]);
    world.rename(&world.luis, "Lucho").await;
    world.app.until("the first try failed", async || world.copy_of(&world.luis).await.1 >= 1).await;
    let es256 = connex::protocol::jose::SigningAlgorithm::Es256;
    let app = &world.app.app;
    signing::rotate(&app.db, &app.sealing, es256, true, &Actor::Operator).await.unwrap();
    app.provider.keys().refresh().await.unwrap();
    world.app.advance(Lifetime::seconds(5));
    world.is_right().await;
    let kids: Vec<_> = world
        .scim
        .writes()
        .iter()
        .rev()
        .take(2)
        .map(|told| {
            header(told.headers["authorization"].to_str().unwrap().strip_prefix("Bearer ").unwrap())["kid"].clone()
        })
        .collect();
    assert_ne!(kids[0], kids[1]);
}

async fn receipts_that_were_tampered_with_are_found(app: TestApp) {
    let world = World::told(app).await;
    world.app.change("update sync_receipts set acked_at = acked_at + 1 where seq = 2").await;
    let (_, broken) = verify_receipts(&mut world.app.app.db.read().await.unwrap()).await.unwrap();
    assert_eq!(broken.iter().map(|broken| (broken.site, broken.seq)).collect::<Vec<_>>(), [(world.site, 2)]);
    world.app.change("update sync_receipts set acked_at = acked_at - 1 where seq = 2").await;
    world.app.change("delete from sync_receipts where seq = 3").await;
    let (_, broken) = verify_receipts(&mut world.app.app.db.read().await.unwrap()).await.unwrap();
    assert_eq!(broken[0].seq, 3, "the end is missing");
}

async fn a_site_without_patch_gets_back_what_it_holds(app: TestApp) {
    let world = World::told_like(app, Like { patch: false, ..Like::default() }).await;
    world.scim.edit("luis", "/displayName", json!("The site's own"));
    world.unapprove().await;
    world.is_right().await;
    let luis = world.scim.user("luis").unwrap();
    assert_eq!((luis["active"].as_bool(), luis["displayName"].as_str()), (Some(false), Some("The site's own")));
}

async fn five_thousand_members_are_owed_to_the_site(app: TestApp) {
    let world = World::new(app).await;
    for batch in 0..7 {
        let mut unit = world.app.app.db.write().await.unwrap();
        for at in 0..(if batch == 6 { 4999 - 6 * 800 } else { 800 }) {
            let id = connex::kernel::AccountId::new(unit.now(), &unit.entropy());
            let name = format!("m{batch}x{at}");
            unit.sql(
                "insert into accounts (id, subject, username, email, email_verified_at, given_name, family_name, claims, status, rev, created_at, updated_at)
                 values ($1, $2, $2, $2, 1, 'A', 'B', '{}', 'active', 1, 1, 1)",
            ).bind(id).bind(name).run().await.unwrap();
            unit.sql("insert into memberships (id, organization_id, account_id, role, joined_at) values ($1, $2, $1, 'member', 1)")
                .bind(id).bind(world.organization).run().await.unwrap();
        }
        unit.commit().await.unwrap();
    }
    world.change("update sync_sites set resume_at = 9223372036854775807 where site_id = $1").await;
    approve(&world.app, world.site, world.organization).await;
    let owed =
        world.number("select count(*) from sync_items where site_id = $1 and kind = 'user' and want = 'present'").await;
    assert_eq!(owed, 5001);
}

async fn waiting_ends_with_the_last_confirmation(app: TestApp) {
    let world = World::new(app).await;
    let db = world.app.app.db.clone();
    approve(&world.app, world.site, world.organization).await;
    let waited = Waited::Organization(world.organization);
    let progress = wait_until_confirmed(&db, world.site, waited, Duration::from_secs(20)).await.unwrap();
    assert_eq!((progress.total, progress.confirmed), (3, 3));
    world.scim.always(Some(Manner::status(500)));
    world.rename(&world.luis, "Lucho").await;
    let progress = wait_until_confirmed(&db, world.site, waited, Duration::from_millis(200)).await.unwrap();
    assert_eq!((progress.total, progress.confirmed), (3, 2));
}

async fn a_retry_sends_it_again_with_a_new_revision(app: TestApp) {
    let world = World::told(app).await;
    let mut unit = world.app.app.db.write().await.unwrap();
    let item = (connex::sync::ledger::Kind::User, world.luis.id.uuid());
    connex::sync::delivery::retry(&mut unit, &Actor::Operator, world.site, item).await.unwrap();
    unit.commit().await.unwrap();
    world.is_right().await;
    let last = world.scim.writes().pop().unwrap();
    assert_eq!((last.headers["connex-reason"].to_str().unwrap(), last.rev()), ("retry", Some(2)));
    let another = ScimSite::start().await;
    let other = site_at(&world.app, &another).await;
    assert_ne!(other, world.site);
    assert!(another.look().told.is_empty(), "nobody else is told");
}
