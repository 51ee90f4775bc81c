//! The acceptance stories E10 to E12, in a browser, as far as they lie in ConneX itself.

use super::walk::{Manner, Walk, at_a_desk_and_on_a_telephone};
use crate::support::app::{PASSWORD, TestApp};
use connex::organizations::Role;

at_a_desk_and_on_a_telephone! {
    e10_a_person_changes_their_name_and_is_called_so_at_once
    e11_the_founder_cannot_be_removed_and_deletes_the_organization_when_alone
    e12_a_user_id_that_is_taken_is_refused_and_nothing_else_is_lost
}

async fn e10_a_person_changes_their_name_and_is_called_so_at_once(manner: Manner) {
    let app = TestApp::start(manner.setting).await;
    let dana = app.person("dana").await;
    let mut walk = Walk::begin(&app, manner, "e10").await;
    walk.sign_in_at_home(&app, &dana).await;
    walk.browser.goto(&app.at("/account/details")).await;
    walk.count_from_here();
    walk.see("#save-name", "details").await;
    walk.fill("family_name", "Whitfield-Berg").await;
    walk.press("#save-name").await;
    walk.see("#notice", "saved").await;
    walk.assert_within(2, 1, 1);
    assert_eq!(walk.browser.text("#person").await, "Dana Whitfield-Berg");
    assert!(!walk.browser.has("input[name=username]:not([readonly])").await, "the user ID never changes");
}

async fn e11_the_founder_cannot_be_removed_and_deletes_the_organization_when_alone(manner: Manner) {
    let app = TestApp::start(manner.setting).await;
    let (dana, ellen) = (app.person("dana").await, app.person("ellen").await);
    let northline = app.organization("Northline Hauling LLC", &dana).await;
    app.add_to(northline, &ellen, Role::Administrator).await;
    let mut walk = Walk::begin(&app, manner, "e11-ellen").await;
    walk.sign_in_at_home(&app, &ellen).await;
    walk.browser.goto(&app.at("/org/users")).await;
    walk.see("tbody", "users").await;
    assert!(!walk.browser.has("a[href$=\"/remove\"]").await, "neither the founder nor oneself can be removed");
    assert!(!walk.browser.has("a[href=\"/org/founder\"]").await, "only the founder has Founder Options");

    let mut walk = Walk::begin(&app, manner, "e11-dana").await;
    walk.sign_in_at_home(&app, &dana).await;
    walk.browser.goto(&app.at("/org/founder")).await;
    walk.see("#blocks", "blocked").await;
    assert!(!walk.browser.has("#delete").await, "not while others are in it");
    walk.browser.goto(&app.at("/org/users")).await;
    walk.press("a[href$=\"/remove\"]").await;
    walk.see("#effects", "effects").await;
    walk.press("button[value=remove]").await;
    walk.see("#notice", "removed").await;
    walk.browser.goto(&app.at("/org/founder")).await;
    walk.press("#delete").await;
    walk.see("#current_password", "delete").await;
    walk.fill("organization", "Northline Hauling LLC").await;
    walk.fill("current_password", PASSWORD).await;
    walk.press("button.danger").await;
    walk.see("#notice", "deleted").await;
    assert_eq!(app.count("select count(*) from organizations where status = 'deleted'").await, 1);
}

async fn e12_a_user_id_that_is_taken_is_refused_and_nothing_else_is_lost(manner: Manner) {
    let app = TestApp::start(manner.setting).await;
    app.person("dana").await;
    let mut walk = Walk::begin(&app, manner, "e12").await;
    walk.browser.goto(&app.at("/signup")).await;
    walk.fill("email", "dana@elsewhere.example").await;
    walk.press("main form button[type=submit]").await;
    walk.browser.wait_for("#code").await;
    walk.fill("code", &app.mail_to("dana@elsewhere.example").await.code()).await;
    walk.press("#continue").await;
    walk.browser.wait_for("#q").await;
    walk.choose("none").await;
    walk.press("#continue").await;
    walk.browser.wait_for("#street").await;
    for (field, text) in [
        ("name", "Dane Paving"),
        ("street", "1 Main St"),
        ("city", "Aitkin"),
        ("state", "MN"),
        ("postal_code", "56431"),
    ] {
        walk.fill(field, text).await;
    }
    walk.press("#continue").await;
    walk.browser.wait_for("#password").await;
    for (field, text) in
        [("username", "DANA"), ("password", "seven quiet lanterns"), ("given_name", "Dan"), ("family_name", "Aho")]
    {
        walk.fill(field, text).await;
    }
    walk.press("#continue").await;
    walk.see("#errors", "taken").await;
    assert!(walk.browser.has("#username[aria-invalid=true]").await);
    assert!(walk.browser.has("#given_name[value=Dan]").await && walk.browser.has("#family_name[value=Aho]").await);
}
