//! Where deliveries stop and wait for people: a site that is held, a mass of edits, what a site has refused.

use connex::{
    audit::Actor,
    kernel::{Lifetime, SiteId},
    organizations::Role,
    platform::store::Sql,
    sync::{
        control,
        status::{self, Condition},
    },
};
use serde_json::json;

use super::world::{World, approve, is_compared, is_right, rename, site_at};
use crate::support::{
    app::TestApp,
    on_both_engines,
    scim_site::{Manner, ScimSite},
};

on_both_engines! {
    a_site_that_is_held_gets_nothing_until_it_is_let_go
    fifty_edits_are_put_back_and_more_wait_for_people
    what_the_site_has_refused_in_a_span_is_sent_again
    a_site_that_answers_everything_with_a_page_is_told_of_and_mended
    a_site_that_has_refused_an_organization_is_not_taken_up_again_and_again
}

async fn hold(app: &TestApp, site: SiteId) {
    let mut unit = app.app.db.write().await.unwrap();
    assert!(control::pause(&mut unit, &Actor::Operator, site).await.unwrap());
    unit.commit().await.unwrap();
}

async fn let_go(app: &TestApp, site: SiteId) {
    let mut unit = app.app.db.write().await.unwrap();
    assert!(control::resume(&mut unit, &Actor::Operator, site).await.unwrap());
    unit.commit().await.unwrap();
}

async fn condition(world: &World) -> Condition {
    let mut reader = world.app.app.db.read().await.unwrap();
    status::of_site(&mut reader, world.site).await.unwrap().unwrap().condition()
}

async fn a_site_that_is_held_gets_nothing_until_it_is_let_go(app: TestApp) {
    let world = World::told(app).await;
    let other = ScimSite::start().await;
    let site = site_at(&world.app, &other).await;
    approve(&world.app, site, world.organization).await;
    is_right(&world.app, site).await;
    hold(&world.app, world.site).await;
    assert_eq!(condition(&world).await, Condition::Paused);
    let before = world.scim.look().told.len();
    for name in ["Lou", "Lucho"] {
        world.rename(&world.luis, name).await;
        is_right(&world.app, site).await;
        world.app.advance(Lifetime::hours(25));
        is_compared(&world.app, site).await;
    }
    assert_eq!(world.scim.look().told.len(), before, "it is neither told, nor asked, nor compared");
    let_go(&world.app, world.site).await;
    world.is_right().await;
    assert_eq!(world.scim.user("luis").unwrap()["name"]["givenName"], "Lucho");
    assert_eq!(condition(&world).await, Condition::Working);
}

/// Organizations of nine people each, besides their founders, told to the site: their user IDs.
async fn organizations(world: &World, count: usize) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for n in 0..count {
        let founder = world.app.person(&format!("f{n}")).await;
        let organization = world.app.organization(&format!("Organization {n}"), &founder).await;
        let mut names = Vec::new();
        for k in 0..9 {
            let person = world.app.person(&format!("p{n}x{k}")).await;
            world.app.add_to(organization, &person, Role::Member).await;
            names.push(person.username);
        }
        approve(&world.app, world.site, organization).await;
        all.push(names);
    }
    world.is_right().await;
    world.is_compared().await;
    all
}

/// At most nine edits in each organization are no mass for that organization, so it is their sum that counts.
async fn fifty_edits_are_put_back_and_more_wait_for_people(app: TestApp) {
    let world = World::new(app).await;
    let names = organizations(&world, 6).await.concat();
    let edit = |count: usize| {
        names[..count].iter().for_each(|name| world.scim.edit(name, "/name/givenName", json!("Edited")));
    };
    let edited = || names.iter().filter(|name| world.scim.user(name).unwrap()["name"]["givenName"] == "Edited").count();
    edit(50);
    world.compare().await;
    world.is_right().await;
    assert_eq!((edited(), condition(&world).await), (0, Condition::Working));
    edit(51);
    world.compare().await;
    assert_eq!((edited(), condition(&world).await), (51, Condition::Differs), "it waits");
    let why = "select count(*) from sync_sites where paused_why = '51 copies were changed at the site'";
    assert_eq!(world.app.count(why).await, 1);
    assert_eq!(world.app.count("select count(*) from sync_drifts where outcome = 'found'").await, 51);
    world.compare().await;
    assert_eq!(world.app.count("select count(*) from sync_drifts where outcome = 'found'").await, 51, "said once");
    let_go(&world.app, world.site).await;
    world.is_compared().await;
    world.is_right().await;
    assert_eq!(edited(), 0);
    let outcomes = ["found", "put_back"];
    let counted = [
        world.app.count("select count(*) from sync_drifts where outcome = 'found'").await,
        world.app.count("select count(*) from sync_drifts where outcome = 'put_back'").await,
    ];
    assert_eq!((outcomes, counted), (outcomes, [0, 101]), "what waited is put back, and said once");
}

