//! The acceptance stories E1 to E4 and E19, in a browser, as far as they lie in ConneX itself.

use super::{
    agency::Agency,
    office::{Gloria, office},
    walk::{Manner, Walk, at_a_desk_and_on_a_telephone, birch},
};
use crate::support::app::TestApp;
use connex::{organizations::Role, sites::Family};

at_a_desk_and_on_a_telephone! {
    e1_a_new_contractor_founds_an_organization_and_lands_at_the_site
    e2_who_asks_to_join_and_is_accepted_from_the_mail_is_at_the_site
    e3_the_founder_adds_a_user_who_chooses_a_password
    e4_who_is_signed_in_at_one_site_needs_no_password_at_the_next
    e19_every_way_through_connex_returns_to_the_site_of_another_origin
}

const NEW_PASSWORD: &str = "seven quiet lanterns by the creek";

async fn e1_a_new_contractor_founds_an_organization_and_lands_at_the_site(manner: Manner) {
    let app = TestApp::start(manner.setting).await;
    let birch = birch(&app).await;
    let mut walk = Walk::begin(&app, manner, "e1").await;
    walk.browser.goto(&birch.url).await;
    walk.press("#login").await;
    walk.browser.wait_for("#username").await;
    walk.browser.click("a[href^=\"/signup\"]").await;
    walk.count_from_here();

    walk.see("#email", "email").await;
    walk.fill("email", "pat@newhaul.example").await;
    walk.press("button[type=submit]").await;
    walk.see("#code", "code").await;
    walk.fill("code", &app.mail_to("pat@newhaul.example").await.code()).await;
    walk.press("#continue").await;
    walk.see("#q", "organization").await;
    walk.choose("none").await;
    walk.press("#continue").await;
    walk.see("#name", "new-organization").await;
    for (field, text) in [
        ("name", "New Haul LLC"),
        ("street", "12 River Rd"),
        ("city", "Aitkin"),
        ("state", "MN"),
        ("postal_code", "56431"),
    ] {
        walk.fill(field, text).await;
    }
    walk.press("#continue").await;
    walk.see("#password", "credentials").await;
    assert_eq!(
        walk.browser
            .client()
            .find(fantoccini::Locator::Id("username"))
            .await
            .unwrap()
            .prop("value")
            .await
            .unwrap()
            .as_deref(),
        Some("pat@newhaul.example")
    );
    walk.fill("password", NEW_PASSWORD).await;
    walk.fill("given_name", "Pat").await;
    walk.fill("family_name", "Haul").await;
    walk.press("#continue").await;
    walk.see("#create", "check").await;
    walk.press("#create").await;
    walk.see("#allow", "first-visit").await;
    walk.press("#allow").await;

    walk.browser.wait_for("#person-name").await;
    assert!(walk.browser.url().await.starts_with(&birch.url));
    assert_eq!(walk.browser.text("#person-name").await, "Pat Haul");
    assert_eq!(walk.browser.text("#organization").await, "New Haul LLC");
    assert!(walk.browser.has("#org-founder").await);
    walk.assert_within(7, 11, 7);
}

async fn e2_who_asks_to_join_and_is_accepted_from_the_mail_is_at_the_site(manner: Manner) {
    let app = TestApp::start(manner.setting).await;
    let (birch, dana) = (office(&app).await, app.person("dana").await);
    birch.approves(&app, app.organization("Northline Hauling LLC", &dana).await).await;
    let mut luis = Walk::begin(&app, manner, "e2-luis").await;
    luis.browser.goto(&app.at("/signup")).await;
    luis.see("#email", "email").await;
    luis.fill("email", "luis@northline.example").await;
    luis.press("button[type=submit]").await;
    luis.see("#code", "code").await;
    luis.fill("code", &app.mail_to("luis@northline.example").await.code()).await;
    luis.press("#continue").await;
    luis.see("#q", "find").await;
    luis.fill("q", "northline").await;
    luis.browser.click("#search").await;
    luis.browser.wait_for("input[value^=org_]").await;
    luis.browser.click(".check label").await;
    luis.press("#continue").await;
    luis.see("#password", "credentials").await;
    luis.fill("password", NEW_PASSWORD).await;
    luis.fill("given_name", "Luis").await;
    luis.fill("family_name", "Ortega").await;
    luis.press("#continue").await;
    luis.see("#create", "check").await;
    luis.press("#create").await;
    luis.see("#cancel-request", "waiting").await;
    luis.assert_within(6, 7, 6);

    let mut walk = Walk::begin(&app, manner, "e2-dana").await;
    walk.sign_in_at_home(&app, &dana).await;
    walk.count_from_here();
    walk.browser.goto(&app.mail_to(&dana.email).await.link()).await;
    walk.see("#accept", "request").await;
    walk.press("#accept").await;
    walk.see("#notice", "accepted").await;
    walk.assert_within(2, 0, 2);
    luis.browser.goto(&app.at("/org")).await;
    luis.browser.wait_for("#acting-for").await;
    assert_eq!(luis.browser.text("#acting-for").await, "Northline Hauling LLC");
    let mut gloria = Gloria::logs_in(&birch, manner, "e2-gloria").await;
    gloria.until_the_list_says("ortega", &["Luis Ortega", "luis@northline.example", "Northline Hauling LLC"]).await;
    gloria.walk.see("#users", "users").await;
}

