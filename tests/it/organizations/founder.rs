//! The founder: rights, hand-over, and the end of an organization.

use connex::{
    kernel::Lifetime,
    organizations::{Role, founder, housekeeping, members},
};

use super::{Northline, person};
use crate::support::{
    app::{PASSWORD, TestApp},
    http::{Page, Visitor},
    on_both_engines,
};

on_both_engines! {
    s20_the_founder_is_who_created_the_organization
    s21_the_founder_has_every_right_of_an_administrator
    s22_the_founder_cannot_be_removed
    s23_only_the_founder_can_delete_the_organization
    s24_an_organization_is_deleted_when_the_founder_is_alone_and_restored_within_30_days
    s24_after_30_days_nothing_is_left
    the_founder_role_is_handed_over_by_both
    the_operator_replaces_a_founder_with_seven_days_notice
}

async fn s20_the_founder_is_who_created_the_organization(app: TestApp) {
    let north = Northline::on(app).await;
    let marcus = north.browser(&north.marcus).await;
    assert_eq!(north.page(&marcus, "/org").await.words("#founder"), "Dana Whitfield");
    assert_eq!(north.founders().await, [north.dana.id]);
}

async fn s21_the_founder_has_every_right_of_an_administrator(app: TestApp) {
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    let paths =
        ["/org", "/org/edit", "/org/users", "/org/users/add", "/org/users/paste", "/org/activity", "/org/founder"];
    for path in paths {
        assert_eq!(dana.get(&north.app.at(path)).await.status, 200, "{path}");
    }
}

/// Posts fields to a path with the proof of some page of the same browser.
async fn post(north: &Northline, visitor: &Visitor, path: &str, fields: &[(&str, &str)]) -> Page {
    let proof = north.page(visitor, "/org/leave").await.attribute("input[name=proof]", "value");
    let proof = if proof.is_empty() {
        north.page(visitor, "/org/edit").await.attribute("input[name=proof]", "value")
    } else {
        proof
    };
    let mut all = vec![("proof", proof.as_str())];
    all.extend(fields);
    visitor.post(&north.app.at(path), &all).await
}

async fn s22_the_founder_cannot_be_removed(app: TestApp) {
    let north = Northline::on(app).await;
    let (dana, ellen) = (north.browser(&north.dana).await, north.browser(&north.ellen).await);
    let path = north.member_path(&north.dana).await;
    assert!(!north.page(&ellen, "/org/users").await.has(&format!("a[href='{path}/remove']")));
    assert!(north.page(&ellen, &path).await.words("#locked").contains("The founder cannot be removed"));
    let acts: [(&str, &[(&str, &str)]); 5] = [
        (&path, &[("act", "role"), ("role", "member")]),
        (&path, &[("act", "disable")]),
        (&format!("{path}/remove"), &[("act", "remove")]),
        (&format!("{path}/remove"), &[("act", "delete")]),
        ("/org/leave", &[]),
    ];
    for (path, fields) in acts {
        let whose = if path == "/org/leave" { vec![&dana] } else { vec![&dana, &ellen] };
        for visitor in whose {
            let refused = post(&north, visitor, path, fields).await;
            assert_eq!(refused.status, 409, "{path} {fields:?}");
            assert!(refused.text().contains("The founder cannot be removed"), "{}", refused.text());
        }
    }
    assert_eq!(north.founders().await, [north.dana.id]);
    let mut unit = north.app.app.db.write().await.unwrap();
    let place = connex::organizations::place_of(&mut unit, north.dana.id).await.unwrap().unwrap();
    assert!(!members::leave(&mut unit, &place).await.unwrap());
}

async fn s23_only_the_founder_can_delete_the_organization(app: TestApp) {
    let north = Northline::on(app).await;
    for person in [&north.ellen, &north.marcus] {
        let visitor = north.browser(person).await;
        assert!(!north.page(&visitor, "/org").await.has("a[href='/org/founder']"));
        assert_eq!(visitor.get(&north.app.at("/org/founder/delete")).await.status, 403);
        let fields = [("organization", "Northline Hauling"), ("current_password", PASSWORD)];
        assert_eq!(post(&north, &visitor, "/org/founder/delete", &fields).await.status, 403);
    }
    assert_eq!(north.app.count("select count(*) from organizations where status = 'active'").await, 1);
}

/// Removes everybody but the founder.
async fn empty(north: &Northline, dana: &Visitor) {
    for person in [&north.ellen, &north.marcus] {
        let page = north.page(dana, &format!("{}/remove", north.member_path(person).await)).await;
        dana.press(&page, "button[value=remove]", &[]).await.page();
    }
}

