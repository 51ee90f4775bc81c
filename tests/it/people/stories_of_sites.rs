//! The acceptance stories E5 and E20, in a browser: an organization links sites, a developer registers one.

use axum::http::{StatusCode, header};
use connex::{kernel::Lifetime, platform::words::Words, sites::Family};
use sample_onegov::{Answer, Kind, Mishap, Settings, Trouble};
use tokio::net::TcpListener;

use super::{
    agency::Agency,
    northline::{Northline, renames, resident},
    walk::{Manner, Walk, at_a_desk_and_on_a_telephone},
};
use crate::support::{app::TestApp, env_file};

at_a_desk_and_on_a_telephone! {
    e5_three_sites_are_synced_at_once_and_the_one_that_is_down_follows
    e20_a_developer_registers_a_site_and_sends_again_what_it_did_not_take
}

async fn e5_three_sites_are_synced_at_once_and_the_one_that_is_down_follows(manner: Manner) {
    let app = TestApp::start(manner.setting).await;
    let birch = Agency::open(&app, Family::OneGov, "Birch County Permits").await;
    let tamarack = Agency::open(&app, Family::OneGov, "Tamarack County Permits").await;
    let stonefield = Agency::open(&app, Family::OneGov, "Stonefield Township Permits").await;
    let (northline, id, t) = (Northline::of(&app).await, stonefield.id, Words::new(manner.language));
    let down = stonefield.goes_down().await;
    let mut dana = Walk::begin(&app, manner, "e5").await;
    dana.sign_in_at_home(&app, &northline.dana).await;
    dana.browser.goto(&app.at("/org/onegov")).await;
    dana.count_from_here();
    dana.see("#sync-selected", "sites").await;
    for site in [birch.id, tamarack.id, id] {
        dana.browser.click(&format!("[id=\"c-{site}\"]")).await;
    }
    dana.press("#sync-selected").await;
    dana.see("#results", "results").await;
    dana.assert_within(2, 0, 1);
    let results = dana.browser.text("#results").await;
    for told in ["Birch County Permits", "Tamarack County Permits"] {
        assert!(results.contains(&t.sync_confirmed_all(t.sync_linked(), told)), "{results}");
    }
    assert!(results.contains(&t.sync_not_confirmed_yet(t.sync_linked(), "Stonefield Township Permits")), "{results}");

    let _stonefield = down.comes_back().await;
    // Longer than ConneX waits between two looks at a site that has just gone down.
    app.advance(Lifetime::seconds(40));
    crate::support::until("the site has caught up", async || {
        dana.browser.goto(&app.at(&format!("/org/sites/{id}"))).await;
        dana.browser.text("#users-there").await == t.sync_confirmed_of(2, 2)
    })
    .await;
    dana.see("#people", "caught-up").await;
    assert!(!dana.browser.has("#trouble").await);
}

