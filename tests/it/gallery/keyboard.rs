//! By keyboard alone: through sign-in, through sign-up, and through the users of an organization.

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use serde_json::Value;

use crate::support::{
    app::{Person, SQLITE, TestApp},
    browser::Browser,
};

const TAB: char = '\u{E004}';
const ENTER: char = '\u{E007}';
const SPACE: char = ' ';

/// Nobody has to press Tab more often to come to a field.
const MOST_STOPS: usize = 80;

/// What Tab should come to, in the order of the document: of radio buttons one a group.
const STOPS: &str = r"
const radios = (one) => [...document.querySelectorAll('input[type=radio]')].filter((other) => other.name === one.name && other.form === one.form);
const isStop = (element) => {
    if (element.tabIndex < 0 || element.disabled || !element.getClientRects().length) return false;
    if (element.type !== 'radio') return true;
    const group = radios(element);
    return element === (group.find((one) => one.checked) ?? group[0]);
};
const stops = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')].filter(isStop);
";

/// Where the focus is, and whether one sees it.
const FOCUS: &str = r"
const focused = document.activeElement;
const style = getComputedStyle(focused);
const box = focused.getBoundingClientRect();
return {
    id: focused.id,
    at: stops.indexOf(focused),
    count: stops.length,
    isSeen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.bottom > 0 && box.top < innerHeight,
    html: focused.outerHTML.slice(0, 90),
};
";

/// Hands on a keyboard.
struct Typist {
    browser: Browser,
}

impl Typist {
    async fn at(app: &TestApp, path: &str) -> Self {
        let browser = Browser::start(false).await;
        browser.goto(&app.at(path)).await;
        Self { browser }
    }

    async fn press(&self, keys: &[char]) {
        let down_and_up = keys.iter().flat_map(|key| [KeyAction::Down { value: *key }, KeyAction::Up { value: *key }]);
        let actions = down_and_up.fold(KeyActions::new("keyboard".to_owned()), KeyActions::then);
        self.browser.client().perform_actions(actions).await.unwrap();
    }

    async fn focus(&self) -> Value {
        self.browser.client().execute(&format!("{STOPS}{FOCUS}"), vec![]).await.unwrap()
    }

    /// Goes on by Tab until the focus is on `id`. Each stop on the way is seen, and comes after the one before.
    async fn go_to(&self, id: &str) {
        let mut before = -1;
        for _ in 0..MOST_STOPS {
            self.press(&[TAB]).await;
            let focus = self.focus().await;
            let at = focus["at"].as_i64().unwrap();
            // After the last one the browser begins again at the top.
            if at < 0 {
                before = -1;
                continue;
            }
            assert!(before < 0 || at == before + 1, "the order is not that of the page: {focus}");
            assert_eq!(focus["isSeen"], true, "the focus is not seen: {focus}");
            before = at;
            if focus["id"] == id {
                return;
            }
        }
        panic!("Tab never comes to {id} at {}", self.browser.url().await);
    }

    /// Types into a field, in place of what is in it.
    async fn fill(&self, id: &str, text: &str) {
        self.go_to(id).await;
        let has_text = self.browser.client().find(fantoccini::Locator::Css(&format!("#{id}"))).await.unwrap();
        let length = has_text.prop("value").await.unwrap().unwrap_or_default().chars().count();
        self.press(&['\u{E010}']).await;
        self.press(&vec!['\u{E003}'; length]).await;
        self.press(&text.chars().collect::<Vec<_>>()).await;
    }

    /// Sends the form that the focus is in, and waits for what it leads to.
    async fn enter(&self, waits_for: &str) {
        self.press(&[ENTER]).await;
        self.browser.wait_for(waits_for).await;
    }

    /// The summary of what is wrong has the focus, without a script.
    async fn assert_focus_on_the_errors(&self) {
        assert_eq!(self.focus().await["id"], "errors");
    }
}

async fn sign_in(typist: &Typist, person: &Person) {
    typist.fill("username", &person.username).await;
    typist.fill("password", &person.password).await;
    typist.enter("#person").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_signs_in_by_keyboard() {
    let app = TestApp::start(SQLITE).await;
    let dana = app.person("dana").await;
    let typist = Typist::at(&app, "/login").await;
    typist.fill("username", "dana").await;
    typist.fill("password", "a wrong one").await;
    typist.enter("#errors").await;
    typist.assert_focus_on_the_errors().await;
    sign_in(&typist, &dana).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_signs_up_by_keyboard() {
    let app = TestApp::start(SQLITE).await;
    let typist = Typist::at(&app, "/signup").await;
    typist.fill("email", "no address").await;
    typist.enter("#errors").await;
    typist.assert_focus_on_the_errors().await;
    typist.fill("email", "luis@lake.example").await;
    typist.enter("#code").await;
    typist.fill("code", &app.mail_to("luis@lake.example").await.code()).await;
    typist.enter("#q").await;
    typist.go_to("none").await;
    typist.press(&[SPACE]).await;
    typist.enter("#street").await;
    for (id, text) in [("name", "Lake Paving"), ("street", "1 Main St"), ("city", "Brainerd"), ("state", "MN")] {
        typist.fill(id, text).await;
    }
    typist.fill("postal_code", "56401").await;
    typist.enter("#given_name").await;
    typist.fill("password", "plum harvest canoe lantern").await;
    typist.fill("given_name", "Luis").await;
    typist.fill("family_name", "Ortega").await;
    typist.enter("#create").await;
    typist.go_to("create").await;
    typist.enter("#standing").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_manages_users_by_keyboard() {
    let app = TestApp::start(SQLITE).await;
    let dana = app.person("dana").await;
    app.organization("Northline Hauling LLC", &dana).await;
    let typist = Typist::at(&app, "/login").await;
    sign_in(&typist, &dana).await;
    typist.browser.goto(&app.at("/org/users")).await;
    typist.go_to("add").await;
    typist.enter("#given_name").await;
    typist.fill("given_name", "Priya").await;
    typist.enter("#errors").await;
    typist.assert_focus_on_the_errors().await;
    typist.fill("family_name", "Raman").await;
    typist.fill("email", "priya@northline.example").await;
    typist.go_to("role-member").await;
    typist.enter("#notice").await;
    assert!(typist.browser.text("#notice").await.contains("Priya Raman"));
    typist.browser.goto(&app.at("/org/users")).await;
    let invitation = typist.browser.client().find(fantoccini::Locator::Css("a[href^='/org/invitations/']")).await;
    let address = invitation.unwrap().attr("href").await.unwrap().unwrap();
    typist.browser.goto(&app.at(&address)).await;
    typist.go_to("withdraw").await;
    typist.enter("#notice").await;
}
