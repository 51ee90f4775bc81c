//! The pages of an organization, for its founder, an administrator and a member.

use connex::{kernel::OrganizationId, organizations::Role, organizations::joining};

use crate::support::{
    app::{PASSWORD, Person},
    gallery::Walk,
    http::Visitor,
};

const SUBMIT: &str = "main button[type=submit]";

/// Dana founds Northline, and is alone at first.
pub(super) async fn found(walk: &mut Walk<'_>) {
    let dana = walk.app.person("dana").await;
    let visitor = walk.browser_of(&dana).await;
    walk.app.organization("Northline Hauling LLC", &dana).await;
    walk.see("org-new", &visitor, "/org").await;
    walk.see("users-alone", &visitor, "/org/users").await;
    walk.see("founder-alone", &visitor, "/org/founder").await;
    edit(walk, &visitor).await;
    let page = walk.see("org-delete", &visitor, "/org/founder/delete").await;
    let wrong = [("organization", "Southline"), ("current_password", "a wrong one")];
    walk.press("org-delete-wrong", (&visitor, &page), SUBMIT, &wrong).await;
    let good = [("organization", "Northline Hauling & Sons LLC"), ("current_password", PASSWORD)];
    walk.press("org-deleted", (&visitor, &page), SUBMIT, &good).await;
}

async fn edit(walk: &mut Walk<'_>, visitor: &Visitor) {
    let page = walk.see("org-edit", visitor, "/org/edit").await;
    let wrong =
        [("organization", ""), ("email", "no address"), ("state", "Minnesota"), ("postal_code", "x"), ("phone", "x")];
    walk.press("org-edit-wrong", (visitor, &page), SUBMIT, &wrong).await;
    let good = [
        ("organization", "Northline Hauling & Sons LLC"),
        ("email", "office@northline.example"),
        ("street", "1 Main St"),
        ("city", "Brainerd"),
        ("state", "MN"),
        ("postal_code", "56401"),
        ("phone", "218-555-0100"),
    ];
    walk.press("org-edited", (visitor, &page), SUBMIT, &good).await;
}

/// Northline with its people, an invitation and a request.
pub(super) async fn walk(walk: &mut Walk<'_>) {
    let [dana, ellen, marcus, luis] = ["dana", "ellen", "marcus", "luis"];
    let dana = walk.app.person(dana).await;
    let northline = walk.app.organization("Northline Hauling LLC", &dana).await;
    let ellen = member(walk, northline, ellen, Role::Administrator).await;
    let marcus = member(walk, northline, marcus, Role::Member).await;
    let luis = walk.app.person(luis).await;
    let founder = walk.browser_of(&dana).await;
    add(walk, &founder).await;
    paste(walk, &founder).await;
    requests(walk, northline, &luis, &founder).await;
    let administrator = walk.browser_of(&ellen).await;
    hand_over(walk, &founder, &administrator).await;
    as_a_member(walk, &marcus).await;
    people(walk, &founder, &marcus).await;
    walk.see("org-activity", &founder, "/org/activity").await;
    walk.see("org-activity-nothing", &founder, "/org/activity?q=nothing+of+the+kind").await;
}

async fn member(walk: &Walk<'_>, organization: OrganizationId, name: &str, role: Role) -> Person {
    let person = walk.app.person(name).await;
    walk.app.add_to(organization, &person, role).await;
    person
}

async fn add(walk: &mut Walk<'_>, visitor: &Visitor) {
    let page = walk.see("users-add", visitor, "/org/users/add").await;
    let wrong = [("given_name", ""), ("family_name", ""), ("email", "no address"), ("role", "member")];
    walk.press("users-add-wrong", (visitor, &page), "#add", &wrong).await;
    let good =
        [("given_name", "Priya"), ("family_name", "Raman"), ("email", "priya@northline.example"), ("role", "member")];
    let page = visitor.open(&walk.app.at("/org/users/add")).await.page();
    walk.press("users-add-another", (visitor, &page), "#another", &good).await;
    let users = walk.see("users", visitor, "/org/users").await;
    let invitation = users.attribute("a[href^='/org/invitations/']", "href");
    let page = walk.see("invitation", visitor, &invitation).await;
    walk.press("invitation-resent", (visitor, &page), "#resend", &[]).await;
}

