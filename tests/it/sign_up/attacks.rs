//! What the sign-up withstands: being handed over, being asked who has an account, being flooded.

use super::{Newcomer, PASSWORD, northline};
use crate::support::{
    app::{POSTGRES, SQLITE, TestApp},
    http::Page,
    on_both_engines,
};

on_both_engines! {
    l14_a_sign_up_begun_by_eve_gives_her_nothing_of_the_victims
    l14_the_cookie_of_an_unproven_sign_up_is_dead_once_it_is_proven
    l21_known_and_unknown_addresses_get_the_same_pages
    e5_nobody_registers_the_address_of_another_before_them
    a_form_of_another_browser_is_refused
    fields_that_a_form_does_not_have_are_not_read
    an_organization_is_not_searched_for_before_the_code
    a_request_of_a_site_that_cannot_be_read_is_told
}

async fn l14_a_sign_up_begun_by_eve_gives_her_nothing_of_the_victims(app: TestApp) {
    let eve = Newcomer::new(&app, "luis@lake.example");
    eve.begin().await;
    app.advance(connex::kernel::Lifetime::minutes(2));
    let luis = Newcomer::new(&app, "luis@lake.example");
    let check = luis.answer_all("Lake Paving").await;
    luis.create(&check).await;
    assert!(luis.is_signed_in().await && !eve.is_signed_in().await);
    for path in ["/signup/organization", "/signup/credentials", "/signup/check", "/signup/ready"] {
        let page = eve.open(path).await;
        assert!(["/signup/code", "/login"].contains(&page.url.path()), "{path}: {}", page.url);
    }
    let page = eve.open("/signup/code").await;
    let code = app.mails_to("luis@lake.example").await.last().unwrap().code();
    let page = eve.fill(&page, &[("code", &code)]).await;
    assert!(page.words("#code-e").contains("not correct"), "the victim's code is not for her sign-up");
}

async fn l14_the_cookie_of_an_unproven_sign_up_is_dead_once_it_is_proven(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    let page = luis.fill(&luis.open("/signup").await, &[]).await;
    let answer = luis.visitor.press_once(&page, "main form button[type=submit]", &[("email", &luis.email)]).await;
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(cookie.starts_with("connex-signup="), "{cookie}");
    let code = app.mail_to(&luis.email).await.code();
    luis.fill(&luis.open("/signup/code").await, &[("code", &code)]).await;
    let copy = app.machine.get(app.at("/signup/organization")).header("cookie", cookie);
    let answer = crate::support::http::read(copy).await;
    assert_eq!(answer.location().unwrap().path(), "/signup", "{}", answer.body);
}

/// A page without what differs for every showing.
fn plain(page: &Page, email: &str) -> String {
    let proof = page.attribute("input[name=proof]", "value");
    page.body.replace(&proof, "PROOF").replace(email, "ADDRESS")
}

async fn l21_known_and_unknown_addresses_get_the_same_pages(app: TestApp) {
    let dana = app.person("dana").await;
    let (known, unknown) = (Newcomer::new(&app, &dana.email), Newcomer::new(&app, "nobody@people.example"));
    let (one, other) = (known.begin().await, unknown.begin().await);
    assert_eq!(plain(&one, &known.email), plain(&other, &unknown.email));
    let (wrong_one, wrong_other) =
        (known.fill(&one, &[("code", "abc")]).await, unknown.fill(&other, &[("code", "abc")]).await);
    assert_eq!(
        (wrong_one.status, plain(&wrong_one, &known.email)),
        (wrong_other.status, plain(&wrong_other, &unknown.email))
    );
    let (one, other) = (
        known.visitor.press(&one, "#resend", &[]).await.page(),
        unknown.visitor.press(&other, "#resend", &[]).await.page(),
    );
    assert_eq!((one.status, plain(&one, &known.email)), (other.status, plain(&other, &unknown.email)));
    assert!(app.mail_to(&dana.email).await.text.contains("/login"));
}

async fn e5_nobody_registers_the_address_of_another_before_them(app: TestApp) {
    let eve = Newcomer::new(&app, "luis@lake.example");
    eve.begin().await;
    let proof = eve.open("/signup").await.attribute("input[name=proof]", "value");
    let fields = [
        ("proof", proof.as_str()),
        ("username", "luis@lake.example"),
        ("password", PASSWORD),
        ("given_name", "E"),
        ("family_name", "E"),
        ("org", "none"),
        ("email_verified", "true"),
    ];
    for path in ["/signup/organization", "/signup/organization/new", "/signup/credentials", "/signup/check"] {
        eve.visitor.post(&app.at(path), &fields).await;
    }
    assert_eq!(app.count("select count(*) from accounts").await, 0);
    assert_eq!(app.count("select count(*) from account_identifiers").await, 0);
    assert_eq!(app.count("select count(*) from sign_up_drafts where password_hash is not null").await, 0);
}

async fn a_form_of_another_browser_is_refused(app: TestApp) {
    let (luis, eve) = (Newcomer::new(&app, "luis@lake.example"), Newcomer::new(&app, "eve@evil.example"));
    let check = luis.answer_all("Lake Paving").await;
    eve.open("/signup").await;
    let answer = eve.visitor.press_once(&check, "#create", &[]).await;
    assert_eq!(answer.status, 403);
    assert_eq!(app.count("select count(*) from accounts").await, 0);
}

async fn fields_that_a_form_does_not_have_are_not_read(app: TestApp) {
    northline(&app).await;
    let luis = Newcomer::new(&app, "luis@lake.example");
    let check = luis.answer_all("Lake Paving").await;
    let proof = check.attribute("input[name=proof]", "value");
    let fields = [
        ("proof", proof.as_str()),
        ("role", "founder"),
        ("org_id", "org_1"),
        ("email", "dana@people.example"),
        ("org", "org_1"),
    ];
    let answer = luis.visitor.post(&app.at("/signup/check"), &fields).await;
    assert_eq!(answer.location().unwrap().path(), "/signup/ready");
    assert_eq!(app.count("select count(*) from memberships").await, 2);
    assert_eq!(app.count("select count(*) from accounts where email = 'luis@lake.example'").await, 1);
}

async fn an_organization_is_not_searched_for_before_the_code(app: TestApp) {
    northline(&app).await;
    let eve = Newcomer::new(&app, "eve@evil.example");
    eve.begin().await;
    let page = eve.open("/signup/organization?q=northline").await;
    assert_eq!(page.url.path(), "/signup/code");
    assert!(!page.text().contains("Northline"));
}

async fn a_request_of_a_site_that_cannot_be_read_is_told(app: TestApp) {
    let page = Newcomer::new(&app, "luis@lake.example").open("/signup?errand=made-up").await;
    assert_eq!(page.status, 400);
    assert!(page.text().contains("This link does not come from a site that uses ConneX"));
}

/// Searches and sign-ups have limits, on both engines.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn searching_and_signing_up_have_limits() {
    for setting in [SQLITE, POSTGRES] {
        let app = TestApp::start(setting.with_limits()).await;
        let luis = Newcomer::new(&app, "luis@lake.example");
        luis.prove().await;
        for _ in 0..60 {
            assert_eq!(luis.open("/signup/organization?q=northline").await.status, 200);
        }
        let page = luis.open("/signup/organization?q=northline").await;
        assert_eq!(page.status, 429);
        assert!(page.words("#q-e").contains("Too many searches") && page.has("#none"));
        app.advance(connex::kernel::Lifetime::minutes(11));
        assert_eq!(luis.open("/signup/organization?q=northline").await.status, 200);
    }
}
