//! The ways that the guide for agencies describes, with its pictures (see `book.rs`).

use connex::{
    audit::Actor,
    kernel::{Lifetime, OrganizationId},
    sites::approvals::{self, By},
};

use super::{
    agency::Agency,
    book,
    northline::{Northline, resident},
    office::{Gloria, office},
    walk::desk,
};
use crate::support::app::{SQLITE, TestApp};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_guide_for_agencies_shows_the_pages_as_they_are() {
    let app = TestApp::start(SQLITE).await;
    let (birch, northline) = (office(&app).await, Northline::of(&app).await);
    asks(&app, &birch, northline.id).await;
    for (name, founder, is_approved) in
        [("Copperfield Construction Inc.", ("Ana", "Cole"), true), ("Tri-County Aggregates", ("Otto", "Lind"), false)]
    {
        let founder = resident(&app, founder, &format!("{}@example.com", founder.1.to_lowercase())).await;
        let id = app.organization(name, &founder).await;
        asks(&app, &birch, id).await;
        if is_approved {
            birch.approves(&app, id).await;
        }
    }
    birch.is_right(&app).await;
    let mut gloria = Gloria::logs_in(&birch, desk(SQLITE), "guide").await;
    book::prepare(&gloria.walk.browser).await;
    approves(&mut gloria, &northline).await;
    birch.is_right(&app).await;
    gloria.finds("").await;
    book::keep(&gloria.walk.browser, "#users", "agency-users").await;
    edits_and_resyncs(&mut gloria, &northline).await;
}

async fn asks(app: &TestApp, birch: &Agency, organization: OrganizationId) {
    let mut unit = app.app.db.write().await.unwrap();
    approvals::request(&mut unit, By::from(&Actor::Operator), (birch.id, organization)).await.unwrap();
    unit.commit().await.unwrap();
    // What was said later stands above.
    app.advance(Lifetime::seconds(1));
}

async fn approves(gloria: &mut Gloria, northline: &Northline) {
    gloria.opens("/admin/sync").await;
    book::keep(&gloria.walk.browser, "#organizations", "agency-connex-sync").await;
    gloria.opens_the_organization(northline.id).await;
    gloria.walk.choose("role-bidder").await;
    book::keep(&gloria.walk.browser, "#approve", "agency-approve").await;
    gloria.walk.press("#approve").await;
    gloria.walk.browser.wait_for("#notice").await;
}

async fn edits_and_resyncs(gloria: &mut Gloria, northline: &Northline) {
    gloria.opens("/admin/records?zone=OneOffice&table=Profile&q=luis").await;
    gloria.walk.press("#profiles a").await;
    gloria.walk.fill("phone", "555-0101").await;
    gloria.walk.press("#save").await;
    gloria.walk.browser.wait_for("#notice").await;
    gloria.resyncs(northline.id).await;
    book::keep(&gloria.walk.browser, "#changes", "agency-resync").await;
    gloria.opens("/admin/sync/log").await;
    book::keep_top(&gloria.walk.browser, "#log", "agency-sync-log", 640).await;
}