async fn what_the_site_has_refused_in_a_span_is_sent_again(app: TestApp) {
    let world = World::told(app).await;
    // A comparison after midnight would try all of it again.
    world.change("update sync_sites set compare_at = 9000000000000000 where site_id = $1").await;
    for (person, name) in [(&world.dana, "Dee"), (&world.luis, "Lucho")] {
        world.app.advance(Lifetime::minutes(40));
        world.scim.next([Manner::status(400), Manner::status(422)]);
        world.rename(person, name).await;
        world.app.until("a first try", async || world.copy_of(person).await.1 >= 1).await;
        world.app.advance(Lifetime::seconds(3));
        world.attention(person).await;
    }
    let before = world.scim.writes().len();
    let send_again = async |span: Lifetime| {
        let mut unit = world.app.app.db.write().await.unwrap();
        let since = unit.now() - span;
        let count = control::resend_all(&mut unit, &Actor::Operator, world.site, since).await.unwrap();
        unit.commit().await.unwrap();
        count
    };
    assert_eq!(send_again(Lifetime::minutes(20)).await, 1, "Luis's");
    world.app.until("he is there", async || world.copy_of(&world.luis).await.0 == "ok").await;
    assert_eq!((world.scim.writes().len(), world.copy_of(&world.dana).await.0.as_str()), (before + 1, "attention"));
    assert_eq!(send_again(Lifetime::hours(2)).await, 1, "and Dana's");
    world.is_right().await;
    assert_eq!(world.scim.user("dana").unwrap()["name"]["givenName"], "Dee");
    assert_eq!(send_again(Lifetime::days(365)).await, 0, "nothing is left that was refused");
    assert_eq!(world.app.count("select count(*) from audit_entries where fact = 'sync.resent_all'").await, 2);
}

/// Such as the sign-in page of whatever stands in front of it.
async fn a_site_that_answers_everything_with_a_page_is_told_of_and_mended(app: TestApp) {
    let world = World::new(app).await;
    world.scim.always(Some(Manner::Says(200, Vec::new(), "<html>Sign in</html>".into())));
    approve(&world.app, world.site, world.organization).await;
    let state = "select count(*) from sync_items where site_id = $1 and kind = 'organization' and state = 'attention'
                 and last_error = 'The site was asked what it has, and answered with something that is not JSON.'";
    let waits = async || {
        world.app.advance(Lifetime::millis(500));
        world.number(state).await == 1
    };
    world.app.until("it waits for people", waits).await;
    assert!(world.scim.writes().is_empty(), "who does not know what is there writes nothing");
    world.scim.always(None);
    world.is_right_in_time(Lifetime::minutes(5)).await;
    assert_eq!(world.scim.look().users.len(), 2);
}

/// Its people are due, and wait for their organization, which waits for people here: there is nothing to be done.
async fn a_site_that_has_refused_an_organization_is_not_taken_up_again_and_again(app: TestApp) {
    let world = World::new(app).await;
    world.change("update sync_sites set compare_at = 9000000000000000 where site_id = $1").await;
    let other = ScimSite::start().await;
    let site = site_at(&world.app, &other).await;
    let omar = world.app.person("omar").await;
    let copperfield = world.app.organization("Copperfield", &omar).await;
    approve(&world.app, site, copperfield).await;
    is_right(&world.app, site).await;
    world.scim.next([Manner::status(400), Manner::status(400)]);
    approve(&world.app, world.site, world.organization).await;
    let waits = async || {
        world.app.advance(Lifetime::millis(500));
        world.number("select count(*) from sync_items where site_id = $1 and state = 'attention'").await == 1
    };
    world.app.until("the organization waits for people", waits).await;
    let is_taken = "select count(*) from sync_sites where site_id = $1 and lease is not null";
    world.app.until("it is given back", async || world.number(is_taken).await == 0).await;
    // Each commit has every node look for work.
    for round in 0..60 {
        rename(&world.app, omar.id, &format!("Round {round}")).await;
        for _ in 0..5 {
            assert_eq!(world.number(is_taken).await, 0, "round {round}");
        }
    }
    assert_eq!(world.number("select count(*) from sync_items where site_id = $1 and state = 'due'").await, 2);
}
