//! The acceptance stories E13 to E15, in a browser: what the administrator of a OneOffice site does about employees, about
//! organizations, and about single people of theirs.

use super::{
    agency::Agency,
    northline::{Northline, PHONE, resident},
    office::{Gloria, log_in, office},
    walk::{Manner, Walk, at_a_desk_and_on_a_telephone},
};
use crate::support::app::TestApp;
use connex::organizations::Role;

at_a_desk_and_on_a_telephone! {
    e13_employees_are_added_and_licensed_and_choose_their_passwords
    e14_an_organization_is_found_approved_and_blocked_and_its_people_follow
    e15_what_is_connexs_is_put_back_and_what_is_the_sites_stays
}

/// What Gloria thinks of for Ann, and what Ann and Bo think of for themselves.
const DEFAULT_PASSWORD: &str = "change me before lunch";
const OWN_PASSWORD: &str = "seven quiet lanterns by the creek";

async fn e13_employees_are_added_and_licensed_and_choose_their_passwords(manner: Manner) {
    let app = TestApp::start(manner.setting).await;
    let birch = office(&app).await;
    let mut gloria = Gloria::logs_in(&birch, manner, "e13-gloria").await;
    gloria.chooses_the_table("Core", "User").await;
    gloria.walk.see("#users", "users").await;
    gloria.walk.press("#add").await;
    fill_in(&mut gloria.walk, ("Ann", "Lee")).await;
    gloria.walk.fill("password", DEFAULT_PASSWORD).await;
    gloria.walk.choose("role-OneOffice").await;
    gloria.walk.choose("role-OneOffice-legacy").await;
    gloria.walk.see("#another", "add").await;
    gloria.walk.press("#another").await;
    gloria.walk.see("#notice", "another").await;
    assert!(gloria.walk.browser.text("#notice").await.contains("Ann Lee was added."));
    assert!(
        gloria.walk.browser.has("#role-OneOffice[checked]").await && gloria.walk.browser.has("#email[value='']").await
    );
    fill_in(&mut gloria.walk, ("Bo", "Aho")).await;
    gloria.walk.press("#save").await;
    gloria.walk.see("#notice", "added").await;
    assert!(gloria.walk.browser.text("#notice").await.contains("has no license yet"));

    let mut ann = Walk::begin_at(&birch.url, manner.in_english(), "e13-ann").await;
    ann_must_choose(&mut ann, &birch).await;
    for name in ["Ann Lee", "Bo Aho"] {
        assert!(gloria.finds(&name[..3]).await.contains("No license"), "{name}");
        licenses(&mut gloria, name).await;
    }
    log_in(&mut ann, &birch.url, "ann@birch.example", OWN_PASSWORD).await;
    ann.see("#who", "in").await;
    assert_eq!(ann.browser.text("#who").await, "Ann Lee");
    let mut bo = Walk::begin_at(&birch.url, manner.in_english(), "e13-bo").await;
    bo_has_none_yet(&mut bo, &birch).await;
}

/// Types an employee's name into the form, and the address that follows from it.
async fn fill_in(walk: &mut Walk, (first, last): (&str, &str)) {
    walk.fill("email", &format!("{}@birch.example", first.to_lowercase())).await;
    walk.fill("first_name", first).await;
    walk.fill("last_name", last).await;
}

async fn licenses(gloria: &mut Gloria, name: &str) {
    gloria.chooses_the_table("Core", "License").await;
    let email = name.split(' ').next().unwrap().to_lowercase();
    gloria.walk.browser.select("#employee", &format!("{name}, {email}@birch.example")).await;
    gloria.walk.press("form.card button").await;
    gloria.walk.see("#notice", "licensed").await;
    assert_eq!(gloria.walk.browser.text("#notice").await, format!("{name} has a OneOffice license."));
}

/// The default password opens nothing but the page for another one; and without a license there is no more than that.
async fn ann_must_choose(ann: &mut Walk, birch: &Agency) {
    log_in(ann, &birch.url, "ann@birch.example", DEFAULT_PASSWORD).await;
    ann.see("#current", "must-choose").await;
    ann.browser.goto(&format!("{}/documents", birch.url)).await;
    assert!(!ann.browser.has("#who").await, "nothing else is open");
    ann.browser.goto(&format!("{}/password/change", birch.url)).await;
    ann.fill("current", DEFAULT_PASSWORD).await;
    choose_a_password(ann).await;
    log_in(ann, &birch.url, "ann@birch.example", OWN_PASSWORD).await;
    ann.see("#error", "no-license").await;
    assert!(ann.browser.text("#error").await.contains("it has no OneOffice license"));
}

