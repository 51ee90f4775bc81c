//! People with an account and without an organization: they find one, ask, or found one.

use super::{northline, organization};
use crate::support::{
    app::{Person, TestApp},
    http::{Page, Visitor},
    on_both_engines,
};

on_both_engines! {
    a_person_without_an_organization_asks_one
    a_person_without_an_organization_founds_one
    a_person_who_waits_can_remind_once_a_day
    a_person_who_was_denied_asks_another
    who_has_a_place_is_led_on
    an_unverified_person_searches_nothing
    founding_twice_founds_once
}

async fn signed_in(app: &TestApp, username: &str) -> (Visitor, Person) {
    let (visitor, person) = (Visitor::new(), app.person(username).await);
    app.sign_in(&visitor, &person).await;
    (visitor, person)
}

async fn ask_northline(app: &TestApp, visitor: &Visitor) -> Page {
    let page = visitor.open(&app.at("/account/organization?q=northline")).await.page();
    let id = page.attribute("#org input[value^=org_]", "value");
    visitor.press(&page, "#continue", &[("org", &id)]).await.page()
}

async fn a_person_without_an_organization_asks_one(app: TestApp) {
    northline(&app).await;
    let (visitor, _) = signed_in(&app, "luis").await;
    let page = ask_northline(&app, &visitor).await;
    assert_eq!(page.words("h1"), "Waiting for Northline Hauling LLC");
    assert_eq!(ask_again(&app, &visitor).await, "/signup/ready", "one request at a time");
    assert_eq!(app.count("select count(*) from join_requests").await, 1);
}

async fn ask_again(app: &TestApp, visitor: &Visitor) -> String {
    visitor.open(&app.at("/account/organization")).await.page().url.path().to_owned()
}

async fn a_person_without_an_organization_founds_one(app: TestApp) {
    let (visitor, luis) = signed_in(&app, "luis").await;
    let page = visitor.open(&app.at("/account/organization")).await.page();
    assert!(!page.has("[aria-current=step]"), "no steps are left");
    let form = visitor.press(&page, "#continue", &[("org", "none")]).await.page();
    assert_eq!(form.attribute("#email", "value"), luis.email);
    let ready = visitor.press(&form, "#continue", &organization("Lake Paving")).await.page();
    assert_eq!(ready.words("#standing"), "You are the founder of Lake Paving.");
}

async fn a_person_who_waits_can_remind_once_a_day(app: TestApp) {
    let dana = northline(&app).await;
    let (visitor, _) = signed_in(&app, "luis").await;
    let page = ask_northline(&app, &visitor).await;
    assert!(!page.has("#remind"));
    app.advance(connex::kernel::Lifetime::hours(11));
    visitor.open(&app.at("/signup/ready")).await;
    app.advance(connex::kernel::Lifetime::hours(11));
    visitor.open(&app.at("/signup/ready")).await;
    app.advance(connex::kernel::Lifetime::hours(3));
    let page = visitor.open(&app.at("/signup/ready")).await.page();
    let page = visitor.press(&page, "#remind", &[]).await.page();
    assert!(page.words("#notice").contains("We reminded the administrators of Northline Hauling LLC"));
    assert_eq!(app.mails_to(&dana.email).await.len(), 2);
    assert!(!page.has("#remind"));
}

async fn a_person_who_was_denied_asks_another(app: TestApp) {
    northline(&app).await;
    let (visitor, _) = signed_in(&app, "luis").await;
    ask_northline(&app, &visitor).await;
    app.change("update join_requests set status = 'denied', decided_at = 1, reason = 'Who are you?'").await;
    let page = visitor.open(&app.at("/signup/ready")).await.page();
    assert_eq!(page.words("h1"), "Northline Hauling LLC did not accept");
    assert!(page.text().contains("They wrote: Who are you?"));
    assert_eq!(ask_again(&app, &visitor).await, "/account/organization");
}

async fn who_has_a_place_is_led_on(app: TestApp) {
    let dana = northline(&app).await;
    let visitor = Visitor::new();
    app.sign_in(&visitor, &dana).await;
    for path in ["/account/organization", "/account/organization/new"] {
        assert_eq!(visitor.open(&app.at(path)).await.page().url.path(), "/signup/ready", "{path}");
    }
}

async fn an_unverified_person_searches_nothing(app: TestApp) {
    northline(&app).await;
    let (visitor, _) = signed_in(&app, "luis").await;
    app.change("update accounts set email_verified_at = null where username = 'luis'").await;
    let page = visitor.open(&app.at("/account/organization?q=northline")).await.page();
    assert_eq!(page.status, 403);
    assert!(page.text().contains("Prove your email address first") && !page.text().contains("Hauling"));
}

async fn founding_twice_founds_once(app: TestApp) {
    let (visitor, _) = signed_in(&app, "luis").await;
    let form = visitor.open(&app.at("/account/organization/new")).await.page();
    let fields = organization("Lake Paving");
    let (one, other) =
        tokio::join!(visitor.press_once(&form, "#continue", &fields), visitor.press_once(&form, "#continue", &fields));
    for answer in [one, other] {
        assert_eq!(answer.location().unwrap().path(), "/signup/ready", "{}", answer.body);
    }
    assert_eq!(app.count("select count(*) from organizations").await, 1);
}
