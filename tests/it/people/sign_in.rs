//! The sign-in page when things go wrong, and the pages around it.

use connex::{kernel::Lifetime, sites::Family};

use super::{agency::Agency, picture};
use crate::support::{app::SQLITE, app::TestApp, browser::Browser};

/// A browser that was sent to the sign-in page by a site.
async fn at_the_sign_in_page(javascript: bool) -> (TestApp, Agency, Browser) {
    let app = TestApp::start(SQLITE).await;
    app.person("dana").await;
    let birch = Agency::open(&app, Family::OneOffice, "Birch County").await;
    let browser = Browser::start(javascript).await;
    browser.goto(&birch.url).await;
    browser.click("#login").await;
    browser.wait_for("#username").await;
    (app, birch, browser)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_told_and_the_name_is_kept() {
    for javascript in [true, false] {
        let (_app, birch, browser) = at_the_sign_in_page(javascript).await;
        browser.fill("#username", "dana").await;
        browser.fill("#password", "a wrong one").await;
        browser.click("button[type=submit]").await;
        browser.wait_for("#errors").await;
        browser.screenshot(picture(&format!("wrong-password-{javascript}"))).await;
        assert!(browser.text("#errors").await.contains("not correct"));
        assert!(browser.client().title().await.unwrap().starts_with("Error: "));
        let field = browser.client().find(fantoccini::Locator::Css("#username")).await.unwrap();
        assert_eq!(field.prop("value").await.unwrap().unwrap(), "dana");
        browser.fill("#password", crate::support::app::PASSWORD).await;
        browser.click("button[type=submit]").await;
        browser.wait_for("#allow").await;
        browser.click("#allow").await;
        browser.wait_for("#person-name").await;
        assert!(browser.url().await.starts_with(&birch.url));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_cancels_is_back_at_the_site_with_a_friendly_page() {
    let (_app, birch, browser) = at_the_sign_in_page(false).await;
    browser.click("#cancel").await;
    browser.wait_for("#error").await;
    assert!(browser.url().await.starts_with(&birch.url));
    assert!(browser.text("#error").await.contains("cancelled"));
    browser.screenshot(picture("cancelled")).await;
    browser.click("#retry").await;
    browser.wait_for("#username").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_declines_to_be_known_is_back_at_the_site() {
    let (app, birch, browser) = at_the_sign_in_page(true).await;
    browser.fill("#username", "dana").await;
    browser.fill("#password", crate::support::app::PASSWORD).await;
    browser.click("button[type=submit]").await;
    browser.wait_for("#deny").await;
    browser.click("#deny").await;
    browser.wait_for("#error").await;
    assert!(browser.url().await.starts_with(&birch.url));
    assert_eq!(app.count("select count(*) from consents").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_that_took_too_long_leads_back_to_the_site() {
    let (app, birch, browser) = at_the_sign_in_page(true).await;
    app.advance(Lifetime::hours(25));
    browser.fill("#username", "dana").await;
    browser.fill("#password", crate::support::app::PASSWORD).await;
    browser.click("button[type=submit]").await;
    browser.wait_for("#error").await;
    browser.screenshot(picture("took-too-long")).await;
    assert!(browser.text("#error").await.contains("took too long"));
    browser.click("#error a.btn").await;
    browser.wait_for("#login").await;
    assert!(browser.url().await.starts_with(&birch.url));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_of_our_own_are_fit_to_be_seen() {
    let (app, _birch, browser) = at_the_sign_in_page(true).await;
    for (path, name) in [("/", "home"), ("/no-such-page", "not-found"), ("/login", "login")] {
        browser.goto(&app.at(path)).await;
        browser.screenshot(picture(name)).await;
    }
    browser.fill("#username", "dana").await;
    browser.fill("#password", crate::support::app::PASSWORD).await;
    browser.click("button[type=submit]").await;
    browser.wait_for("#person").await;
    browser.screenshot(picture("home-signed-in")).await;
    browser.goto(&app.at("/logout")).await;
    browser.screenshot(picture("sign-out-question")).await;
    browser.click("#logout").await;
    browser.wait_for("#logged-out").await;
    browser.screenshot(picture("signed-out")).await;
    browser.resize(320).await;
    browser.goto(&app.at("/no-such-page")).await;
    browser.screenshot(picture("not-found-telephone")).await;
}