async fn e20_a_developer_registers_a_site_and_sends_again_what_it_did_not_take(manner: Manner) {
    let app = TestApp::start(manner.setting).await;
    let (northline, omar) =
        (Northline::of(&app).await, resident(&app, ("Omar", "Fields"), "omar@connex.example").await);
    app.make_operator(&omar).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut walk = Walk::begin(&app, manner, "e20-omar").await;
    walk.browser.goto(&app.at("/ops/sites/new")).await;
    walk.sign_in(&omar.username, &omar.password).await;
    walk.see("#site_name", "three-fields").await;
    walk.fill("site_name", "Cedar County Permits").await;
    walk.fill("url", &url).await;
    walk.choose("kind-onegov").await;
    walk.press("button#register").await;
    walk.see("#environment", "registered").await;
    let trouble = run(&walk.browser.text("#environment").await, listener);

    let mut dana = Walk::begin(&app, manner, "e20-dana").await;
    greeted_at(&mut dana, &url, &northline).await;
    app.until("the site knows Dana and Luis", async || is_quiet(&app, 3).await).await;
    trouble.next(usize::from(u8::MAX), &Mishap::answer(does_not_know_hyphens()));
    renames(&mut dana, &app, "Whitfield-Berg").await;
    // The second try may have been made by itself, while the page was drawn.
    app.until("it was tried", async || app.count("select count(*) from sync_items where attempts >= 1").await == 1)
        .await;
    app.advance(Lifetime::seconds(3));
    app.until("it needs attention", async || {
        app.count("select count(*) from sync_items where state = 'attention'").await == 1
    })
    .await;
    omar_finds_it(&mut walk, &app).await;

    trouble.end();
    walk.press("#resend").await;
    walk.see("#notice", "sent-again").await;
    app.until("the site has taken it", async || is_quiet(&app, 3).await).await;
    let here = walk.browser.url().await;
    walk.browser.goto(&here).await;
    walk.see("#delivery", "confirmed").await;
    assert_eq!(walk.browser.text("#state").await, Words::new(manner.language).ops_state_ok());
    walk.browser.goto(&app.at("/ops/sites")).await;
    walk.see("#sites .tag.ok", "sites").await;
    walk.press("#sites tbody a").await;
    walk.see("#condition .tag.ok", "site").await;
}

/// Runs a site with the block that the page shows, as the guide says. What is returned brings trouble to it.
fn run(environment: &str, listener: TcpListener) -> Trouble {
    let variables = env_file::variables(environment);
    let mut settings = Settings::from_variables(Kind::OneGov, |name| variables.get(name).cloned()).unwrap();
    let trouble = Trouble::default();
    settings.trouble = Some(trouble.clone());
    tokio::spawn(sample_onegov::serve(settings, listener, std::future::pending()));
    trouble
}

/// Dana signs in at the new site, opens it to everybody of Northline, and reads there what it has learned.
async fn greeted_at(dana: &mut Walk, url: &str, northline: &Northline) {
    dana.browser.goto(url).await;
    dana.press("#login").await;
    dana.sign_in(&northline.dana.username, &northline.dana.password).await;
    dana.see("#allow", "first-visit").await;
    dana.choose("link").await;
    dana.press("#allow").await;
    dana.browser.wait_for("#person-name").await;
    assert_eq!(dana.browser.text("#person-name").await, "Dana Whitfield");
    assert_eq!(dana.browser.text("#organization").await, "Northline Hauling LLC");
    assert!(dana.browser.has("#org-founder").await);
}

/// Whether all sites have confirmed so many copies, and owe no answer.
async fn is_quiet(app: &TestApp, count: i64) -> bool {
    app.count("select count(*) from sync_items where state = 'ok'").await == count
        && app.count("select count(*) from sync_items where state <> 'ok'").await == 0
        && app.count("select count(*) from sync_sites where compare_at = 0").await == 0
}

/// What a site answers whose developer has forgotten something.
fn does_not_know_hyphens() -> Answer {
    let body = serde_json::json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "400", "scimType": "invalidValue",
        "detail": "familyName: a hyphen is not allowed",
    });
    let headers = vec![(header::CONTENT_TYPE, "application/scim+json".parse().unwrap())];
    Answer { status: StatusCode::BAD_REQUEST, headers, body: body.to_string().into_bytes() }
}

/// From the dashboard over the list to the one delivery, which quotes the site.
async fn omar_finds_it(walk: &mut Walk, app: &TestApp) {
    walk.browser.goto(&app.at("/ops")).await;
    walk.see("#health", "dashboard").await;
    walk.press("#health a[href$=\"state=attention\"]").await;
    walk.see("#deliveries", "needs-attention").await;
    walk.press("#deliveries tbody a").await;
    walk.see("#resend", "refused").await;
    let page = walk.browser.text("main").await;
    assert!(page.contains("Dana Whitfield-Berg") && page.contains("400"), "{page}");
    assert!(page.contains("familyName: a hyphen is not allowed"), "{page}");
}
