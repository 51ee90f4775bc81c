//! The whole way: from a site without an account to the site with an organization.

use super::{Newcomer, PASSWORD, northline};
use crate::support::{app::TestApp, client::claims, http::Visitor, on_both_engines};

on_both_engines! {
    s10_signing_up_asks_for_no_card
    s20_who_founds_an_organization_is_its_founder
    s32_the_steps_lead_through_the_sign_up
    s36_the_person_is_told_to_use_the_address_of_their_permits
    s38_the_user_id_is_the_address_unless_another_is_chosen
    s39_no_pin_is_asked_for
    s42_the_new_account_is_signed_in_and_signs_in_later
    from_a_site_without_an_account_to_the_site_as_founder
    a_person_may_sign_up_in_spanish
}

async fn s10_signing_up_asks_for_no_card(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    assert!(luis.open("/signup").await.text().contains("no card is asked for"));
    let check = luis.answer_all("Lake Paving").await;
    assert!(!check.has("input[autocomplete^=cc-]"));
}

async fn s20_who_founds_an_organization_is_its_founder(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    let check = luis.answer_all("Lake Paving").await;
    assert!(check.text().contains("Lake Paving, with you as its founder"));
    let ready = luis.create(&check).await;
    assert_eq!(ready.words("#standing"), "You are the founder of Lake Paving.");
    let founders = app.count("select count(*) from memberships where role = 'founder'").await;
    assert_eq!(founders, 1);
}

async fn s32_the_steps_lead_through_the_sign_up(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    let mut titles = Vec::new();
    let mut steps = Vec::new();
    let mut note = |page: &crate::support::http::Page| {
        titles.push(page.words("title"));
        steps.push(page.words("[aria-current=step]"));
    };
    note(&luis.open("/signup").await);
    let page = luis.prove().await;
    note(&page);
    let page = luis.found(&page, "Lake Paving").await;
    note(&page);
    note(&luis.choose(&page).await);
    let expected = [
        "Step 1 of 4: Email",
        "Step 2 of 4: Organization",
        "Step 3 of 4: Login credentials",
        "Step 4 of 4: Check and finish",
    ];
    assert_eq!(steps, expected);
    titles.dedup();
    assert_eq!(titles.len(), 4, "each step has a title of its own: {titles:?}");
}

async fn s36_the_person_is_told_to_use_the_address_of_their_permits(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    let hint = "the same email you use to fill out permits";
    assert!(luis.open("/signup").await.words("#email-h").contains(hint));
    let page = luis.prove().await;
    assert!(luis.found(&page, "Lake Paving").await.text().contains(hint));
}

async fn s38_the_user_id_is_the_address_unless_another_is_chosen(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    let page = luis.prove().await;
    let page = luis.found(&page, "Lake Paving").await;
    assert_eq!(page.attribute("#username", "value"), "luis@lake.example");
    assert!(page.words("#username-h").contains("cannot change"));
    let fields =
        [("username", "luis.ortega"), ("password", PASSWORD), ("given_name", "Luis"), ("family_name", "Ortega")];
    luis.create(&luis.fill(&page, &fields).await).await;
    assert_eq!(app.count("select count(*) from accounts where username = 'luis.ortega'").await, 1);
}

async fn s39_no_pin_is_asked_for(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    let page = luis.prove().await;
    let page = luis.found(&page, "Lake Paving").await;
    assert!(!page.text().contains("PIN") && !page.has("[name=pin]"));
}

async fn s42_the_new_account_is_signed_in_and_signs_in_later(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    let ready = luis.create(&luis.answer_all("Lake Paving").await).await;
    assert_eq!(ready.words("#person"), "Luis Ortega");
    let elsewhere = Visitor::new();
    let page = elsewhere.open(&app.at("/login")).await.page();
    let fields = [("username", "luis@lake.example"), ("password", PASSWORD)];
    let page = elsewhere.press(&page, "main form button[type=submit]", &fields).await.page();
    assert_eq!(page.words("#person"), "Luis Ortega");
}

async fn from_a_site_without_an_account_to_the_site_as_founder(app: TestApp) {
    let client = app.web_client("birch").await;
    let asked = client.asks("openid organization");
    let luis = Newcomer::new(&app, "luis@lake.example");
    let login = luis.visitor.open(&asked.url()).await.page();
    let errand = login.attribute("input[name=errand]", "value");
    let mut page = luis.open(&format!("/signup?errand={errand}")).await;
    assert!(page.text().contains("to continue to Client birch"));
    page = luis.fill(&page, &[("email", &luis.email)]).await;
    page = luis.fill(&page, &[("code", &app.mail_to(&luis.email).await.code())]).await;
    // A person takes longer than a site's request lives.
    app.advance(connex::kernel::Lifetime::minutes(40));
    page = luis.choose(&luis.found(&page, "Lake Paving").await).await;
    let notice = luis.create(&page).await;
    let callback = luis.visitor.press(&notice, "#allow", &[]).await.outside();
    let answer = client.redeem(&asked, &asked.code(&callback)).await.json();
    let facts = claims(answer["id_token"].as_str().unwrap());
    assert_eq!(facts["org_role"], "founder", "{facts}");
}

async fn a_person_may_sign_up_in_spanish(app: TestApp) {
    northline(&app).await;
    let luis = Newcomer::new(&app, "luis@lake.example");
    let page = luis.open("/signup?lang=es").await;
    assert_eq!(page.words("h1"), "Cree una cuenta gratuita");
    let page = luis.fill(&page, &[("email", &luis.email)]).await;
    assert_eq!(app.mail_to(&luis.email).await.language.tag(), "es", "the language of the page is that of the mails");
    let page = luis.fill(&page, &[("code", &app.mail_to(&luis.email).await.code())]).await;
    assert!(page.words("label[for=none]").starts_with("Ninguna"));
}
