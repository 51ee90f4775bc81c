//! The last step, when something was taken meanwhile; and the mail to people who have an account.

use super::{Newcomer, PASSWORD};
use crate::support::{app::TestApp, on_both_engines};

on_both_engines! {
    s25_an_address_has_one_account
    e12_a_user_id_that_is_taken_is_refused
    e12_nobody_takes_the_address_of_another_as_user_id
    e12_an_address_that_was_a_user_id_before_is_refused_by_mail_only
    a_user_id_taken_at_the_last_moment_leads_back_and_loses_nothing
    an_address_taken_at_the_last_moment_leads_to_signing_in
}

async fn s25_an_address_has_one_account(app: TestApp) {
    let dana = app.person("dana").await;
    let twin = Newcomer::new(&app, &dana.email.to_uppercase());
    twin.begin().await;
    let mail = app.mail_to(&dana.email).await;
    assert_eq!(mail.subject, "You already have a ConneX account");
    assert!(mail.link().ends_with("/login"));
    assert_eq!(app.count("select count(*) from accounts").await, 1);
}

/// A person at the login credentials.
async fn at_credentials<'a>(app: &'a TestApp, email: &str) -> (Newcomer<'a>, crate::support::http::Page) {
    let newcomer = Newcomer::new(app, email);
    let page = newcomer.prove().await;
    let page = newcomer.found(&page, "Lake Paving").await;
    (newcomer, page)
}

const NAMES: [(&str, &str); 3] = [("password", PASSWORD), ("given_name", "Luis"), ("family_name", "Ortega")];

async fn e12_a_user_id_that_is_taken_is_refused(app: TestApp) {
    app.person("dana").await;
    let (luis, page) = at_credentials(&app, "luis@lake.example").await;
    let page = luis.fill(&page, &[&NAMES[..], &[("username", "DANA")]].concat()).await;
    assert_eq!(page.words("#username-e"), "Error: That user ID is in use. Choose another one");
    assert_eq!(page.attribute("#given_name", "value"), "Luis");
}

async fn e12_nobody_takes_the_address_of_another_as_user_id(app: TestApp) {
    let dana = app.person("dana").await;
    let (luis, page) = at_credentials(&app, "luis@lake.example").await;
    for address in [dana.email.as_str(), "someday@lake.example"] {
        let page = luis.fill(&page, &[&NAMES[..], &[("username", address)]].concat()).await;
        assert!(page.words("#username-e").contains("must be your own email"), "{address}");
    }
}

async fn e12_an_address_that_was_a_user_id_before_is_refused_by_mail_only(app: TestApp) {
    app.person("old@lake.example").await;
    let twin = Newcomer::new(&app, "old@lake.example");
    let page = twin.begin().await;
    assert!(page.has("#code"), "the page is the same");
    assert_eq!(app.mail_to("old@lake.example").await.subject, "You already have a ConneX account");
}

async fn a_user_id_taken_at_the_last_moment_leads_back_and_loses_nothing(app: TestApp) {
    let (luis, page) = at_credentials(&app, "luis@lake.example").await;
    let check = luis.fill(&page, &[&NAMES[..], &[("username", "luis")]].concat()).await;
    app.person("luis").await;
    let page = luis.create(&check).await;
    assert_eq!(page.words("#username-e"), "Error: That user ID is in use. Choose another one");
    let check = luis.fill(&page, &[("username", "luis.o")]).await;
    let ready = luis.create(&check).await;
    assert_eq!(ready.words("#standing"), "You are the founder of Lake Paving.");
}

async fn an_address_taken_at_the_last_moment_leads_to_signing_in(app: TestApp) {
    let one = Newcomer::new(&app, "luis@lake.example");
    let check = one.answer_all("Lake Paving").await;
    app.person("luis").await;
    app.change("update account_identifiers set folded = 'luis@lake.example' where folded = 'luis@people.example'")
        .await;
    let page = one.create(&check).await;
    assert_eq!(page.status, 409);
    assert_eq!(page.attribute("#errors a", "href"), "/login");
    assert_eq!(app.count("select count(*) from organizations").await, 0, "nothing is half done");
}
