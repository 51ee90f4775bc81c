//! The operator speaks for an agency.

use connex::sites::Family;

use super::{of_site, operator, page};
use crate::support::{app::TestApp, on_both_engines};

on_both_engines! {
    an_organization_is_approved_suspended_blocked_and_ended_with_a_history
    every_word_but_an_approval_needs_a_reason
    an_approval_may_have_a_last_day
    an_organization_is_looked_for_by_its_whole_name_or_its_id
}

async fn an_organization_is_approved_suspended_blocked_and_ended_with_a_history(app: TestApp) {
    let visitor = operator(&app).await;
    let (site, _) = app.site(Family::OneOffice, "Birch", "https://birch.example", true).await;
    let dana = app.person("dana").await;
    app.organization("Northline", &dana).await;
    let list = page(&app, &visitor, &of_site(site, "/organizations")).await;
    assert!(list.has("#empty"));
    let mut shown = visitor.press(&list, "#find", &[("organization", "Northline")]).await.page();
    assert_eq!(shown.words("#standing"), "Not linked");
    for (act, fields, standing, wanted) in [
        ("#approve", [("roles", "bidder, hauler"), ("reason", "")], "Approved", 2),
        ("#suspend", [("roles", ""), ("reason", "Bond expired")], "Suspended", 0),
        ("#deny", [("roles", ""), ("reason", "Fraud")], "Blocked", 0),
        ("#revoke", [("roles", ""), ("reason", "Moved away")], "Approval ended", 0),
    ] {
        shown = visitor.press(&shown, act, &fields).await.page();
        assert!(shown.has("#notice"), "{act}: {}", shown.text());
        assert_eq!(shown.words("#standing"), standing);
        assert_eq!(app.count("select count(*) from sync_items where want = 'present'").await, wanted, "{act}");
    }
    assert_eq!(shown.count("#history tbody tr"), 4);
    assert!(shown.words("#history tbody").contains("Approved (bidder, hauler)"), "{}", shown.text());
    let nothing = visitor.press(&shown, "#revoke", &[("roles", ""), ("reason", "Once more")]).await.page();
    assert_eq!(nothing.status, 422);
    let list = page(&app, &visitor, &of_site(site, "/organizations?q=NORTH")).await;
    assert!(list.words("#organizations tbody tr").starts_with("Northline"), "{}", list.text());
    assert!(page(&app, &visitor, &of_site(site, "/organizations?q=%25")).await.has("#empty"), "a percent sign is one");
}

async fn every_word_but_an_approval_needs_a_reason(app: TestApp) {
    let visitor = operator(&app).await;
    let (site, _) = app.site(Family::OneOffice, "Birch", "https://birch.example", true).await;
    let organization = app.organization("Northline", &app.person("dana").await).await;
    let shown = page(&app, &visitor, &of_site(site, &format!("/organizations?item={organization}"))).await;
    let long = "x".repeat(201);
    for act in ["#suspend", "#deny", "#revoke"] {
        for reason in ["", "  ", &long] {
            let refused = visitor.press(&shown, act, &[("reason", reason)]).await.page();
            assert!(refused.status == 422 && refused.has("#reason-e"), "{act}: {}", refused.text());
        }
    }
    let refused = visitor.press(&shown, "#approve", &[("roles", "Two Words!")]).await.page();
    assert!(refused.has("#roles-e"), "{}", refused.text());
    assert_eq!(app.count("select count(*) from site_approvals").await, 0);
}

async fn an_approval_may_have_a_last_day(app: TestApp) {
    let visitor = operator(&app).await;
    let (site, _) = app.site(Family::OneOffice, "Birch", "https://birch.example", true).await;
    let organization = app.organization("Northline", &app.person("dana").await).await;
    let shown = page(&app, &visitor, &of_site(site, &format!("/organizations?item={organization}"))).await;
    for day in ["tomorrow", "2020-01-31"] {
        let refused = visitor.press(&shown, "#approve", &[("last_day", day), ("roles", "bidder")]).await.page();
        assert!(refused.status == 422 && refused.has("#last_day-e"), "{day}: {}", refused.text());
        assert_eq!(refused.attribute("input[name=last_day]", "value"), day, "nothing is lost");
        assert_eq!(refused.attribute("input[name=roles]", "value"), "bidder");
    }
    let approved = visitor.press(&shown, "#approve", &[("last_day", "2099-01-31")]).await.page();
    assert_eq!(approved.words("#standing"), "Approved until Jan 31, 2099");
    assert!(approved.words("#history tbody").contains("until Jan 31, 2099"), "{}", approved.text());
    let list = page(&app, &visitor, &of_site(site, "/organizations")).await;
    assert!(list.words("#organizations tbody").contains("until Jan 31, 2099"), "{}", list.text());
}

async fn an_organization_is_looked_for_by_its_whole_name_or_its_id(app: TestApp) {
    let visitor = operator(&app).await;
    let (site, _) = app.site(Family::OneOffice, "Birch", "https://birch.example", false).await;
    let dana = app.person("dana").await;
    let one = app.organization("Lake & Sons", &dana).await;
    app.organization("Lake & Sons", &app.person("luis").await).await;
    let list = page(&app, &visitor, &of_site(site, "/organizations")).await;
    for (wanted, status) in [("Nobody", 422), ("Lake & Sons", 422), ("", 422)] {
        let refused = visitor.press(&list, "#find", &[("organization", wanted)]).await.page();
        assert!(refused.status == status && refused.has("#organization-e"), "{wanted}: {}", refused.text());
    }
    let found = visitor.press(&list, "#find", &[("organization", &one.to_string())]).await.page();
    assert_eq!(found.words("h1"), "Lake & Sons at Birch");
    let missing = visitor.get(&app.at(&of_site(site, "/organizations?item=org_x"))).await;
    assert_eq!(missing.status, 404);
}