async fn s24_an_organization_is_deleted_when_the_founder_is_alone_and_restored_within_30_days(app: TestApp) {
    let north = Northline::on(app).await;
    let luis = person(&north.app, "luis", "Luis Ortega").await;
    north.ask(&luis, None).await;
    let dana = north.browser(&north.dana).await;
    let options = north.page(&dana, "/org/founder").await;
    assert!(options.words("#blocks").contains("2 users are left") && !options.has("#delete"));
    let fields = [("organization", "Northline Hauling"), ("current_password", PASSWORD)];
    assert_eq!(post(&north, &dana, "/org/founder/delete", &fields).await.status, 409);
    empty(&north, &dana).await;
    let form = north.page(&dana, "/org/founder/delete").await;
    assert!(form.words("#effects").contains("1 open request is cancelled"));
    for wrong in [
        [("organization", "Northline"), ("current_password", PASSWORD)],
        [("organization", "Northline Hauling"), ("current_password", "wrong")],
    ] {
        let refused = dana.press_once(&form, "button[type=submit]", &wrong).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
    }
    let done = dana.press(&form, "button[type=submit]", &fields).await.page();
    assert!(done.words("#notice").contains("was deleted"), "{}", done.text());
    assert_eq!(dana.get(&north.app.at("/org")).await.status, 403);
    assert!(north.app.mail_to(&luis.email).await.subject.contains("was deleted"));
    north.app.advance(Lifetime::days(29));
    let mut unit = north.app.app.db.write().await.unwrap();
    founder::restore(&mut unit, &north.app.app.accounts.kit, north.id).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(north.role_of(&north.dana).await, Some(Role::Founder));
    assert!(north.app.mail_to(&north.dana.email).await.subject.contains("was restored"));
}

async fn s24_after_30_days_nothing_is_left(app: TestApp) {
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    empty(&north, &dana).await;
    let form = north.page(&dana, "/org/founder/delete").await;
    let fields = [("organization", "northline hauling"), ("current_password", PASSWORD)];
    dana.press(&form, "button[type=submit]", &fields).await.page();
    north.app.advance(Lifetime::days(30));
    housekeeping::sweep(&north.app.app.accounts).await.unwrap();
    for left in
        ["select count(*) from memberships", "select count(*) from organizations where name <> '' or email is not null"]
    {
        assert_eq!(north.app.count(left).await, 0, "{left}");
    }
    let mut unit = north.app.app.db.write().await.unwrap();
    let late = founder::restore(&mut unit, &north.app.app.accounts.kit, north.id).await;
    assert!(matches!(late, Err(founder::RestoreError::NotRestorable)), "{late:?}");
}

async fn the_founder_role_is_handed_over_by_both(app: TestApp) {
    let north = Northline::on(app).await;
    let (dana, ellen) = (north.browser(&north.dana).await, north.browser(&north.ellen).await);
    let options = north.page(&dana, "/org/founder").await;
    assert_eq!(dana.press_once(&options, "#offer", &[("current_password", "wrong")]).await.status, 422);
    let offered = dana.press(&options, "#offer", &[("current_password", PASSWORD)]).await.page();
    assert!(offered.words("#open").contains("Ellen Cho"));
    assert!(north.app.mail_to(&north.ellen.email).await.link().ends_with("/org/founder/hand-over"));
    assert!(north.page(&dana, "/org/founder/hand-over").await.has("#none"), "the offer is not to herself");
    let page = north.page(&ellen, "/org/founder/hand-over").await;
    assert_eq!(ellen.press_once(&page, "#accept", &[("current_password", "wrong")]).await.status, 422);
    assert_eq!(north.founders().await, [north.dana.id]);
    ellen.press(&page, "#accept", &[("current_password", PASSWORD)]).await.page();
    assert_eq!(north.founders().await, [north.ellen.id]);
    assert_eq!(north.role_of(&north.dana).await, Some(Role::Administrator));
    assert_eq!(dana.get(&north.app.at("/org/founder")).await.status, 403, "at the next request");
    assert_eq!(ellen.press_once(&page, "#accept", &[("current_password", PASSWORD)]).await.status, 409);
}

async fn the_operator_replaces_a_founder_with_seven_days_notice(app: TestApp) {
    let north = Northline::on(app).await;
    let announce = async |to| {
        let kit = &north.app.app.accounts.kit;
        let mut unit = north.app.app.db.write().await.unwrap();
        let to = connex::accounts::get(&mut unit, to).await.unwrap().unwrap();
        let announced = founder::announce_replacement(&mut unit, kit, north.id, &to, "A letter").await;
        if announced.is_ok() {
            unit.commit().await.unwrap();
        }
        announced
    };
    assert!(matches!(announce(north.marcus.id).await, Err(founder::HandOverError::NotAnAdministrator)));
    announce(north.ellen.id).await.unwrap();
    for reader in [&north.dana, &north.ellen] {
        assert!(north.app.mail_to(&reader.email).await.text.contains("A letter"));
    }
    let dana = north.browser(&north.dana).await;
    let options = north.page(&dana, "/org/founder").await;
    dana.press(&options, "#cancel", &[]).await.page();
    north.app.advance(Lifetime::days(8));
    housekeeping::sweep(&north.app.app.accounts).await.unwrap();
    assert_eq!(north.founders().await, [north.dana.id], "she stopped it");
    announce(north.ellen.id).await.unwrap();
    north.app.advance(Lifetime::days(6));
    housekeeping::sweep(&north.app.app.accounts).await.unwrap();
    assert_eq!(north.founders().await, [north.dana.id], "not before its day");
    north.app.advance(Lifetime::days(1));
    housekeeping::sweep(&north.app.app.accounts).await.unwrap();
    assert_eq!(north.founders().await, [north.ellen.id]);
    assert_eq!(north.role_of(&north.dana).await, Some(Role::Administrator));
}
