//! Sites that answer oddly: each answer has one meaning, and leaves words that say what is wrong.

use connex::{kernel::Lifetime, operator::status::receipts, platform::store::Sql, sync::delivery::verify_receipts};
use serde_json::json;

use super::world::{World, approve};
use crate::support::{
    app::TestApp,
    on_both_engines,
    scim_site::{Like, Manner},
};

on_both_engines! {
    what_a_site_does_not_take_waits_for_people_after_one_more_try_and_others_go_on
    a_change_rearms_what_waited_for_people
    wrong_credentials_stop_the_site_and_count_against_nobody
    a_site_that_wants_to_wait_is_left_alone_for_as_long
    a_site_that_wants_to_wait_until_a_date_is_left_alone_until_then
    a_site_that_fails_five_times_is_left_alone_and_looked_at_before_it_goes_on
    what_the_site_lost_is_made_anew_once
    a_stale_etag_is_looked_up_once
    what_is_there_with_our_id_is_taken_over
    what_is_there_without_our_id_is_left_alone
    a_deletion_that_the_law_forbids_is_a_receipt
    an_empty_answer_is_looked_behind
    a_creation_without_an_id_is_looked_behind
    an_answer_that_is_not_json_and_did_nothing_is_refused
    an_answer_of_ten_megabytes_is_not_read
    a_redirect_is_not_followed
    a_lost_answer_makes_nobody_twice
    two_people_may_exchange_their_addresses
    a_site_that_alters_what_it_is_given_is_told_of_by_name
    a_site_that_is_ahead_is_overtaken
}

async fn what_a_site_does_not_take_waits_for_people_after_one_more_try_and_others_go_on(app: TestApp) {
    let world = World::told(app).await;
    for status in [400, 422] {
        world.scim.next([Manner::status(status), Manner::status(status)]);
        world.rename(&world.luis, &format!("N{status}")).await;
        world.app.until("a first try", async || world.copy_of(&world.luis).await.1 >= 1).await;
        assert_eq!(world.copy_of(&world.luis).await.0, "due");
        world.app.advance(Lifetime::seconds(3));
        assert_eq!(world.attention(&world.luis).await, format!("The site did not take this ({status})."));
    }
    world.rename(&world.dana, "Dee").await;
    world.app.until("others go on", async || world.copy_of(&world.dana).await.0 == "ok").await;
}

async fn a_change_rearms_what_waited_for_people(app: TestApp) {
    let world = World::told(app).await;
    world.scim.next([Manner::status(400), Manner::status(400)]);
    world.rename(&world.luis, "Nope").await;
    world.app.until("a first try", async || world.copy_of(&world.luis).await.1 >= 1).await;
    world.app.advance(Lifetime::seconds(3));
    world.attention(&world.luis).await;
    world.rename(&world.luis, "Yes").await;
    world.is_right().await;
    assert_eq!(world.scim.user("luis").unwrap()["name"]["givenName"], "Yes");
}

async fn wrong_credentials_stop_the_site_and_count_against_nobody(app: TestApp) {
    let world = World::told(app).await;
    world.scim.always(Some(Manner::status(401)));
    world.rename(&world.luis, "Lucho").await;
    world
        .app
        .until("the site is left alone", async || {
            world.number("select count(*) from sync_sites where site_id = $1 and trouble = 'credentials'").await == 1
        })
        .await;
    let (state, attempts, why) = world.copy_of(&world.luis).await;
    assert_eq!((state.as_str(), attempts), ("due", 0));
    assert_eq!(why.unwrap(), "The site does not accept our credentials (401).");
    world.scim.always(None);
    world.app.advance(Lifetime::minutes(4));
    world.is_right().await;
    assert_eq!(world.number("select count(*) from sync_sites where site_id = $1 and trouble is not null").await, 0);
}

async fn a_site_that_wants_to_wait_is_left_alone_for_as_long(app: TestApp) {
    waits(app, "120", Lifetime::seconds(120)).await;
}

