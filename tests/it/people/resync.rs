//! The *ConneX Sync* tab of the sample OneOffice site, in a browser, against ConneX itself.

use connex::{
    audit::Actor,
    kernel::OrganizationId,
    organizations::Role,
    sites::{self, Family},
};

use super::{agency::Agency, picture};
use crate::support::{app::TestApp, browser::Browser, on_both_engines, until};

on_both_engines! {
    s79_s81_s82_s83_gloria_presses_resync_and_reads_what_was_changed
}

const NAME: &str = "Northline Hauling LLC";

/// The agency with its employees, and an organization of two that it has approved.
async fn approved(app: &TestApp) -> (Agency, OrganizationId) {
    let birch = Agency::open_with(app, Family::OneOffice, "Birch County", |settings| settings.demo = true).await;
    let (dana, luis) = (app.person("dana").await, app.person("luis").await);
    let northline = app.organization(NAME, &dana).await;
    app.add_to(northline, &luis, Role::Member).await;
    let mut unit = app.app.db.write().await.unwrap();
    sites::approve(&mut unit, &Actor::Operator, birch.id, northline, vec!["bidder".to_owned()]).await.unwrap();
    unit.commit().await.unwrap();
    (birch, northline)
}

/// Gloria, who administers the agency's site, at its first page.
async fn gloria(birch: &Agency) -> Browser {
    let browser = Browser::start(false).await;
    browser.goto(&format!("{}/login", birch.url)).await;
    browser.fill("#email", "gloria@birch.example").await;
    browser.fill("#password", "maple canoe lantern harbor").await;
    browser.click("#employee-login").await;
    browser.wait_for("#who").await;
    browser
}

/// Presses Resync on the page of the organization that the tab finds, and reads what the next page says.
async fn resync(browser: &Browser, birch: &Agency, organization: OrganizationId) -> (String, String) {
    browser.goto(&format!("{}/admin/sync?q=north", birch.url)).await;
    browser.click(&format!("a[href=\"/admin/sync/organizations/{organization}\"]")).await;
    browser.wait_for("#resync").await;
    browser.click("#resync").await;
    browser.wait_for("#changes").await;
    (browser.text("h1").await, browser.text("#changes").await)
}

async fn s79_s81_s82_s83_gloria_presses_resync_and_reads_what_was_changed(app: TestApp) {
    let (birch, northline) = approved(&app).await;
    let gloria = gloria(&birch).await;
    let records = format!("{}/admin/records?zone=Core&table=User&q=people.example", birch.url);
    until("both people are in the site's database", async || {
        gloria.goto(&records).await;
        let page = gloria.text("main").await;
        page.contains("dana@people.example") && page.contains("luis@people.example")
    })
    .await;
    assert!(gloria.text("main").await.contains(NAME));
    let (heading, said) = resync(&gloria, &birch, northline).await;
    assert!(heading.starts_with("Nothing to change; last change "), "{heading}");
    assert!(said.contains("Everything here is as ConneX says."), "{said}");

    // What no fact told, so that it is only found by looking.
    app.change("update accounts set given_name = 'Lucho' where username = 'luis'").await;
    let (heading, said) = resync(&gloria, &birch, northline).await;
    gloria.screenshot(picture("oneoffice-resync")).await;
    assert_eq!(heading, "1 change");
    assert_eq!(said, "givenName of Lucho Whitfield Dana → Lucho");
    gloria.goto(&records).await;
    assert!(gloria.text("main").await.contains("Lucho Whitfield"), "it is in the site's database");
}
