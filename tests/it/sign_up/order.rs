//! Steps out of order, empty, twice, in two tabs; the back button, a lost cookie, a draft that is too old.

use connex::kernel::Lifetime;

use super::{Newcomer, PASSWORD};
use crate::support::{app::TestApp, on_both_engines};

on_both_engines! {
    l1_no_step_is_done_before_the_ones_before_it
    going_back_keeps_everything_but_the_password
    a_page_that_is_sent_empty_says_what_is_missing
    the_last_button_pressed_twice_opens_one_account
    two_tabs_fill_one_sign_up
    the_back_button_after_the_end_leads_on
    a_draft_that_is_too_old_begins_anew
    a_lost_cookie_loses_no_answers
    another_address_is_proven_anew
}

const STEPS: [&str; 6] = [
    "/signup/code",
    "/signup/invitations",
    "/signup/organization",
    "/signup/organization/new",
    "/signup/credentials",
    "/signup/check",
];

async fn l1_no_step_is_done_before_the_ones_before_it(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    let start = luis.open("/signup").await;
    let proof = start.attribute("input[name=proof]", "value");
    let fields =
        [("proof", proof.as_str()), ("org", "none"), ("password", PASSWORD), ("given_name", "L"), ("family_name", "O")];
    for path in STEPS {
        assert_eq!(luis.open(path).await.url.path(), "/signup", "{path}");
        let posted = luis.visitor.post(&app.at(path), &fields).await;
        assert_eq!(posted.location().unwrap().path(), "/signup", "{path}");
    }
    luis.begin().await;
    for path in &STEPS[1..] {
        assert_eq!(luis.open(path).await.url.path(), "/signup/code", "{path}");
        let posted = luis.visitor.post(&app.at(path), &fields).await;
        assert_eq!(posted.location().unwrap().path(), "/signup/code", "{path}");
    }
    let code = app.mail_to(&luis.email).await.code();
    luis.fill(&luis.open("/signup/code").await, &[("code", &code)]).await;
    for path in ["/signup/credentials", "/signup/check"] {
        let posted = luis.visitor.post(&app.at(path), &fields).await;
        assert_eq!(posted.location().unwrap().path(), "/signup/organization", "{path}");
    }
    assert_eq!(app.count("select count(*) from accounts").await, 0);
}

async fn going_back_keeps_everything_but_the_password(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    luis.answer_all("Lake Paving").await;
    assert_eq!(luis.open("/signup").await.attribute("#email", "value"), "luis@lake.example");
    assert!(luis.open("/signup/organization").await.has("#none[checked]"));
    let form = luis.open("/signup/organization/new").await;
    assert_eq!(
        (form.attribute("#name", "value"), form.attribute("#city", "value")),
        ("Lake Paving".into(), "Brainerd".into())
    );
    let page = luis.open("/signup/credentials").await;
    assert_eq!(
        (page.attribute("#given_name", "value"), page.attribute("#password", "value")),
        ("Luis".into(), String::new())
    );
    let check = luis.fill(&page, &[("given_name", "Lou")]).await;
    assert!(check.text().contains("Lou Ortega"), "the password that was chosen is kept");
    let check = luis.fill(&luis.open("/signup").await, &[]).await;
    assert_eq!(check.url.path(), "/signup/check", "the same address is proven once");
    luis.create(&check).await;
    assert!(luis.is_signed_in().await);
}

async fn a_page_that_is_sent_empty_says_what_is_missing(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    let page = luis.fill(&luis.open("/signup").await, &[]).await;
    assert!(page.words("#email-e").contains("Enter an email address in the correct format"));
    assert!(page.words("title").starts_with("Error:"));
    let page = luis.fill(&luis.begin().await, &[]).await;
    assert!(page.words("#code-e").contains("That code is not correct"));
    let page = luis.fill(&page, &[("code", &app.mail_to(&luis.email).await.code())]).await;
    let page = luis.fill(&page, &[]).await;
    assert!(page.words("#org-e").contains("Choose your organization, or None"));
    let form = luis.fill(&page, &[("org", "none")]).await;
    let page = luis.fill(&form, &[]).await;
    for field in ["name", "street", "city", "state", "postal_code"] {
        assert!(page.has(&format!("#{field}[aria-invalid]")), "{field}");
    }
    let page = luis.fill(&page, &super::organization("Lake Paving")).await;
    let page = luis.fill(&page, &[]).await;
    assert!(["password", "given_name", "family_name"].iter().all(|field| page.has(&format!("#{field}[aria-invalid]"))));
}