async fn e3_the_founder_adds_a_user_who_chooses_a_password(manner: Manner) {
    let app = TestApp::start(manner.setting).await;
    let dana = app.person("dana").await;
    let northline = app.organization("Northline Hauling LLC", &dana).await;
    app.add_to(northline, &app.person("ellen").await, Role::Administrator).await;
    let mut walk = Walk::begin(&app, manner, "e3-dana").await;
    walk.sign_in_at_home(&app, &dana).await;
    walk.browser.goto(&app.at("/org/users/add")).await;
    walk.count_from_here();
    walk.see("#add", "add").await;
    walk.fill("given_name", "Priya").await;
    walk.fill("family_name", "Raman").await;
    walk.fill("email", "priya@northline.example").await;
    walk.press("#add").await;
    walk.see("#notice", "added").await;
    walk.assert_within(2, 4, 1);

    let mut priya = Walk::begin(&app, manner, "e3-priya").await;
    priya.browser.goto(&app.mail_to("priya@northline.example").await.link()).await;
    priya.count_from_here();
    priya.see("#password", "invitation").await;
    priya.fill("password", NEW_PASSWORD).await;
    priya.press("#join").await;
    priya.browser.wait_for("#person").await;
    priya.assert_within(1, 3, 1);
    assert_eq!(priya.browser.text("#person").await, "Priya Raman");

    walk.browser.goto(&app.at("/org/users")).await;
    walk.see("tbody", "users").await;
    let verified = walk.browser.text("tbody").await;
    assert!(verified.contains("priya@northline.example") && !verified.contains("–"), "{verified}");
}

async fn e4_who_is_signed_in_at_one_site_needs_no_password_at_the_next(manner: Manner) {
    let app = TestApp::start(manner.setting).await;
    let (birch, dana) = (birch(&app).await, app.person("dana").await);
    let tamarack = Agency::open(&app, Family::OneGov, "Tamarack County Permits").await;
    let mut walk = Walk::begin(&app, manner, "e4").await;
    walk.browser.goto(&birch.url).await;
    walk.press("#login").await;
    walk.sign_in(&dana.username, &dana.password).await;
    walk.browser.wait_for("#allow").await;
    walk.press("#allow").await;
    walk.browser.wait_for("#person-name").await;
    walk.browser.goto(&tamarack.url).await;
    walk.browser.click("#login").await;
    walk.count_from_here();
    walk.see("#allow", "first-visit").await;
    assert!(!walk.browser.has("#password").await);
    walk.press("#allow").await;
    walk.browser.wait_for("#person-name").await;
    assert!(walk.browser.url().await.starts_with(&tamarack.url));
    walk.assert_within(1, 0, 1);
}

/// Sign-up and reset return in E1 and E16. What a policy of the page forbids, a browser blocks in silence.
async fn e19_every_way_through_connex_returns_to_the_site_of_another_origin(manner: Manner) {
    let app = TestApp::start(manner.setting).await;
    let (birch, dana) = (birch(&app).await, app.person("dana").await);
    let mut walk = Walk::begin(&app, manner, "e19").await;
    for visit in 0..2 {
        walk.browser.goto(&birch.url).await;
        walk.press("#login").await;
        walk.sign_in(&dana.username, &dana.password).await;
        if visit == 0 {
            walk.see("#allow", "first-visit").await;
            walk.press("#allow").await;
        }
        walk.browser.wait_for("#person-name").await;
        assert!(walk.browser.url().await.starts_with(&birch.url));
        walk.press("#logout").await;
        walk.browser.wait_for("#signed-out").await;
        assert!(walk.browser.url().await.starts_with(&birch.url));
    }
    // The way back without signing in.
    walk.browser.goto(&birch.url).await;
    walk.press("#login").await;
    walk.browser.wait_for("#cancel").await;
    walk.browser.click("#cancel").await;
    walk.browser.wait_for("#error").await;
    assert!(walk.browser.url().await.starts_with(&birch.url));
}
