//! Where a person is signed in (X37).

use connex::kernel::Lifetime;
use reqwest::{Method, header::USER_AGENT};

use super::{is_signed_in, signed_in};
use crate::support::{
    app::{PASSWORD, TestApp},
    http::{Visitor, read},
    on_both_engines,
};

on_both_engines! {
    every_browser_stands_on_the_page_in_plain_words
    one_browser_is_signed_out
    all_others_are_signed_out
    a_session_of_somebody_else_is_no_session
}

const TELEPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";

/// Signs `name` in with a telephone.
async fn telephone(app: &TestApp, name: &str) -> Visitor {
    let visitor = Visitor::new();
    let proof = visitor.open(&app.at("/login")).await.page().attribute("input[name=proof]", "value");
    let fields = [("proof", proof.as_str()), ("username", name), ("password", PASSWORD)];
    let request = visitor.request(Method::POST, &app.at("/login")).header(USER_AGENT, TELEPHONE).form(&fields);
    assert_eq!(read(request).await.status, 303);
    visitor
}

async fn every_browser_stands_on_the_page_in_plain_words(app: TestApp) {
    let (_, visitor) = signed_in(&app, "dana").await;
    let page = visitor.open(&app.at("/account/devices")).await.page();
    assert!(page.text().contains("You are signed in nowhere else."), "{}", page.text());
    telephone(&app, "dana").await;
    let page = visitor.open(&app.at("/account/devices")).await.page();
    assert_eq!(page.words("caption"), "2 browsers");
    assert!(
        page.words("tbody").contains("Safari on iPhone") && page.words("tbody").contains("127.0.0."),
        "{}",
        page.text()
    );
    assert!(page.words("tbody").contains("This device"));
    app.advance(Lifetime::minutes(13 * 60));
    telephone(&app, "dana").await;
    let again = telephone(&app, "dana").await.open(&app.at("/account/devices")).await.page();
    assert_eq!(again.words("caption"), "2 browsers", "what nobody used for 12 hours is signed out");
}

async fn one_browser_is_signed_out(app: TestApp) {
    let (_, visitor) = signed_in(&app, "dana").await;
    let lost = telephone(&app, "dana").await;
    let page = visitor.open(&app.at("/account/devices")).await.page();
    let page = visitor.press(&page, "td button", &[]).await.page();
    assert_eq!(page.words("#notice"), "Safari on iPhone was signed out");
    assert!(!is_signed_in(&app, &lost).await && is_signed_in(&app, &visitor).await);
}

async fn all_others_are_signed_out(app: TestApp) {
    let (_, visitor) = signed_in(&app, "dana").await;
    let (_, lee) = signed_in(&app, "lee").await;
    let others = [telephone(&app, "dana").await, telephone(&app, "dana").await];
    let page = visitor.open(&app.at("/account/devices")).await.page();
    let page = visitor.press(&page, "#others", &[]).await.page();
    assert_eq!(page.words("#notice"), "2 other browsers were signed out");
    for other in &others {
        assert!(!is_signed_in(&app, other).await);
    }
    assert!(is_signed_in(&app, &visitor).await && is_signed_in(&app, &lee).await);
}

async fn a_session_of_somebody_else_is_no_session(app: TestApp) {
    let ((_, dana), (_, eve)) = (signed_in(&app, "dana").await, signed_in(&app, "eve").await);
    telephone(&app, "dana").await;
    let page = dana.open(&app.at("/account/devices")).await.page();
    let action = page.attribute("td form", "action");
    let proof = eve.open(&app.at("/account/details")).await.page().attribute("input[name=proof]", "value");
    let paths = [
        action.as_str(),
        "/account/devices/sess_00000000000000000000000000",
        "/account/devices/x",
        "/account/devices/%00",
    ];
    for path in paths {
        let answer = eve.post(&app.at(path), &[("proof", proof.as_str())]).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    assert_eq!(dana.open(&app.at("/account/devices")).await.page().words("caption"), "2 browsers");
}
