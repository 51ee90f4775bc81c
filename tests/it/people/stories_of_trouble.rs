//! The acceptance stories E16 to E18, in a browser: whatever goes wrong, there is a way on.

use super::walk::{Manner, Walk, at_a_desk_and_on_a_telephone, birch};
use crate::support::{app::TestApp, http::Visitor};
use connex::kernel::Lifetime;

at_a_desk_and_on_a_telephone! {
    e16_a_password_forgotten_on_the_way_to_a_site_leads_back_to_the_site
    e17_a_cleared_cookie_a_second_tab_and_an_old_page_lead_on
    e18_a_mail_scanner_that_opens_every_link_changes_nothing
}

const NEW_PASSWORD: &str = "seven quiet lanterns by the creek";

async fn e16_a_password_forgotten_on_the_way_to_a_site_leads_back_to_the_site(manner: Manner) {
    let app = TestApp::start(manner.setting).await;
    let (birch, dana) = (birch(&app).await, app.person("dana").await);
    let mut walk = Walk::begin(&app, manner, "e16").await;
    walk.browser.goto(&birch.url).await;
    walk.press("#login").await;
    walk.browser.wait_for("#forgot").await;
    walk.browser.click("#forgot").await;
    walk.count_from_here();
    walk.see("#send", "ask").await;
    walk.fill("username", &dana.email).await;
    walk.press("#send").await;
    walk.see("#other", "sent").await;
    app.until("the mail is there", async || !app.mails_to(&dana.email).await.is_empty()).await;
    walk.browser.goto(&app.mail_to(&dana.email).await.link()).await;
    walk.see("#save", "set").await;
    walk.fill("password", NEW_PASSWORD).await;
    walk.press("#save").await;
    walk.see("#allow", "first-visit").await;
    walk.press("#allow").await;
    walk.browser.wait_for("#person-name").await;
    assert!(walk.browser.url().await.starts_with(&birch.url));
    walk.assert_within(4, 2, 3);
}

async fn e17_a_cleared_cookie_a_second_tab_and_an_old_page_lead_on(manner: Manner) {
    let app = TestApp::start(manner.setting).await;
    let (birch, dana) = (birch(&app).await, app.person("dana").await);
    let mut walk = Walk::begin(&app, manner, "e17").await;
    walk.browser.goto(&birch.url).await;
    walk.press("#login").await;
    walk.browser.wait_for("#username").await;
    let address = walk.browser.url().await;
    // The cookies are gone while the page is open: the page says what to do, and loading it again is enough.
    walk.browser.client().delete_all_cookies().await.unwrap();
    walk.sign_in("dana", &dana.password).await;
    walk.browser.wait_for("#error a.btn").await;
    walk.browser.goto(&format!("{address}&lang={}", manner.language)).await;
    walk.sign_in("dana", &dana.password).await;
    walk.see("#allow", "first-visit").await;
    // A second tab with the same page: whoever has signed in goes on.
    walk.browser.goto(&address).await;
    walk.sign_in("dana", &dana.password).await;
    walk.see("#allow", "second-tab").await;
    // A bookmark of the sign-in page, days later: the site is still known.
    app.advance(Lifetime::hours(30));
    walk.browser.goto(&address).await;
    walk.see("#error a.btn", "old-page").await;
    walk.browser.click("#error a.btn").await;
    walk.browser.wait_for("#login").await;
    assert!(walk.browser.url().await.starts_with(&birch.url));
}

async fn e18_a_mail_scanner_that_opens_every_link_changes_nothing(manner: Manner) {
    let app = TestApp::start(manner.setting).await;
    let dana = app.person("dana").await;
    app.organization("Northline Hauling LLC", &dana).await;
    let mut walk = Walk::begin(&app, manner, "e18").await;
    walk.sign_in_at_home(&app, &dana).await;
    walk.browser.goto(&app.at("/org/users/add")).await;
    for (field, text) in [("given_name", "Priya"), ("family_name", "Raman"), ("email", "priya@northline.example")] {
        walk.fill(field, text).await;
    }
    walk.press("#add").await;
    walk.browser.wait_for("#notice").await;
    let link = app.mail_to("priya@northline.example").await.link();
    let (before, scanner) = (app.count("select count(*) from audit_entries").await, Visitor::new());
    for _ in 0..5 {
        let page = scanner.open(&link).await.page();
        // A scanner presses buttons too, but it has nothing to type.
        scanner.press(&page, "#join", &[("username", ""), ("given_name", ""), ("family_name", "")]).await.page();
    }
    assert_eq!(app.count("select count(*) from audit_entries").await, before);
    let mut priya = Walk::begin(&app, manner, "e18-priya").await;
    priya.browser.goto(&link).await;
    priya.see("#password", "still-good").await;
    priya.fill("password", NEW_PASSWORD).await;
    priya.press("#join").await;
    priya.browser.wait_for("#person").await;
}
