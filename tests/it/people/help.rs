//! The help pages: everybody can read them, in both languages, and what they link to is there.

use scraper::{Html, Selector};

use crate::support::{
    app::TestApp,
    http::{Page, Visitor},
    on_both_engines,
};

const PAGES: [&str; 6] =
    ["/help", "/help/onegov", "/help/organizations", "/help/sign-in", "/privacy", "/accessibility"];

on_both_engines! {
    everybody_reads_each_page_in_both_languages
    each_link_leads_somewhere
    whoever_is_signed_in_keeps_the_header
    s31_the_guide_for_onegov_has_its_steps_in_order
    privacy_names_the_times_that_are_configured
}

async fn in_language(app: &TestApp, path: &str, language: &str) -> Page {
    Visitor::new().open(&app.at(&format!("{path}?lang={language}"))).await.page()
}

/// The address of each link of a page's main part.
fn links(page: &Page) -> Vec<String> {
    let document = Html::parse_document(&page.body);
    let selector = Selector::parse("main a[href]").unwrap();
    document.select(&selector).map(|link| link.attr("href").unwrap().to_owned()).collect()
}

async fn everybody_reads_each_page_in_both_languages(app: TestApp) {
    for path in PAGES {
        let [english, spanish] = [in_language(&app, path, "en").await, in_language(&app, path, "es").await];
        assert_eq!((english.status.as_u16(), spanish.status.as_u16()), (200, 200), "{path}");
        assert_eq!((english.attribute("html", "lang"), spanish.attribute("html", "lang")), ("en".into(), "es".into()));
        assert_ne!(english.words("h1"), spanish.words("h1"), "{path}");
        assert!(english.has("main h2"), "{path}");
    }
}

async fn each_link_leads_somewhere(app: TestApp) {
    let visitor = Visitor::new();
    let dana = app.person("dana").await;
    app.organization("Northline Hauling", &dana).await;
    app.sign_in(&visitor, &dana).await;
    for path in PAGES {
        let page = visitor.open(&app.at(path)).await.page();
        let found = links(&page);
        assert!(!found.is_empty(), "{path} leads nowhere");
        for link in found {
            for browser in [&visitor, &Visitor::new()] {
                let answer = browser.get(&app.at(&link)).await;
                assert!([200, 303].contains(&answer.status.as_u16()), "{path} links to {link}: {}", answer.status);
            }
        }
    }
}

async fn whoever_is_signed_in_keeps_the_header(app: TestApp) {
    let visitor = Visitor::new();
    let dana = app.person("dana").await;
    app.sign_in(&visitor, &dana).await;
    for path in PAGES {
        assert_eq!(visitor.open(&app.at(path)).await.page().words("#person"), "Dana Whitfield", "{path}");
    }
}

async fn s31_the_guide_for_onegov_has_its_steps_in_order(app: TestApp) {
    let guide = in_language(&app, "/help/onegov", "en").await;
    let steps = guide.words("main ol");
    let in_order = [
        "Start at ConneX",
        "Search for your organization",
        "None at the bottom of the list",
        "the email address that you use to fill out permits",
        "choose a user ID",
        "do not need a PIN",
        "Sign in to ConneX",
        "Manage Users",
        "Add new user to organization",
    ];
    let places = in_order.map(|step| steps.find(step).unwrap_or_else(|| panic!("no “{step}” in {steps}")));
    assert!(places.is_sorted(), "{steps}");
    let screens: Vec<String> = links(&guide).into_iter().filter(|link| link != "/help").collect();
    assert_eq!(screens, ["/signup", "/login", "/org/users", "/org/users/add"]);
}

async fn privacy_names_the_times_that_are_configured(app: TestApp) {
    let page = in_language(&app, "/privacy", "en").await;
    assert!(page.text().contains("after 12 hours without use, and after 7 days in any case"), "{}", page.text());
}
