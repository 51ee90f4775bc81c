//! Invitations: found while signing up, and opened from the mail.

use connex::kernel::Lifetime;

use super::{Newcomer, PASSWORD, invite, northline};
use crate::support::{app::TestApp, http::Visitor, on_both_engines};

on_both_engines! {
    s55_the_invited_person_chooses_user_id_and_password_by_the_mailed_link
    e18_a_scanner_that_opens_and_submits_the_link_changes_nothing
    a_waiting_invitation_is_found_while_signing_up
    who_is_not_of_that_organization_finds_their_own
    an_invitation_withdrawn_meanwhile_is_told_and_nothing_is_lost
    who_has_an_account_signs_in_and_joins
    another_person_who_is_signed_in_cannot_join
    an_expired_link_leads_to_asking_for_a_new_one
    a_used_link_leads_on
    o7_the_invitation_of_somebody_who_may_invite_no_more_is_refused
}

const LUIS: &str = "luis@lake.example";

async fn s55_the_invited_person_chooses_user_id_and_password_by_the_mailed_link(app: TestApp) {
    let dana = northline(&app).await;
    let link = invite(&app, &dana, LUIS).await;
    let visitor = Visitor::new();
    let page = visitor.open(&link).await.page();
    assert!(page.words("h1").contains("Join Northline Hauling LLC"));
    assert_eq!(
        (page.attribute("#username", "value"), page.attribute("#given_name", "value")),
        (LUIS.into(), "Luis".into())
    );
    let ready = visitor.press(&page, "#join", &[("password", PASSWORD)]).await.page();
    assert_eq!(ready.words("#standing"), "You belong to Northline Hauling LLC.");
    assert_eq!(ready.words("#person"), "Luis Ortega");
    let proven = app
        .count("select count(*) from accounts where email = 'luis@lake.example' and email_verified_at is not null")
        .await;
    assert_eq!(proven, 1);
    assert_eq!(app.count("select count(*) from memberships where role = 'member' and created_account").await, 1);
}

async fn e18_a_scanner_that_opens_and_submits_the_link_changes_nothing(app: TestApp) {
    let dana = northline(&app).await;
    let link = invite(&app, &dana, LUIS).await;
    let scanner = Visitor::new();
    for _ in 0..2 {
        let page = scanner.open(&link).await.page();
        let page = scanner.press(&page, "#join", &[]).await.page();
        assert!(page.has("#password[aria-invalid]"), "a button alone does nothing");
    }
    assert_eq!(app.count("select count(*) from accounts").await, 1);
    assert_eq!(app.count("select count(*) from invitations where status = 'open'").await, 1);
    let visitor = Visitor::new();
    let page = visitor.open(&link).await.page();
    assert!(visitor.press(&page, "#join", &[("password", PASSWORD)]).await.page().has("#standing"));
}

async fn a_waiting_invitation_is_found_while_signing_up(app: TestApp) {
    let dana = northline(&app).await;
    invite(&app, &dana, LUIS).await;
    let luis = Newcomer::new(&app, LUIS);
    let page = luis.prove().await;
    assert_eq!(page.words("h1"), "Northline Hauling LLC invited you");
    let page = luis.visitor.press(&page, ".join", &[]).await.page();
    let check = luis.choose(&page).await;
    assert!(check.text().contains("Northline Hauling LLC, which invited you"));
    assert_eq!(luis.create(&check).await.words("#standing"), "You belong to Northline Hauling LLC.");
    assert_eq!(app.count("select count(*) from invitations where status = 'accepted'").await, 1);
}

async fn who_is_not_of_that_organization_finds_their_own(app: TestApp) {
    let dana = northline(&app).await;
    invite(&app, &dana, LUIS).await;
    let luis = Newcomer::new(&app, LUIS);
    let page = luis.prove().await;
    let page = luis.visitor.press(&page, "#not-mine", &[]).await.page();
    assert_eq!(page.url.path(), "/signup/organization");
    let check = luis.choose(&luis.found(&page, "Lake Paving").await).await;
    assert!(luis.create(&check).await.text().contains("founder of Lake Paving"));
    assert_eq!(app.count("select count(*) from invitations where status = 'open'").await, 1);
}

