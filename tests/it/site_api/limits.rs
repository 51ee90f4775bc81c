//! How often a site may ask.

use connex::kernel::Lifetime;

use crate::{
    scim::world::World,
    support::{app::TestApp, on_both_engines_with_limits},
};

on_both_engines_with_limits! {
    a_site_searches_sixty_times_a_minute
    a_site_that_asks_too_often_waits_and_no_other_does
}

async fn a_site_searches_sixty_times_a_minute(app: TestApp) {
    let world = World::new(app).await;
    let token = world.birch.token("sync").await;
    let search = async |token: &str| world.bear(token, reqwest::Method::GET, "/api/v1/organizations", None).await;
    for _ in 0..60 {
        assert_eq!(search(&token).await.status, 200);
    }
    let page = search(&token).await;
    assert_eq!((page.status.as_u16(), page.json()["code"].as_str()), (429, Some("too_many_requests")));
    assert!((1..=60).contains(&page.header("retry-after").parse::<u32>().unwrap()));
    assert_eq!(search(&world.marlow.token("sync").await).await.status, 200, "another site does not wait");
    world.app.advance(Lifetime::minutes(1));
    assert_eq!(search(&world.birch.token("sync").await).await.status, 200);
}

async fn a_site_that_asks_too_often_waits_and_no_other_does(app: TestApp) {
    let world = World::new(app).await;
    let token = world.birch.token("scim").await;
    let ask = async |token: &str| world.bear(token, reqwest::Method::GET, "/scim/v2/ServiceProviderConfig", None).await;
    // The clock of the test stands still but for the time that passes by itself: all of it is one window, or two.
    let mut refused = None;
    for _ in 0..2100 {
        let page = ask(&token).await;
        if page.status == 429 {
            refused = Some(page);
            break;
        }
    }
    let page = refused.expect("there is an end");
    assert_eq!((page.header("content-type"), page.json()["status"].as_str()), ("application/scim+json", Some("429")));
    assert!(page.header("retry-after").parse::<u32>().unwrap() <= 10);
    assert_eq!(ask(&world.marlow.token("scim").await).await.status, 200);
    world.app.advance(Lifetime::seconds(10));
    assert_eq!(ask(&token).await.status, 200);
}
