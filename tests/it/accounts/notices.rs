//! What people are told by mail of their own account.

use reqwest::{Method, header::USER_AGENT};

use super::{ANOTHER, mails_of, try_to_sign_in};
use crate::support::{
    app::{PASSWORD, Person, TestApp},
    http::{Visitor, read},
    on_both_engines_with_limits,
};

on_both_engines_with_limits! {
    a_sign_in_with_a_new_browser_is_told_and_the_first_one_is_not
    many_wrong_passwords_are_told_once
    a_reset_ends_the_wait
}

async fn sign_in_with(app: &TestApp, person: &Person, user_agent: &str) {
    let visitor = Visitor::new();
    let proof = visitor.open(&app.at("/login")).await.page().attribute("input[name=proof]", "value");
    let fields = [("proof", proof.as_str()), ("username", &person.username), ("password", PASSWORD)];
    let request = visitor.request(Method::POST, &app.at("/login")).header(USER_AGENT, user_agent).form(&fields);
    assert_eq!(read(request).await.status, 303);
}

async fn a_sign_in_with_a_new_browser_is_told_and_the_first_one_is_not(app: TestApp) {
    let dana = app.person("dana").await;
    let firefox =
        |version: u32| format!("Mozilla/5.0 (Windows NT 10.0; rv:{version}.0) Gecko/20100101 Firefox/{version}.0");
    for version in [128, 128, 129] {
        sign_in_with(&app, &dana, &firefox(version)).await;
    }
    assert!(app.mails_to(&dana.email).await.is_empty(), "neither the first one nor a newer version is news");
    sign_in_with(&app, &dana, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.5 Safari/605.1.15").await;
    let mail = app.mail_to(&dana.email).await;
    assert_eq!(mail.subject, "New sign-in to your ConneX account");
    assert!(mail.text.contains("Safari on Mac") && mail.text.contains("127.0.0."), "{}", mail.text);
    assert_eq!(mail.link(), app.at("/account/devices"));
}

async fn many_wrong_passwords_are_told_once(app: TestApp) {
    let dana = app.person("dana").await;
    for number in 1..=14 {
        try_to_sign_in(&app, "dana", "a wrong one").await;
        try_to_sign_in(&app, "nobody", "a wrong one").await;
        app.advance(connex::kernel::Lifetime::minutes(16));
        app.until("the jobs are done", async || {
            app.count("select count(*) from jobs where kind <> 'mail.send'").await == 0
        })
        .await;
        let told = mails_of(&app, &dana.email, "accounts.many_failures").await.len();
        assert_eq!(told, usize::from(number >= 10), "after {number}");
    }
}

async fn a_reset_ends_the_wait(app: TestApp) {
    let dana = app.person("dana").await;
    for _ in 0..5 {
        try_to_sign_in(&app, "dana", "a wrong one").await;
    }
    let page = try_to_sign_in(&app, "dana", PASSWORD).await;
    assert_eq!((page.status.as_u16(), page.attribute("#reset", "href")), (429, "/recover".to_owned()));
    super::ask_for_link(&app, &Visitor::new(), "dana").await;
    let visitor = Visitor::new();
    let page = visitor.open(&super::link_to(&app, &dana.email, 1).await).await.page();
    visitor.press(&page, "#save", &[("password", ANOTHER)]).await.page();
    assert_eq!(try_to_sign_in(&app, "dana", ANOTHER).await.status, 303);
}