async fn choose_a_password(walk: &mut Walk) {
    walk.fill("password", OWN_PASSWORD).await;
    walk.fill("again", OWN_PASSWORD).await;
    walk.press("main form button").await;
    walk.see("#notice", "chosen").await;
    assert_eq!(walk.browser.text("#notice").await, "Your password is saved. Log in with it.");
}

/// Whoever got no password chooses one by a mail at the first login.
async fn bo_has_none_yet(bo: &mut Walk, birch: &Agency) {
    bo.browser.goto(&format!("{}/login", birch.url)).await;
    bo.see("a[href=\"/password/forgot\"]", "login").await;
    bo.press("a[href=\"/password/forgot\"]").await;
    bo.fill("email", "bo@birch.example").await;
    bo.press("main form button").await;
    bo.see("#notice", "mailed").await;
    bo.browser.goto(&format!("{}/dev/mail", birch.url)).await;
    bo.see("article", "mail").await;
    bo.press("article a").await;
    bo.see("#again", "first-password").await;
    choose_a_password(bo).await;
    log_in(bo, &birch.url, "bo@birch.example", OWN_PASSWORD).await;
    bo.browser.wait_for("#who").await;
    assert_eq!(bo.browser.text("#who").await, "Bo Aho");
}

async fn e14_an_organization_is_found_approved_and_blocked_and_its_people_follow(manner: Manner) {
    let app = TestApp::start(manner.setting).await;
    let (birch, northline) = (office(&app).await, Northline::of(&app).await);
    let mut gloria = Gloria::logs_in(&birch, manner, "e14-gloria").await;
    gloria.opens("/admin/sync?q=copperfield&scope=all").await;
    gloria.walk.see("#empty", "not-in-connex").await;
    assert!(gloria.walk.browser.text("#empty").await.contains("may not exist in ConneX yet"));
    assert_eq!(gloria.walk.browser.text("#sign-up").await, app.at("/signup"));
    gloria.opens("/admin/sync?q=northline").await;
    gloria.walk.see("#empty", "not-here").await;
    gloria.walk.press("#everywhere").await;
    gloria.walk.see("#organizations", "everywhere").await;
    gloria.walk.press("#organizations a").await;
    gloria.walk.choose("role-bidder").await;
    gloria.walk.press("#approve").await;
    gloria.walk.see("#notice", "approved").await;
    gloria.until_the_list_says("northline", &["Dana Whitfield", "Luis Ortega"]).await;
    let priya = resident(&app, ("Priya", "Raman"), "priya@northline.example").await;
    app.add_to(northline.id, &priya, Role::Member).await;
    gloria.until_the_list_says("northline", &["Priya Raman"]).await;
    gloria.walk.see("#users", "everybody").await;

    gloria.opens_the_organization(northline.id).await;
    gloria.walk.press("#block").await;
    gloria.walk.see("#error", "says-no-reason").await;
    gloria.walk.fill("reason", "The insurance has run out").await;
    gloria.walk.press("#block").await;
    gloria.walk.see("#notice", "blocked").await;
    birch.is_right(&app).await;
    assert_eq!(gloria.finds("northline").await.matches("No access").count(), 3);
    gloria.walk.see("#users", "nobody-any-more").await;
    gloria.opens("/admin/sync/log").await;
    gloria.walk.see("#log", "log").await;
    let log = gloria.walk.browser.text("#log").await;
    for line in ["added Luis Ortega", "added Priya Raman", "disabled Luis Ortega", "disabled Priya Raman"] {
        assert!(log.contains(line), "{line}: {log}");
    }
    dana_reads_why(&app, manner, &birch, &northline).await;
}

/// What the agency has decided stands at ConneX, with the reason.
async fn dana_reads_why(app: &TestApp, manner: Manner, birch: &Agency, northline: &Northline) {
    let mut dana = Walk::begin(app, manner, "e14-dana").await;
    dana.sign_in_at_home(app, &northline.dana).await;
    dana.browser.goto(&app.at(&format!("/org/sites/{}", birch.id))).await;
    dana.see("#barred", "barred").await;
    assert_eq!(dana.browser.text("#reason").await, "The insurance has run out");
}

