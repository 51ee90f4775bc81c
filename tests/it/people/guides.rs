//! The ways that the guides for people and organizations describe, with their pictures (see `book.rs`).

use connex::{
    accounts::sign_in::{self, Browser as Device},
    audit::Actor,
    kernel::{AccountId, Language, OrganizationId},
    organizations::{
        self, AssignableRole, Profile, Role,
        invitations::{self, NewInvitation},
    },
};
use fantoccini::Locator;

use super::{agency::Agency, book, northline::resident, walk::birch};
use crate::support::{
    app::{PASSWORD, SQLITE, TestApp},
    browser::Browser,
};

/// A person before a browser, whose pages are kept as pictures.
struct Reader<'a> {
    app: &'a TestApp,
    browser: Browser,
}

impl<'a> Reader<'a> {
    async fn start(app: &'a TestApp) -> Self {
        let browser = Browser::start(true).await;
        book::prepare(&browser).await;
        Self { app, browser }
    }

    async fn open(&self, path: &str) {
        self.browser.goto(&self.app.at(path)).await;
    }

    async fn keep(&self, selector: &str, name: &str) {
        book::keep(&self.browser, selector, name).await;
    }

    async fn fill(&self, fields: &[(&str, &str)]) {
        for (name, text) in fields {
            self.browser.fill(&format!("#{name}"), text).await;
        }
    }

    /// Follows the link that begins with `words`.
    async fn follow(&self, words: &str) {
        let link = format!("//a[starts-with(normalize-space(.), \"{words}\")]");
        self.browser.client().wait().for_element(Locator::XPath(&link)).await.unwrap().click().await.unwrap();
    }
}

/// Northline, of which Dana is the founder and Ellen an administrator.
async fn northline(app: &TestApp) -> (OrganizationId, AccountId) {
    let dana = resident(app, ("Dana", "Whitfield"), "dana@northline.example").await.id;
    let colleagues = [
        (resident(app, ("Ellen", "Cho"), "ellen@northline.example").await.id, Role::Administrator),
        (resident(app, ("Ray", "Novak"), "ray@northline.example").await.id, Role::Member),
    ];
    let profile = Profile {
        email: Some("office@northline.example".parse().unwrap()),
        street: Some("2150 County Road 77".parse().unwrap()),
        city: Some("Brainerd".parse().unwrap()),
        state: Some("MN".parse().unwrap()),
        postal_code: Some("56401".parse().unwrap()),
        phone: Some("218-555-0142".parse().unwrap()),
        ..Profile::named("Northline Hauling LLC".parse().unwrap())
    };
    let mut unit = app.app.db.write().await.unwrap();
    let id = organizations::found(&mut unit, &Actor::Operator, profile, dana).await.unwrap();
    for (account, role) in colleagues {
        organizations::add_user(&mut unit, &Actor::Operator, id, account, role).await.unwrap();
    }
    unit.commit().await.unwrap();
    (id, dana)
}

