//! What an organization's activity tells of sites.

use super::{Northline, Says};
use crate::support::{app::TestApp, http::Page, on_both_engines};

on_both_engines! {
    the_activity_says_who_synced_and_what_the_agency_said
    a_fact_without_words_does_not_end_the_activity
}

impl Northline {
    /// The lines of a page of the activity, newest first: who and what.
    async fn activity(&self, path: &str) -> (Page, Vec<String>) {
        let dana = self.browser(&self.dana).await;
        let page = self.page(&dana, path).await;
        let cell = |line, column| page.words(&format!("#activity tbody tr:nth-child({line}) td:nth-child({column})"));
        let lines = (1..=page.count("#activity tbody tr")).map(|line| format!("{} | {}", cell(line, 2), cell(line, 3)));
        let lines = lines.collect();
        (page, lines)
    }
}

async fn the_activity_says_who_synced_and_what_the_agency_said(app: TestApp) {
    let north = Northline::on(app).await;
    let ellen = north.browser(&north.ellen).await;
    north.sync(&ellen).await;
    for word in [Says::Approved, Says::Suspended, Says::Denied] {
        north.says(word).await;
        north.app.advance(connex::kernel::Lifetime::seconds(1));
    }
    let (_, lines) = north.activity("/org/activity").await;
    let expected = [
        "Operator of ConneX | Blocked the organization at Birch County",
        "Operator of ConneX | Suspended the organization at Birch County",
        "Operator of ConneX | Approved the organization at Birch County",
        "Ellen Whitfield | Linked the organization to Birch County",
    ];
    assert_eq!(lines[..4], expected);
    let (_, found) = north.activity("/org/activity?q=approved+the").await;
    assert_eq!(found, [expected[2]]);

    north.app.change("update audit_entries set actor = 'client:birch' where actor = 'operator'").await;
    north.app.change("update sites set status = 'removed', removed_at = 1").await;
    let (_, lines) = north.activity("/org/activity").await;
    assert_eq!(lines[0], "Birch County | Blocked the organization at Birch County");
}

async fn a_fact_without_words_does_not_end_the_activity(app: TestApp) {
    let north = Northline::on(app).await;
    for number in 0..60 {
        north.says(Says::Approved).await;
        north.says(Says::Revoked).await;
        north.app.advance(connex::kernel::Lifetime::seconds(number));
    }
    // A fact of a later version, of which this one has no words.
    north.app.change("update audit_entries set fact = 'sites.of_tomorrow' where fact = 'sites.approval_ended'").await;
    let (page, lines) = north.activity("/org/activity").await;
    assert!(lines.iter().all(|line| line.contains("Approved the organization at Birch County")), "{lines:?}");
    assert!(page.has("a[rel=next]"));
    let (last, lines) = north.activity("/org/activity?page=3").await;
    assert!(lines.last().is_some_and(|line| line.contains("Founded")), "{lines:?}");
    assert!(!last.has("a[rel=next]"));
    let (page, lines) = north.activity("/org/activity?q=approved+the&page=2").await;
    assert_eq!((lines.len(), page.has("a[rel=next]")), (10, false));
}