async fn e15_what_is_connexs_is_put_back_and_what_is_the_sites_stays(manner: Manner) {
    let app = TestApp::start(manner.setting).await;
    let (birch, northline) = (office(&app).await, Northline::of(&app).await);
    birch.approves(&app, northline.id).await;
    birch.is_right(&app).await;
    let mut gloria = Gloria::logs_in(&birch, manner, "e15-gloria").await;
    a_number_is_put_back(&mut gloria, &app, &birch).await;

    let mut luis = Walk::begin_at(&birch.url, manner.in_english(), "e15-luis").await;
    luis.press("#login").await;
    luis.sign_in(&northline.luis.username, &northline.luis.password).await;
    luis.browser.wait_for("#allow").await;
    luis.press("#allow").await;
    luis.browser.wait_for("#person-name").await;
    luis_is_disabled(&mut gloria).await;
    luis.browser.goto(&birch.url).await;
    assert!(luis.browser.has("#signed-out").await, "he is out at once");
    luis.press("#login").await;
    luis.see("#error", "kept-out").await;
    birch.hour_of_comparing(&app).await;
    gloria.resyncs(northline.id).await;
    assert!(gloria.finds("luis").await.contains("Disabled"), "it survives both");
    let mut dana = Walk::begin(&app, manner, "e15-dana").await;
    dana.sign_in_at_home(&app, &northline.dana).await;
    dana.browser.goto(&app.at(&format!("/org/sites/{}", birch.id))).await;
    dana.see("#people .tag.bad", "blocked-there").await;
    luis_comes_back_when_he_is_deleted(&mut gloria, &northline).await;
}

async fn a_number_is_put_back(gloria: &mut Gloria, app: &TestApp, birch: &Agency) {
    gloria.chooses_the_table("OneOffice", "Profile").await;
    gloria.walk.see("#profiles", "profiles").await;
    gloria.opens("/admin/records?zone=OneOffice&table=Profile&q=luis").await;
    gloria.walk.press("#profiles a").await;
    gloria.walk.see("#phone", "warning").await;
    assert!(gloria.walk.browser.text(".note").await.contains("then it is put back"));
    gloria.walk.fill("phone", "555-0101").await;
    gloria.walk.press("#save").await;
    gloria.walk.see("#notice", "edited").await;
    assert!(gloria.walk.browser.text("#profiles").await.contains("555-0101"));
    birch.hour_of_comparing(app).await;
    gloria.opens("/admin/sync/log").await;
    gloria.walk.see("#log", "put-back").await;
    let log = gloria.walk.browser.text("#log").await;
    let line = format!("put back: phone of Luis Ortega: 555-0101 → {PHONE} (changed here by Gloria Reyes)");
    assert!(log.contains(&line) && log.contains("Auto sync"), "{log}");
    gloria.opens("/admin/records?zone=OneOffice&table=Profile&q=luis").await;
    assert!(gloria.walk.browser.text("#profiles").await.contains(PHONE));
}

/// Gloria means to delete him, reads that he comes back, and disables him instead.
async fn luis_is_disabled(gloria: &mut Gloria) {
    gloria.edits("luis").await;
    gloria.walk.press("#delete").await;
    gloria.walk.see("#warning", "delete").await;
    let warning = gloria.walk.browser.text("#warning").await;
    let comes_back = "Luis Ortega will come back at the next sync while Northline Hauling LLC is approved.";
    assert!(warning.starts_with(comes_back), "{warning}");
    gloria.walk.press("#disable").await;
    gloria.walk.see("#enable", "disabled").await;
}

async fn luis_comes_back_when_he_is_deleted(gloria: &mut Gloria, northline: &Northline) {
    gloria.edits("luis").await;
    gloria.walk.press("#delete").await;
    gloria.walk.press("#confirm").await;
    gloria.walk.see("#notice", "deleted").await;
    assert!(!gloria.finds("luis").await.contains("Luis Ortega"));
    let (_, changes) = gloria.resyncs(northline.id).await;
    gloria.walk.see("#changes", "back").await;
    assert_eq!(changes, "added Luis Ortega");
    let list = gloria.finds("luis").await;
    assert!(list.contains("Luis Ortega") && list.contains("Disabled"), "{list}");
}