async fn a_site_that_wants_to_wait_until_a_date_is_left_alone_until_then(app: TestApp) {
    waits(app, "Sat, 06 Nov 2094 08:49:37 GMT", Lifetime::hours(1)).await;
}

async fn waits(app: TestApp, asked: &str, span: Lifetime) {
    let world = World::told(app).await;
    world.scim.next([Manner::Says(429, vec![("retry-after", asked.to_owned())], String::new())]);
    let before = world.app.now();
    world.rename(&world.luis, "Lucho").await;
    world.app.until("it waits", async || world.copy_of(&world.luis).await.2.is_some()).await;
    let resume_at = world.resume_at().await;
    assert!(resume_at >= (before + span).millis() && resume_at <= (world.app.now() + span).millis());
    assert_eq!(world.copy_of(&world.luis).await.1, 0);
    world.app.advance(span);
    world.is_right().await;
}

async fn a_site_that_fails_five_times_is_left_alone_and_looked_at_before_it_goes_on(app: TestApp) {
    let world = World::told(app).await;
    world.scim.always(Some(Manner::status(500)));
    for (person, name) in [(&world.luis, "Lucho"), (&world.dana, "Dee")] {
        world.rename(person, name).await;
    }
    let is_open = async || {
        world.number("select count(*) from sync_sites where site_id = $1 and trouble = 'not answering'").await == 1
    };
    for _ in 0..400 {
        if is_open().await {
            break;
        }
        world.app.advance(Lifetime::seconds(2));
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    assert!(is_open().await);
    let before = world.scim.writes().len();
    for _ in 0..3 {
        let asked = world.scim.look().told.len();
        world.app.advance(Lifetime::minutes(4));
        world.app.until("it is looked at", async || world.scim.look().told.len() > asked).await;
        world.app.until("it is left alone again", async || world.resume_at().await > world.app.now().millis()).await;
    }
    assert_eq!(world.scim.writes().len(), before, "it is looked at, and told nothing");
    world.scim.always(None);
    world.app.advance(Lifetime::minutes(4));
    world.is_right().await;
}

async fn what_the_site_lost_is_made_anew_once(app: TestApp) {
    let world = World::told(app).await;
    world.scim.look().users.clear();
    world.rename(&world.luis, "Lucho").await;
    world.is_right().await;
    let methods: Vec<_> = world.scim.writes().iter().rev().take(2).map(|told| told.method.clone()).collect();
    assert_eq!(methods, ["POST", "PUT"]);
    assert_eq!(world.scim.user("luis").unwrap()["name"]["givenName"], "Lucho");
}

async fn a_stale_etag_is_looked_up_once(app: TestApp) {
    let world = World::told(app).await;
    world.scim.look().users.values_mut().for_each(|kept| kept.version += 7);
    world.rename(&world.luis, "Lucho").await;
    world.is_right().await;
    assert_eq!(world.scim.user("luis").unwrap()["name"]["givenName"], "Lucho");
    world.scim.next([Manner::status(412), Manner::status(412), Manner::status(412), Manner::status(412)]);
    world.rename(&world.luis, "Luis").await;
    world.app.until("a first try", async || world.copy_of(&world.luis).await.1 >= 1).await;
    world.app.advance(Lifetime::seconds(3));
    assert_eq!(world.attention(&world.luis).await, "The site refuses the ETag that it gave (412).");
}

async fn what_is_there_with_our_id_is_taken_over(app: TestApp) {
    let world = World::told_like(app, Like { idempotent: false, ..Like::default() }).await;
    world.change("update sync_items set remote_id = null where site_id = $1").await;
    world.rename(&world.luis, "Lucho").await;
    world.is_right().await;
    assert_eq!(world.scim.look().users.len(), 2);
    assert_eq!(world.scim.writes().last().unwrap().method, "PUT");
}

async fn what_is_there_without_our_id_is_left_alone(app: TestApp) {
    let world = World::new(app).await;
    let foreign = json!({ "id": "x", "userName": "luis", "active": true, "emails": [] });
    let kept = crate::support::scim_site::Kept { id: "x".into(), body: foreign.clone(), version: 1 };
    world.scim.look().users.insert("x".into(), kept);
    approve(&world.app, world.site, world.organization).await;
    world.app.until("a first try", async || world.copy_of(&world.luis).await.1 >= 1).await;
    world.app.advance(Lifetime::seconds(3));
    let why = world.attention(&world.luis).await;
    assert_eq!(why, "The site says that this is in conflict with something else there (409): The site says no.");
    assert_eq!(world.scim.look().users["x"].body, foreign);
    world.app.until("others go on", async || world.copy_of(&world.dana).await.0 == "ok").await;
    world.compare().await;
    assert_eq!(world.scim.look().users["x"].body, foreign);
}

async fn a_deletion_that_the_law_forbids_is_a_receipt(app: TestApp) {
    let world = World::told_like(app, Like { retains: true, ..Like::default() }).await;
    world.app.change("update accounts set status = 'deleted' where username = 'luis'").await;
    approve(&world.app, world.site, world.organization).await;
    world.is_right().await;
    let why = "The site says that this is in conflict with something else there (409): The site says no.";
    assert_eq!(world.copy_of(&world.luis).await, ("ok".into(), 0, Some(why.into())));
    let mut reader = world.app.app.db.read().await.unwrap();
    let receipts = receipts(&mut reader, world.site, world.luis.id.to_string().parse().unwrap()).await.unwrap();
    let said: Vec<_> = receipts.iter().map(|receipt| (receipt.http_status, receipt.active)).collect();
    assert_eq!(said, [(Some(409), false), (Some(201), true)]);
    assert_eq!(verify_receipts(&mut reader).await.unwrap().1.len(), 0);
    drop(reader);
    assert_eq!(world.scim.user("luis").unwrap()["active"], false, "who is kept counts no more");
    world.app.advance(Lifetime::hours(2));
    world.is_compared().await;
    let deletions = world.scim.writes().iter().filter(|told| told.method == "DELETE").count();
    assert_eq!(deletions, 1, "what the law forbids is not asked for again");
}

async fn an_empty_answer_is_looked_behind(app: TestApp) {
    let world = World::told(app).await;
    world.scim.next([Manner::Does(200, String::new())]);
    world.rename(&world.luis, "Lucho").await;
    world.is_right().await;
    let why = world.copy_of(&world.luis).await.2.unwrap();
    assert_eq!(why, "The site answered 200 with an empty body; what it holds was looked up.");
}

async fn a_creation_without_an_id_is_looked_behind(app: TestApp) {
    let world = World::new(app).await;
    world.scim.next([Manner::Does(201, "{}".into())]);
    approve(&world.app, world.site, world.organization).await;
    world.is_right().await;
    let said = "select count(*) from sync_items where site_id = $1 and last_error like '%201 without an id%'";
    assert_eq!(world.number(said).await, 1);
    assert_eq!(world.number("select count(*) from sync_items where site_id = $1 and remote_id is null").await, 0);
}

async fn an_answer_that_is_not_json_and_did_nothing_is_refused(app: TestApp) {
    let world = World::told(app).await;
    let page = || Manner::Says(200, Vec::new(), "<html>Log in</html>".into());
    world.scim.next([page(), page()]);
    world.rename(&world.luis, "Lucho").await;
    world.app.until("a first try", async || world.copy_of(&world.luis).await.1 >= 1).await;
    world.app.advance(Lifetime::seconds(3));
    assert_eq!(world.attention(&world.luis).await, "The site answered 200, but still holds revision 1 of this.");
}

async fn an_answer_of_ten_megabytes_is_not_read(app: TestApp) {
    let world = World::told(app).await;
    let long = || Manner::Says(200, Vec::new(), "x".repeat(10 << 20));
    world.scim.next([long(), long()]);
    world.rename(&world.luis, "Lucho").await;
    world.app.until("a first try", async || world.copy_of(&world.luis).await.1 >= 1).await;
    world.app.advance(Lifetime::seconds(3));
    assert_eq!(world.attention(&world.luis).await, "The answer of the site is longer than 1 MB.");
}

async fn a_redirect_is_not_followed(app: TestApp) {
    let world = World::told(app).await;
    let elsewhere = vec![("location", format!("{}/scim/v2/elsewhere", world.scim.url))];
    world.scim.next([Manner::Says(302, elsewhere, String::new())]);
    world.rename(&world.luis, "Lucho").await;
    world.app.until("a first try", async || world.copy_of(&world.luis).await.1 >= 1).await;
    assert!(world.copy_of(&world.luis).await.2.unwrap().contains("redirect (302)"));
    assert!(!world.scim.look().told.iter().any(|told| told.path.contains("elsewhere")));
    world.app.advance(Lifetime::seconds(3));
    world.is_right().await;
}

async fn a_lost_answer_makes_nobody_twice(app: TestApp) {
    for idempotent in [true, false] {
        let scim = crate::support::scim_site::ScimSite::start_like(Like { idempotent, ..Like::default() }).await;
        let site = super::world::site_at(&app, &scim).await;
        let founder = app.person(&format!("f{idempotent}")).await;
        let organization = app.organization(&format!("Org {idempotent}"), &founder).await;
        scim.next([
            Manner::Does(500, String::new()),
            Manner::Does(200, "what?".into()),
            Manner::Does(502, String::new()),
        ]);
        approve(&app, site, organization).await;
        super::world::is_right_in_time(&app, site, Lifetime::seconds(1)).await;
        assert_eq!(scim.look().users.len(), 1);
        assert_eq!(scim.look().groups.len(), 1);
        scim.assert_nothing_was_applied_twice();
    }
}

async fn two_people_may_exchange_their_addresses(app: TestApp) {
    let world = World::told_like(app, Like { unique_emails: true, ..Like::default() }).await;
    let mail = |name: &str| world.scim.user(name).unwrap()["emails"][0]["value"].as_str().unwrap().to_owned();
    let (danas, luiss) = (mail("dana"), mail("luis"));
    world.app.change("update accounts set email = 'x' where username = 'dana'").await;
    let mut unit = world.app.app.db.write().await.unwrap();
    for (person, address) in [(&world.dana, &luiss), (&world.luis, &danas)] {
        unit.sql("update accounts set email = $2 where id = $1")
            .bind(person.id)
            .bind(address.clone())
            .run()
            .await
            .unwrap();
    }
    unit.commit().await.unwrap();
    world.rename(&world.dana, "Dana").await;
    world.rename(&world.luis, "Luis").await;
    world.is_right_in_time(Lifetime::millis(500)).await;
    assert_eq!((mail("dana"), mail("luis")), (luiss, danas));
}

async fn a_site_that_alters_what_it_is_given_is_told_of_by_name(app: TestApp) {
    let world = World::told(app).await;
    let altered = |rev: i64| {
        let mut body = world.scim.user("luis").unwrap();
        body["name"]["givenName"] = "ALTERED".into();
        body["urn:connex:params:scim:schemas:extension:2.0:User"]["rev"] = rev.into();
        Manner::Says(200, Vec::new(), body.to_string())
    };
    world.scim.next([altered(2), altered(3), altered(3)]);
    world.rename(&world.luis, "Lucho").await;
    world.app.until("a refusal", async || world.copy_of(&world.luis).await.1 >= 1).await;
    world.app.advance(Lifetime::seconds(3));
    assert_eq!(world.attention(&world.luis).await, "The site changes what it is given: familyName, givenName.");
}

async fn a_site_that_is_ahead_is_overtaken(app: TestApp) {
    let world = World::told(app).await;
    world.scim.edit("luis", "/urn:connex:params:scim:schemas:extension:2.0:User/rev", json!(40));
    world.rename(&world.luis, "Lucho").await;
    world.is_right().await;
    assert_eq!(world.scim.user("luis").unwrap()["name"]["givenName"], "Lucho");
    assert_eq!(world.scim.writes().last().unwrap().rev(), Some(41));
}
