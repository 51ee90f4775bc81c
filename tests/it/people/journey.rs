//! The main job: sign in at a OneOffice site, be known at a OneGov site, sign out once and be signed out at both.

use connex::sites::Family;

use super::{agency::Agency, picture};
use crate::support::{
    app::{POSTGRES, Person, SQLITE, Setting, TestApp},
    browser::Browser,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_javascript_at_a_desk() {
    travel(SQLITE, true, 1280, "desk").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_javascript_at_a_desk() {
    travel(POSTGRES, false, 1280, "desk-no-javascript").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_javascript_on_a_telephone() {
    travel(POSTGRES, true, 320, "telephone").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_javascript_on_a_telephone_over_https() {
    travel(SQLITE.https(), false, 320, "telephone-https").await;
}

/// A person's way, with a picture of each step.
struct Traveller {
    browser: Browser,
    dana: Person,
    label: &'static str,
    width: u32,
}

impl Traveller {
    /// Looks at the page: it fits the screen, and its picture is kept.
    async fn look(&self, step: &str) {
        let size = "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]";
        let size = self.browser.client().execute(size, vec![]).await.unwrap();
        assert!(size[0].as_u64() <= Some(u64::from(self.width)), "{step} scrolls sideways: {size}");
        self.browser.screenshot(picture(&format!("{}-{step}", self.label))).await;
    }

    async fn sign_in(&self) {
        self.browser.wait_for("#username").await;
        self.look("2-sign-in").await;
        self.browser.fill("#username", &self.dana.username).await;
        self.browser.fill("#password", &self.dana.password).await;
        self.browser.click("button[type=submit]").await;
    }

    async fn assert_facts(&self, status: &str) {
        self.browser.wait_for("#person-name").await;
        assert_eq!(self.browser.text("#person-name").await, "Dana Whitfield");
        assert_eq!(self.browser.text("#organization").await, "Northline Builders");
        assert!(self.browser.text("#org-role").await.to_lowercase().contains("founder"));
        assert_eq!(self.browser.text("#site-status").await.to_lowercase(), status);
    }

    async fn is_signed_out_at(&self, agency: &Agency) -> bool {
        self.browser.goto(&agency.url).await;
        self.browser.has("#signed-out").await
    }
}

async fn travel(setting: Setting, javascript: bool, width: u32, label: &'static str) {
    let app = TestApp::start(setting).await;
    let dana = app.person("dana").await;
    let northline = app.organization("Northline Builders", &dana).await;
    let birch = Agency::open(&app, Family::OneOffice, "Birch County").await;
    let oak = Agency::open(&app, Family::OneGov, "Oak County").await;
    birch.approves(&app, northline).await;
    let traveller = Traveller { browser: Browser::start(javascript).await, dana, label, width };
    traveller.browser.resize(width).await;

    arrive_at_the_first_site(&traveller, &birch).await;
    arrive_at_the_second_site(&traveller, &oak).await;
    leave_both(&traveller, &birch, &oak).await;
    come_again(&traveller, &oak).await;
}

async fn arrive_at_the_first_site(traveller: &Traveller, birch: &Agency) {
    let browser = &traveller.browser;
    browser.goto(&birch.url).await;
    traveller.look("1-oneoffice").await;
    browser.click("#login").await;
    traveller.sign_in().await;
    browser.wait_for("#allow").await;
    traveller.look("3-consent").await;
    browser.click("#allow").await;
    traveller.assert_facts("approved").await;
    assert!(browser.url().await.starts_with(&birch.url));
    traveller.look("4-oneoffice-signed-in").await;
}

async fn arrive_at_the_second_site(traveller: &Traveller, oak: &Agency) {
    let browser = &traveller.browser;
    browser.goto(&oak.url).await;
    traveller.look("5-onegov").await;
    browser.click("#login").await;
    browser.wait_for("#allow").await;
    assert!(!browser.has("#password").await, "nobody asks for a password again");
    browser.click("#allow").await;
    browser.wait_for("#person-name").await;
    traveller.look("6-onegov-signed-in").await;
    assert_eq!(browser.text("#person-name").await, "Dana Whitfield");
}

async fn leave_both(traveller: &Traveller, birch: &Agency, oak: &Agency) {
    let browser = &traveller.browser;
    browser.goto(&birch.url).await;
    browser.click("#logout").await;
    browser.wait_for("#signed-out").await;
    assert!(browser.text("#signed-out").await.contains("signed out of this site and of ConneX"));
    traveller.look("7-signed-out").await;
    crate::support::until("the other site learns of it", async || traveller.is_signed_out_at(oak).await).await;
    traveller.look("8-onegov-signed-out").await;
}

/// After signing out a password is needed again, but what was agreed to is remembered.
async fn come_again(traveller: &Traveller, oak: &Agency) {
    let browser = &traveller.browser;
    browser.goto(&oak.url).await;
    browser.click("#login").await;
    traveller.sign_in().await;
    browser.wait_for("#person-name").await;
    assert!(browser.url().await.starts_with(&oak.url));
}
