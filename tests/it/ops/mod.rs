//! The operator's pages: who may open them, and what can be done there.

mod alarms;
mod changes;
mod deliveries;
mod organizations;
mod registration;
mod role;

use connex::kernel::SiteId;

use crate::support::{
    app::TestApp,
    http::{Page, Visitor},
};

/// A browser in which an operator has just signed in.
async fn operator(app: &TestApp) -> Visitor {
    let (omar, visitor) = (app.operator("omar").await, Visitor::new());
    app.sign_in(&visitor, &omar).await;
    visitor
}

/// A page of ours, as this browser sees it.
async fn page(app: &TestApp, visitor: &Visitor, path: &str) -> Page {
    let page = visitor.open(&app.at(path)).await.page();
    assert_eq!(page.status, 200, "{path}: {}", page.text());
    page
}

/// The address of a page of one site.
fn of_site(site: SiteId, rest: &str) -> String {
    format!("/ops/sites/{site}{rest}")
}
