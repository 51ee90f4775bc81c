//! A person at a browser, whose pages, typed fields and clicks are counted against the budgets.

use super::{agency::Agency, picture};
use crate::support::{
    app::{Person, Setting, TestApp},
    browser::Browser,
};
use connex::{kernel::Language, sites::Family};

/// How a story is told: on which engine, with which screen, in which language.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    pub setting: Setting,
    pub javascript: bool,
    pub width: u32,
    pub language: Language,
}

/// At a desk, in English, with JavaScript.
pub const fn desk(setting: Setting) -> Manner {
    Manner { setting, javascript: true, width: 1280, language: Language::English }
}

/// On the narrowest telephone, in Spanish, without JavaScript.
pub const fn telephone(setting: Setting) -> Manner {
    Manner { setting, javascript: false, width: 320, language: Language::Spanish }
}

/// Runs each story at a desk on SQLite and on a telephone on PostgreSQL, and the other way round.
macro_rules! at_a_desk_and_on_a_telephone {
    ($($name:ident)*) => {
        mod desk { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() {
            super::$name(crate::people::walk::desk(crate::support::app::SQLITE)).await;
        })* }
        mod telephone { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() {
            super::$name(crate::people::walk::telephone(crate::support::app::POSTGRES)).await;
        })* }
    };
}
pub(crate) use at_a_desk_and_on_a_telephone;

/// Pages seen, fields typed into, buttons pressed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub pages: u32,
    pub fields: u32,
    pub clicks: u32,
}

/// A person's way through pages.
pub struct Walk {
    pub browser: Browser,
    pub counts: Counts,
    manner: Manner,
    story: &'static str,
}

impl Manner {
    /// The same at pages that speak English, whoever reads them.
    pub const fn in_english(self) -> Self {
        Self { language: Language::English, ..self }
    }
}

impl Walk {
    /// A fresh browser, which speaks the language of the story.
    pub async fn begin(app: &TestApp, manner: Manner, story: &'static str) -> Self {
        Self::begin_at(&app.at(&format!("/?lang={}", manner.language)), manner, story).await
    }

    /// A fresh browser at another page, such as one of a site.
    pub async fn begin_at(url: &str, manner: Manner, story: &'static str) -> Self {
        let browser = Browser::start(manner.javascript).await;
        browser.resize(manner.width).await;
        browser.goto(url).await;
        Self { browser, counts: Counts::default(), manner, story }
    }

    /// Waits for a page, looks at it, and keeps its picture. It fits the screen and speaks the right language.
    pub async fn see(&mut self, selector: &str, step: &str) {
        self.browser.wait_for(selector).await;
        self.counts.pages += 1;
        let facts = "return [document.documentElement.scrollWidth, document.documentElement.lang]";
        let facts = self.browser.client().execute(facts, vec![]).await.unwrap();
        assert!(facts[0].as_u64() <= Some(u64::from(self.manner.width)), "{step} scrolls sideways: {facts}");
        assert_eq!(facts[1], self.manner.language.tag(), "{step}");
        let place = if self.manner.width > 1000 { "desk" } else { "telephone" };
        self.browser.screenshot(picture(&format!("{}-{place}-{}-{step}", self.story, self.counts.pages))).await;
    }

    /// Types into a field.
    pub async fn fill(&mut self, name: &str, text: &str) {
        self.counts.fields += 1;
        self.browser.fill(&format!("#{name}"), text).await;
    }

    /// Presses a button, or follows a link that is one.
    pub async fn press(&mut self, selector: &str) {
        self.counts.clicks += 1;
        self.browser.click(selector).await;
    }

    /// Chooses a radio button: no typing, and not a main button.
    pub async fn choose(&self, id: &str) {
        self.browser.click(&format!("label[for=\"{id}\"]")).await;
    }

    /// From here on the budget counts.
    pub fn count_from_here(&mut self) {
        self.counts = Counts::default();
    }

    /// Fails when the budget (pages, fields, clicks) is exceeded.
    pub fn assert_within(&self, pages: u32, fields: u32, clicks: u32) {
        let Counts { pages: p, fields: f, clicks: c } = self.counts;
        assert!(p <= pages && f <= fields && c <= clicks, "{:?}; the budget is {pages}/{fields}/{clicks}", self.counts);
    }

    /// Signs in on the page that is shown.
    pub async fn sign_in(&mut self, username: &str, password: &str) {
        self.browser.wait_for("#username").await;
        self.fill("username", username).await;
        self.fill("password", password).await;
        self.press("form[action=\"/login\"] button[type=submit]").await;
    }

    /// Signs a person of the harness in, away from any site.
    pub async fn sign_in_at_home(&mut self, app: &TestApp, person: &Person) {
        self.browser.goto(&app.at("/login")).await;
        self.sign_in(&person.username, &person.password).await;
        self.browser.wait_for("#person").await;
    }
}

/// An agency's OneOffice site.
pub async fn birch(app: &TestApp) -> Agency {
    Agency::open(app, Family::OneOffice, "Birch County Road Commission").await
}
