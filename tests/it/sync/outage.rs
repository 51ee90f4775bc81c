//! Sites that are down: they are right soon after they are back, and nobody else notices.

use connex::{kernel::Lifetime, organizations::Role};

use super::world::{World, approve, site_at, unconfirmed};
use crate::support::{
    app::TestApp,
    on_both_engines,
    scim_site::{Manner, ScimSite},
};

on_both_engines! {
    a_site_that_was_down_for_six_hours_is_right_within_five_minutes
    a_dead_site_is_no_matter_to_the_others
    requests_that_fail_together_are_one_step
}

async fn a_site_that_was_down_for_six_hours_is_right_within_five_minutes(app: TestApp) {
    let World { app, scim, site, organization, luis, .. } = World::told(app).await;
    let down = scim.goes_down().await;
    for hour in 0..6 {
        super::world::rename(&app, luis.id, &format!("H{hour}")).await;
        let person = app.person(&format!("new{hour}")).await;
        app.add_to(organization, &person, Role::Member).await;
        for _ in 0..12 {
            app.advance(Lifetime::minutes(5));
            tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        }
    }
    app.until("it is found to be down", async || {
        app.count("select count(*) from sync_sites where trouble = 'not answering'").await == 1
    })
    .await;
    let scim = down.comes_back().await;
    let back_at = app.now();
    for _ in 0..400 {
        if unconfirmed(&app, site).await == 0 {
            break;
        }
        app.advance(Lifetime::seconds(2));
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    assert_eq!(unconfirmed(&app, site).await, 0);
    let took = app.now().since(back_at);
    assert!(took <= Lifetime::minutes(5), "{took:?}");
    assert_eq!(scim.user("luis").unwrap()["name"]["givenName"], "H5");
    assert_eq!(scim.look().users.len(), 8);
    scim.assert_nothing_was_applied_twice();
}

async fn a_dead_site_is_no_matter_to_the_others(app: TestApp) {
    let world = World::told(app).await;
    let dead = ScimSite::start().await;
    let dead_site = site_at(&world.app, &dead).await;
    let _down = dead.goes_down().await;
    approve(&world.app, dead_site, world.organization).await;
    for round in 0..10 {
        world.rename(&world.luis, &format!("N{round}")).await;
        world.is_right().await;
    }
    assert_eq!(unconfirmed(&world.app, dead_site).await, 3);
    assert_eq!(world.scim.user("luis").unwrap()["name"]["givenName"], "N9");
}

async fn requests_that_fail_together_are_one_step(app: TestApp) {
    let world = World::told(app).await;
    for count in 0..8 {
        let person = world.app.person(&format!("p{count}")).await;
        world.app.add_to(world.organization, &person, Role::Member).await;
    }
    for _ in 0..4 {
        world.is_right_in_time(Lifetime::seconds(1)).await;
        // Eleven copies are due at once, of which four are under way at a time.
        world.scim.always(Some(Manner::status(500)));
        approve(&world.app, world.site, world.organization).await;
        let is_alone = "select count(*) from sync_sites where site_id = $1 and trouble is not null and lease is null";
        world.app.until("it is left alone", async || world.number(is_alone).await == 1).await;
        let pause = world.resume_at().await - world.app.now().millis();
        assert!(pause <= 12_000, "it was away for a moment, and is left alone for {pause} ms");
        world.scim.always(None);
    }
}
