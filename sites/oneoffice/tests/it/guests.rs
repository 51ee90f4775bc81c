//! People from ConneX in the agency's records.

use serde_json::json;

use crate::office::{Browser, Office};
use crate::provider::SUB;
use crate::scim::{USER_EXTENSION, user};

async fn dana_signs_in(browser: &Browser) -> bool {
    browser.open("/auth/connex/login").await.says(r#"id="person-name""#)
}

#[tokio::test]
async fn s63_s85_both_kinds_are_listed_and_found() {
    let office = Office::with_northline().await;
    let gloria = office.gloria().await;
    for (search, count) in
        [("", 3), ("priya", 1), ("Northline", 1), ("NORTHLINE.example", 1), ("haskins", 1), ("zzz", 0)]
    {
        let list = gloria.open(&format!("/admin/records?zone=Core&table=User&q={search}")).await;
        assert!(list.says(&format!("Users ({count})")), "{search}: {}", list.html);
    }
    let list = gloria.open("/admin/records?zone=Core&table=User").await;
    assert!(list.says("Employee (local)") && list.says(">ConneX</td>") && list.says("Northline Hauling LLC"));
}

#[tokio::test]
async fn s80_a_person_from_connex_needs_no_license_and_is_not_offered_one() {
    let office = Office::with_northline().await;
    let gloria = office.gloria().await;
    let page = gloria.open("/admin/records?zone=Core&table=License").await;
    assert!(page.says("9 licenses left.") && !page.says("Priya"));
    let id = gloria.record("Priya Raman").await.rsplit('/').next().unwrap().to_owned();
    let forged = gloria.post("/admin/licenses", &[("application", "OneOffice"), ("employee", &id)]).await;
    assert!(forged.says("9 licenses left."));
}

#[tokio::test]
async fn s86_what_connex_says_is_read_only_and_what_is_local_is_not() {
    let office = Office::with_northline().await;
    let gloria = office.gloria().await;
    let record = gloria.record("Priya Raman").await;
    let page = gloria.open(&record).await;
    assert!(page.says(r#"id="change-in-connex""#) && page.says(r#"value="priya@northline.example" readonly"#));
    let forged =
        [("email", "evil@birch.example"), ("first_name", "Eve"), ("role", "Reviewer"), ("notes", "Calls on Mondays")];
    let page = gloria.post(&record, &forged).await;
    assert!(page.says("priya@northline.example") && !page.says("Eve"));
    assert!(page.says(r#"value="Reviewer" checked"#) && page.says("Calls on Mondays"));
    office.connex.post("/Users", &user("priya", 2)).await;
    assert!(gloria.open(&record).await.says("Calls on Mondays"), "a sync leaves what is the site's own");
}

#[tokio::test]
async fn s88_a_local_change_is_put_back_and_the_log_says_so() {
    let office = Office::with_northline().await;
    let gloria = office.gloria().await;
    let id = gloria.record("Priya Raman").await.rsplit('/').next().unwrap().to_owned();
    let digest = office.connex.get("/connex/digest?kind=User").await.body;
    gloria.post(&format!("/admin/profiles/{id}"), &[("phone", "555-0101")]).await;
    assert_ne!(office.connex.get("/connex/digest?kind=User").await.body, digest, "a local change shows in the digest");
    let headers = [("connex-reason", "drift"), ("connex-txn", "txn_1")];
    office.connex.send(reqwest::Method::POST, "/Users", &headers, Some(&user("priya", 2))).await;
    let log = gloria.open("/admin/sync/log").await;
    let line = "put back: phone of Priya Raman: 555-0101 → 555-0199 (changed here by Gloria Reyes)";
    assert!(log.says(line) && log.says("Auto sync"), "{}", log.html);
    let told = loop {
        let asked = office.provider.asked();
        if let Some((_, body)) = asked.into_iter().find(|(request, _)| request == "POST /api/v1/put-backs") {
            break body;
        }
        tokio::task::yield_now().await;
    };
    let item = json!({ "kind": "User", "id": "priya", "attribute": "phone", "there": "555-0101", "here": "555-0199", "by": "Gloria Reyes" });
    assert_eq!(told, json!({ "txn": "txn_1", "items": [item] }));
}

#[tokio::test]
async fn s91_delete_warns_that_the_person_comes_back_and_they_do() {
    let office = Office::with_northline().await;
    let gloria = office.gloria().await;
    let record = gloria.record("Priya Raman").await;
    let page = gloria.open(&format!("{record}/delete")).await;
    assert!(page.says("will come back at the next sync while Northline Hauling LLC is approved. Disable instead?"));
    gloria.post(&format!("{record}/delete"), &[]).await;
    assert_eq!(gloria.record("Priya Raman").await, "");
    assert_eq!(office.connex.get("/connex/digest?kind=User").await.body["count"], 0);
    office.connex.post("/Users", &user("priya", 2)).await;
    assert_eq!(gloria.record("Priya Raman").await, record);
}

#[tokio::test]
async fn s92_disable_ends_sessions_survives_a_sync_and_is_told_to_connex() {
    let office = Office::with_northline().await;
    office.connex.post("/Users", &user(SUB, 12)).await;
    let standing = format!("PUT /api/v1/users/{SUB}/standing");
    office.provider.answer(&standing, 204, json!(null));
    let (gloria, dana) = (office.gloria().await, office.browser());
    assert!(dana_signs_in(&dana).await);
    let list = gloria.open("/admin/records?zone=Core&table=User&q=person-dana").await.html;
    let record = format!(
        "/admin/users/connex/{}",
        list.split("/admin/users/connex/").nth(1).unwrap().split('"').next().unwrap()
    );
    gloria.post(&record, &[("disable", "1")]).await;
    assert!(dana.open("/").await.says(r#"id="signed-out""#), "signed out at once");
    assert_eq!(dana.open("/auth/connex/login").await.status, 403);
    let mut newer = user(SUB, 13);
    newer["active"] = json!(true);
    newer[USER_EXTENSION]["role"] = json!("administrator");
    office.connex.post("/Users", &newer).await;
    assert_eq!(dana.open("/auth/connex/login").await.status, 403, "a sync does not enable");
    gloria.post(&record, &[("enable", "1")]).await;
    assert!(dana_signs_in(&dana).await);
    let told: Vec<_> =
        office.provider.asked().into_iter().filter(|(request, _)| *request == standing).map(|(_, body)| body).collect();
    assert_eq!(told, [json!({ "blocked": true }), json!({ "blocked": false })]);
}
