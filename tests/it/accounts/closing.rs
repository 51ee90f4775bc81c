//! Closing one's account (X42).

use connex::organizations::Role;

use super::{is_signed_in, mails_of, signed_in, try_to_sign_in};
use crate::support::{
    app::{PASSWORD, TestApp},
    http::{Page, Visitor},
    on_both_engines,
};

on_both_engines! {
    a_member_closes_the_account_and_leaves_the_organization
    a_founder_parts_with_the_organization_first
    an_account_is_closed_by_its_owner_only
}

async fn close(app: &TestApp, visitor: &Visitor, password: &str) -> Page {
    let page = visitor.open(&app.at("/account/close")).await.page();
    visitor.press(&page, "#close", &[("current_password", password)]).await.page()
}

async fn a_member_closes_the_account_and_leaves_the_organization(app: TestApp) {
    let (founder, (dana, visitor)) = (app.person("ellen").await, signed_in(&app, "dana").await);
    let northline = app.organization("Northline Hauling", &founder).await;
    app.add_to(northline, &dana, Role::Member).await;
    let page = visitor.open(&app.at("/account/close")).await.page();
    assert!(page.words("#effects").contains("You leave Northline Hauling."), "{}", page.text());
    let page = close(&app, &visitor, PASSWORD).await;
    assert_eq!(page.words("#notice"), "Your account is closed");
    assert!(!is_signed_in(&app, &visitor).await);
    assert_eq!(try_to_sign_in(&app, "dana", PASSWORD).await.status, 422);
    assert_eq!(app.count("select count(*) from memberships where ended_at is null").await, 1);
    assert_eq!(mails_of(&app, &dana.email, "accounts.closed").await.len(), 1);
}

async fn a_founder_parts_with_the_organization_first(app: TestApp) {
    let (dana, visitor) = signed_in(&app, "dana").await;
    app.organization("Northline Hauling", &dana).await;
    let page = visitor.open(&app.at("/account/close")).await.page();
    assert!(page.words("#locked").starts_with("You are the founder of Northline Hauling."), "{}", page.text());
    let proof = visitor.open(&app.at("/account/details")).await.page().attribute("input[name=proof]", "value");
    let fields = [("proof", proof.as_str()), ("current_password", PASSWORD)];
    assert!(visitor.post(&app.at("/account/close"), &fields).await.has("#locked"));
    assert!(is_signed_in(&app, &visitor).await);
    assert_eq!(try_to_sign_in(&app, "dana", PASSWORD).await.status, 303);
}

async fn an_account_is_closed_by_its_owner_only(app: TestApp) {
    let (_, visitor) = signed_in(&app, "dana").await;
    for password in ["", "a wrong one"] {
        let page = close(&app, &visitor, password).await;
        assert_eq!((page.status.as_u16(), page.words("#errors a")), (422, "That password is not correct".to_owned()));
    }
    assert!(is_signed_in(&app, &visitor).await);
}