/// Priya is invited, and Dana is signed in with a telephone, too.
async fn lately(app: &TestApp, dana: AccountId) {
    let kit = &app.app.accounts.kit;
    let mut unit = app.app.db.write().await.unwrap();
    let place = organizations::place_of(&mut unit, dana).await.unwrap().unwrap();
    let priya = NewInvitation {
        given_name: "Priya".parse().unwrap(),
        family_name: "Raman".parse().unwrap(),
        email: "priya@northline.example".parse().unwrap(),
        role: AssignableRole::Member,
    };
    let by = place.administrator().unwrap();
    invitations::invite(&mut unit, kit, by, priya, Language::English).await.unwrap();
    let user_agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604.1";
    let telephone = Device { network: "198.51.100.0/24".to_owned(), user_agent: user_agent.to_owned(), former: None };
    sign_in::enter(&mut unit, &app.app.accounts, dana, telephone).await.unwrap();
    unit.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_guides_show_the_pages_as_they_are() {
    let app = TestApp::start(SQLITE).await;
    let birch = birch(&app).await;
    let (_, dana) = northline(&app).await;
    lately(&app, dana).await;
    luis_signs_up(&app, &birch).await;
    let reader = Reader::start(&app).await;
    dana_signs_in(&reader, &birch).await;
    her_account(&reader).await;
    her_organization(&reader).await;
}

async fn luis_signs_up(app: &TestApp, birch: &Agency) {
    let luis = Reader::start(app).await;
    luis.browser.goto(&birch.url).await;
    luis.browser.click("#login").await;
    luis.keep("#username", "sign-in").await;
    luis.browser.click("#signup").await;
    luis.browser.wait_for("#email").await;
    luis.fill(&[("email", "luis@northline.example")]).await;
    luis.keep("#email", "sign-up-email").await;
    luis.browser.click("button[type=submit]").await;
    luis.keep("#code", "sign-up-code").await;
    luis.fill(&[("code", &app.mail_to("luis@northline.example").await.code())]).await;
    luis.browser.click("#continue").await;
    luis.browser.wait_for("#q").await;
    luis.fill(&[("q", "northline")]).await;
    luis.browser.click("#search").await;
    luis.browser.wait_for("input[value^=org_]").await;
    luis.browser.click("label[for^=org_]").await;
    luis.fill(&[("note", "I start on Monday as a driver.")]).await;
    luis.keep("#continue", "sign-up-organization").await;
    luis.browser.click("#continue").await;
    luis.browser.wait_for("#password").await;
    luis.fill(&[("password", PASSWORD), ("given_name", "Luis"), ("family_name", "Ortega")]).await;
    luis.browser.click("#continue").await;
    luis.keep("#create", "sign-up-check").await;
    luis.browser.click("#create").await;
    luis.keep("#cancel-request", "waiting").await;
}

async fn dana_signs_in(reader: &Reader<'_>, birch: &Agency) {
    let browser = &reader.browser;
    browser.goto(&birch.url).await;
    browser.click("#login").await;
    browser.wait_for("#forgot").await;
    browser.click("#forgot").await;
    browser.wait_for("#send").await;
    reader.fill(&[("username", "dana@northline.example")]).await;
    reader.keep("#send", "forgot-password").await;
    browser.goto(&birch.url).await;
    browser.click("#login").await;
    browser.wait_for("#username").await;
    reader.fill(&[("username", "dana@northline.example"), ("password", PASSWORD)]).await;
    browser.click("form[action=\"/login\"] button[type=submit]").await;
    reader.keep("#allow", "first-visit").await;
    browser.click("#allow").await;
    browser.wait_for("#person-name").await;
}

async fn her_account(reader: &Reader<'_>) {
    for (path, selector, name) in [
        ("/account", "#export", "my-account"),
        ("/account/details", "#save-name", "name-and-email"),
        ("/account/devices", "#others", "devices"),
        ("/account/sites", "tbody", "connected-sites"),
        ("/account/activity", "#activity", "activity"),
    ] {
        reader.open(path).await;
        reader.keep(selector, name).await;
    }
}

async fn her_organization(reader: &Reader<'_>) {
    reader.open("/org").await;
    reader.keep("#edit", "organization").await;
    reader.follow("Manage Users").await;
    reader.keep("#users", "manage-users").await;
    reader.browser.click("#requests a").await;
    reader.keep("#accept", "request").await;
    reader.open("/org/users/add").await;
    reader.fill(&[("given_name", "Alma"), ("family_name", "Reyes"), ("email", "alma@northline.example")]).await;
    reader.keep("#add", "add-user").await;
    reader.open("/org/users/paste").await;
    reader.fill(&[("people", "Bo Aho, bo@northline.example\nClara Cole, clara@northline.example")]).await;
    reader.keep("#people", "add-many").await;
    reader.open("/org/users").await;
    reader
        .browser
        .client()
        .find(Locator::XPath("//tr[contains(., 'Ray')]//a[1]"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    reader.keep("#save-role", "user").await;
    reader.browser.click("#remove").await;
    reader.keep("#effects", "remove-user").await;
    reader.open("/org/founder").await;
    reader.keep("#offer", "founder-options").await;
    reader.open("/org/activity").await;
    reader.keep("#activity", "organization-activity").await;
}
