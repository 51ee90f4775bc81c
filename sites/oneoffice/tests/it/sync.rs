//! ConneX Sync: finding, approving, resyncing, and what the page says when it does not work.

use serde_json::{Value, json};

use crate::office::Office;

const KNOWN: &str = "GET /api/v1/organizations?q=&scope=known&limit=50";

fn northline(status: &str) -> Value {
    json!({
        "id": "org_1", "name": "Northline Hauling LLC", "city": "Brainerd", "state": "MN", "status": status,
        "roles": ["bidder"], "users": 41, "confirmed": 41, "last_synced_at": "2026-11-20T14:05:00Z", "proven_at": 1_795_000_000,
        "history": [{ "status": "requested", "at": "2026-08-12T08:00:00Z", "decided_by": "Dana" }],
    })
}

async fn office(status: &str) -> Office {
    let office = Office::open().await;
    office.provider.answer(KNOWN, 200, json!({ "organizations": [northline(status)], "more": false }));
    office.provider.answer("GET /api/v1/organizations/org_1", 200, northline(status));
    office
}

#[tokio::test]
async fn s81_s82_organizations_that_the_agency_knows_come_first_and_then_all() {
    let office = office("linked").await;
    let gloria = office.gloria().await;
    let page = gloria.open("/admin/sync").await;
    assert!(
        page.says("Northline Hauling LLC")
            && page.says("Linked")
            && page.says("41 of 41")
            && page.says("Nov 20, 2026, 14:05 UTC")
    );
    assert!(page.says(r#"id="everywhere" href="/admin/sync?q=&#38;scope=all""#), "{}", page.html);
    gloria.open("/admin/sync?q=north&scope=all").await;
    let asked: Vec<String> = office.provider.asked().into_iter().map(|(request, _)| request).collect();
    assert!(asked.contains(&"GET /api/v1/organizations?q=north&scope=all&limit=50".to_owned()), "{asked:?}");
}

#[tokio::test]
async fn s84_an_empty_list_says_why_and_offers_the_sign_up_link() {
    let office = office("linked").await;
    office.provider.answer("GET /api/v1/organizations?q=zzz&scope=all&limit=50", 200, json!({ "organizations": [] }));
    let page = office.gloria().await.open("/admin/sync?q=zzz&scope=all").await;
    assert!(page.says("may not exist in ConneX yet") && page.says("email may not be verified yet"));
    assert!(page.says("mailto:?subject=") && page.says(&format!("{}/signup", office.provider.issuer)));
}

#[tokio::test]
async fn s79_s83_a_resync_lists_what_was_changed() {
    let office = office("approved").await;
    let changes = json!([
        { "kind": "User", "id": "p1", "name": "Priya Raman", "action": "add", "attributes": [] },
        { "kind": "User", "id": "p2", "name": "Luis Ortega", "action": "change",
          "attributes": [{ "name": "email", "there": "old@x.example", "here": "new@x.example" },
                         { "name": "familyName", "there": "Ortega", "here": "Ruiz" }] },
        { "kind": "Group", "id": "org_1", "name": "Northline", "action": "change",
          "attributes": [{ "name": "roles", "there": [], "here": ["bidder", "consultant"] }] },
        { "kind": "User", "id": "p3", "name": "Kim Park", "action": "deactivate", "attributes": [] },
    ]);
    let resync = "POST /sync/v1/orgs/org_1/resync";
    office.provider.answer(
        resync,
        200,
        json!({ "txn": "txn_1", "state": "done", "confirm_needed": null, "changes": changes }),
    );
    let gloria = office.gloria().await;
    let press =
        || gloria.post("/admin/sync/organizations/org_1", &[("resync", "1"), ("name", "Northline Hauling LLC")]);
    let page = press().await;
    for words in [
        "4 changes",
        "added Priya Raman",
        "email of Luis Ortega: old@x.example → new@x.example; last name of Luis Ortega: Ortega → Ruiz",
        "roles of Northline: nothing → bidder, consultant",
        "disabled Kim Park",
    ] {
        assert!(page.says(words), "{words}: {}", page.html);
    }
    office.provider.answer(
        resync,
        200,
        json!({ "txn": "t", "state": "done", "changes": [], "last_change_at": "2026-11-20T00:00:00Z" }),
    );
    assert!(press().await.says("Nothing to change; last change Nov 20, 2026"));
    let question =
        json!({ "txn": "t", "state": "paused", "confirm_needed": "would deactivate 38 of 41", "changes": [] });
    office.provider.answer(resync, 200, question);
    let page = press().await;
    assert!(page.says("This would deactivate 38 of 41. Is that right?") && page.says(r#"id="confirm""#));
    gloria.post("/admin/sync/organizations/org_1", &[("confirm", "1")]).await;
    assert_eq!(office.provider.asked().pop().unwrap().1, json!({ "dry_run": false, "confirm": true }));
}

#[tokio::test]
async fn s83_a_failure_says_the_reason_and_the_reference() {
    let office = office("approved").await;
    let error = json!({ "detail": "Birch County has not answered.", "code": "CX-1501", "reference": "K7Q2" });
    office.provider.answer("POST /sync/v1/orgs/org_1/resync", 503, error);
    let page = office.gloria().await.post("/admin/sync/organizations/org_1", &[("resync", "1")]).await;
    assert!(
        page.says("Birch County has not answered.") && page.says("Reference K7Q2") && page.says("Try again"),
        "{}",
        page.html
    );
}

#[tokio::test]
async fn an_organization_is_approved_with_roles_and_blocked_with_a_reason() {
    let office = office("requested").await;
    let approval = "PUT /api/v1/organizations/org_1/approval";
    office.provider.answer(approval, 200, northline("approved"));
    let gloria = office.gloria().await;
    let path = "/admin/sync/organizations/org_1";
    let form =
        [("approve", "1"), ("role", "bidder"), ("role", "consultant"), ("valid_until", "2027-01-31"), ("reason", "")];
    assert!(gloria.post(path, &form).await.says("Northline Hauling LLC was approved."));
    let sent = office.provider.asked().into_iter().find(|(request, _)| request == approval).unwrap().1;
    assert_eq!(
        sent,
        json!({
            "status": "approved", "roles": ["bidder", "consultant"], "reason": "", "valid_until": "2027-01-31",
            "decided_by": "Gloria Reyes",
        })
    );
    let page = gloria.post(path, &[("block", "1"), ("reason", "")]).await;
    assert!(page.status == 422 && page.says("Say why"));
    gloria.post(path, &[("block", "1"), ("reason", "No insurance")]).await;
    let sent = office.provider.asked().into_iter().rfind(|(request, _)| request == approval).unwrap().1;
    assert_eq!((&sent["status"], &sent["reason"]), (&json!("denied"), &json!("No insurance")));
}

#[tokio::test]
async fn s62_s89_s93_the_help_page_explains_accounts_and_ends_with_related_content() {
    let office = Office::open().await;
    let page = office.browser().open("/help/user-accounts").await;
    assert!(page.says("<h1>User Account(s)</h1>") && page.says("Related content") && page.says(r#"id="related""#));
    assert!(page.says(&format!("{}/help", office.provider.issuer)));
}