async fn paste(walk: &mut Walk<'_>, visitor: &Visitor) {
    let page = walk.see("users-paste", visitor, "/org/users/paste").await;
    let wrong = [("people", "Kim Park, kim@northline.example\nno address"), ("role", "member")];
    walk.press("users-paste-wrong", (visitor, &page), "#add", &wrong).await;
    let many: String = (0..60).map(|n| format!("Kim Park{n}, kim{n}@northline.example\n")).collect();
    let page = visitor.open(&walk.app.at("/org/users/paste")).await.page();
    walk.press("users-pasted", (visitor, &page), "#add", &[("people", &many), ("role", "member")]).await;
    walk.see("users-second-page", visitor, "/org/users?page=2").await;
    walk.see("users-nobody", visitor, "/org/users?q=nobody+of+that+name").await;
}

async fn requests(walk: &mut Walk<'_>, northline: OrganizationId, luis: &Person, visitor: &Visitor) {
    let mut unit = walk.app.app.db.write().await.unwrap();
    let note = Some("I drive the new lowboy".parse().unwrap());
    joining::ask(&mut unit, &walk.app.app.accounts.kit, luis.id, northline, note).await.unwrap();
    unit.commit().await.unwrap();
    let users = walk.see("users-request", visitor, "/org/users").await;
    let request = users.attribute("a[href^='/org/requests/']", "href");
    let page = walk.see("request", visitor, &request).await;
    walk.press("request-denied", (visitor, &page), "#deny", &[("reason", "Ask the office first")]).await;
    walk.see("request-decided", visitor, &request).await;
    let asker = walk.browser_of(luis).await;
    walk.see("ready-denied", &asker, "/signup/ready").await;
}

async fn hand_over(walk: &mut Walk<'_>, founder: &Visitor, administrator: &Visitor) {
    walk.see("hand-over-none", administrator, "/org/founder/hand-over").await;
    let page = walk.see("founder", founder, "/org/founder").await;
    walk.press("founder-wrong", (founder, &page), "#offer", &[("current_password", "a wrong one")]).await;
    walk.press("founder-offered", (founder, &page), "#offer", &[("current_password", PASSWORD)]).await;
    let page = walk.see("hand-over", administrator, "/org/founder/hand-over").await;
    let wrong = [("current_password", "a wrong one")];
    walk.press("hand-over-wrong", (administrator, &page), "#accept", &wrong).await;
    walk.see("org-delete-blocked", founder, "/org/founder/delete").await;
}

async fn as_a_member(walk: &mut Walk<'_>, marcus: &Person) {
    let visitor = walk.browser_of(marcus).await;
    walk.see("org-as-member", &visitor, "/org").await;
    walk.see("org-leave", &visitor, "/org/leave").await;
}

async fn people(walk: &mut Walk<'_>, founder: &Visitor, marcus: &Person) {
    walk.see("org", founder, "/org").await;
    walk.see("org-leave-founder", founder, "/org/leave").await;
    let users = founder.open(&walk.app.at("/org/users?q=marcus")).await.page();
    let path = users.attribute("a[href$='/remove']", "href");
    walk.see("user-remove", founder, &path).await;
    let page = walk.see("user", founder, path.trim_end_matches("/remove")).await;
    walk.press("user-disabled", (founder, &page), "#disable", &[]).await;
    let visitor = walk.browser().await;
    let page = visitor.open(&walk.app.at("/login")).await.page();
    let fields = [("username", marcus.username.as_str()), ("password", PASSWORD)];
    walk.press("sign-in-disabled", (&visitor, &page), SUBMIT, &fields).await;
    let page = founder.open(&walk.app.at(&path)).await.page();
    walk.press("user-removed", (founder, &page), "button[value=remove]", &[]).await;
}