async fn an_invitation_withdrawn_meanwhile_is_told_and_nothing_is_lost(app: TestApp) {
    let dana = northline(&app).await;
    invite(&app, &dana, LUIS).await;
    let luis = Newcomer::new(&app, LUIS);
    let page = luis.prove().await;
    let page = luis.visitor.press(&page, ".join", &[]).await.page();
    let check = luis.choose(&page).await;
    app.change("update invitations set status = 'withdrawn'").await;
    let page = luis.create(&check).await;
    assert!(page.words("#org-e").contains("cannot take you in now"));
    assert_eq!(app.count("select count(*) from accounts").await, 1, "no account without a place");
    assert_eq!(luis.found(&page, "Lake Paving").await.url.path(), "/signup/check");
}

async fn who_has_an_account_signs_in_and_joins(app: TestApp) {
    let dana = northline(&app).await;
    let luis = app.person("luis").await;
    let link = invite(&app, &dana, &luis.email).await;
    let visitor = Visitor::new();
    let page = visitor.open(&link).await.page();
    assert!(page.attribute("#sign-in", "href").starts_with("/login?next="));
    assert!(!page.has("#password"), "nobody sets a password of an account by an invitation");
    app.sign_in(&visitor, &luis).await;
    let page = visitor.open(&link).await.page();
    assert_eq!(app.count("select count(*) from memberships").await, 1, "opening changes nothing");
    let ready = visitor.press(&page, "#join", &[]).await.page();
    assert!(ready.words("#notice").contains("You joined Northline Hauling LLC"));
    assert_eq!(app.count("select count(*) from memberships where created_account").await, 0);
}

async fn another_person_who_is_signed_in_cannot_join(app: TestApp) {
    let dana = northline(&app).await;
    let eve = app.person("eve").await;
    let link = invite(&app, &dana, LUIS).await;
    let visitor = Visitor::new();
    app.sign_in(&visitor, &eve).await;
    let page = visitor.open(&link).await.page();
    assert!(page.words("h1").contains("for another person") && !page.has("#join"));
    let proof = visitor.open(&app.at("/account/organization")).await.page().attribute("input[name=proof]", "value");
    visitor
        .post(&link, &[("proof", &proof), ("password", PASSWORD), ("given_name", "Eve"), ("family_name", "E")])
        .await;
    assert_eq!(app.count("select count(*) from memberships").await, 1);
    assert_eq!(app.count("select count(*) from accounts").await, 2);
}

async fn an_expired_link_leads_to_asking_for_a_new_one(app: TestApp) {
    let dana = northline(&app).await;
    let link = invite(&app, &dana, LUIS).await;
    app.advance(Lifetime::days(8));
    let visitor = Visitor::new();
    let page = visitor.open(&link).await.page();
    assert!(page.text().contains("Ask Dana Whitfield to send it again"));
    for _ in 0..2 {
        let asked = visitor.press(&page, "#ask", &[]).await.page();
        assert!(asked.words("#notice").contains("We asked the administrators"));
    }
    let mails = app.mails_to(&dana.email).await;
    assert_eq!(mails.len(), 1, "once a day");
    assert!(mails[0].link().contains("/org/invitations/inv_"));
}

async fn a_used_link_leads_on(app: TestApp) {
    let dana = northline(&app).await;
    let link = invite(&app, &dana, LUIS).await;
    let visitor = Visitor::new();
    let page = visitor.open(&link).await.page();
    visitor.press(&page, "#join", &[("password", PASSWORD)]).await;
    for dead in [link.as_str(), &app.at("/invite/made-up"), &app.at(&format!("/invite/{}", "a".repeat(64)))] {
        let page = Visitor::new().open(dead).await.page();
        assert_eq!(page.status, 410, "{dead}");
        assert!(page.text().contains("This invitation link does not work") && page.has("main a[href='/login']"));
    }
}

async fn o7_the_invitation_of_somebody_who_may_invite_no_more_is_refused(app: TestApp) {
    let dana = northline(&app).await;
    let ellen = app.person("ellen").await;
    let organization =
        connex::organizations::place_of(&mut app.app.db.read().await.unwrap(), dana.id).await.unwrap().unwrap();
    app.add_to(organization.organization, &ellen, connex::organizations::Role::Administrator).await;
    let link = invite(&app, &ellen, LUIS).await;
    app.change("update memberships set role = 'member' where role = 'administrator'").await;
    let visitor = Visitor::new();
    let page = visitor.open(&link).await.page();
    if page.has("#join") {
        let page = visitor.press(&page, "#join", &[("password", PASSWORD)]).await.page();
        assert_eq!(page.status, 410);
    }
    assert_eq!(app.count("select count(*) from memberships where ended_at is null").await, 2);
    assert_eq!(app.count("select count(*) from accounts").await, 2);
}