async fn the_last_button_pressed_twice_opens_one_account(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    let check = luis.answer_all("Lake Paving").await;
    let (one, other) =
        tokio::join!(luis.visitor.press_once(&check, "#create", &[]), luis.visitor.press_once(&check, "#create", &[]));
    for answer in [one, other] {
        assert_eq!(answer.location().unwrap().path(), "/signup/ready", "{}", answer.body);
    }
    assert_eq!(app.count("select count(*) from accounts").await, 1);
    assert_eq!(app.count("select count(*) from organizations").await, 1);
    assert!(luis.is_signed_in().await);
}

async fn two_tabs_fill_one_sign_up(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    let first = luis.prove().await;
    let second = luis.open("/signup/organization").await;
    luis.found(&first, "Lake Paving").await;
    let credentials = luis.found(&second, "Lake Concrete").await;
    let check = luis.choose(&credentials).await;
    assert!(check.text().contains("Lake Concrete"), "what was answered last counts");
    luis.create(&check).await;
    assert_eq!(luis.create(&check).await.url.path(), "/signup/ready", "the other tab finds the account");
}

async fn the_back_button_after_the_end_leads_on(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    luis.create(&luis.answer_all("Lake Paving").await).await;
    assert_eq!(luis.open("/signup/check").await.url.path(), "/signup/ready");
    for path in ["/signup", "/signup/code", "/signup/credentials"] {
        assert_eq!(luis.open(path).await.status, 200, "{path}");
    }
}

async fn a_draft_that_is_too_old_begins_anew(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    let check = luis.answer_all("Lake Paving").await;
    app.advance(Lifetime::hours(25));
    let page = luis.create(&check).await;
    assert_eq!(page.url.path(), "/signup");
    assert_eq!(app.count("select count(*) from accounts").await, 0);
    assert!(luis.answer_all("Lake Paving").await.has("#create"));
}

async fn a_lost_cookie_loses_no_answers(app: TestApp) {
    let client = app.web_client("birch").await;
    let luis = Newcomer::new(&app, "luis@lake.example");
    let login = luis.visitor.open(&client.asks("openid").url()).await.page();
    let errand = login.attribute("input[name=errand]", "value");
    luis.fill(&luis.open(&format!("/signup?errand={errand}")).await, &[("email", &luis.email)]).await;
    let code = app.mail_to(&luis.email).await.code();
    let page = luis.fill(&luis.open("/signup/code").await, &[("code", &code)]).await;
    luis.choose(&luis.found(&page, "Lake Paving").await).await;
    app.advance(Lifetime::minutes(5));
    let again = Newcomer::new(&app, "luis@lake.example");
    let page = again.prove().await;
    assert_eq!(page.url.path(), "/signup/credentials", "only the password is asked for again");
    assert_eq!(page.attribute("#given_name", "value"), "Luis");
    let check = again.fill(&page, &[("password", PASSWORD)]).await;
    assert!(check.text().contains("Lake Paving"));
    assert!(again.create(&check).await.has("#allow"), "the site's request goes on");
    assert_eq!(luis.open("/signup/check").await.url.path(), "/signup", "the former one is used up");
}

async fn another_address_is_proven_anew(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    luis.answer_all("Lake Paving").await;
    let page = luis.fill(&luis.open("/signup").await, &[("email", "ortega@lake.example")]).await;
    assert_eq!(page.url.path(), "/signup/code");
    assert_eq!(luis.open("/signup/check").await.url.path(), "/signup/code");
    let page = luis.fill(&page, &[("code", &app.mail_to("ortega@lake.example").await.code())]).await;
    assert_eq!(page.url.path(), "/signup/check", "{}", page.text());
    assert!(!page.text().contains("luis@lake.example"), "the user ID was the former address: {}", page.text());
}
