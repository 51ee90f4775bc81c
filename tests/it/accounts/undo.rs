//! Taking an address back from whoever has taken the account over (E-6, L-11).

use connex::kernel::Lifetime;
use reqwest::Method;

use super::{ANOTHER, ask_for_link, change_address, is_signed_in, link_to, mails_of, signed_in, try_to_sign_in};
use crate::support::{
    app::{PASSWORD, TestApp},
    http::{Visitor, read},
    on_both_engines,
};

on_both_engines! {
    the_former_address_takes_itself_back
    whoever_changed_the_password_too_is_thrown_out_all_the_same
    an_address_is_taken_back_also_after_it_was_changed_again
    taking_back_needs_the_password_and_a_press_of_the_button
    an_address_can_be_taken_back_for_three_days_and_once
    whoever_took_the_account_over_cannot_take_it_back
}

/// The link in the newest notice of a change to `address`.
async fn undo_link(app: &TestApp, address: &str) -> String {
    let notices = mails_of(app, address, "accounts.email_changed").await;
    notices.iter().rev().find(|mail| mail.text.contains("/recover/address/")).unwrap().link()
}

async fn take_back(link: &str, password: &str) -> crate::support::http::Page {
    let visitor = Visitor::new();
    let page = visitor.open(link).await.page();
    visitor.press(&page, "#undo", &[("password", password)]).await.page()
}

async fn the_former_address_takes_itself_back(app: TestApp) {
    let (dana, eve) = signed_in(&app, "dana").await;
    change_address(&app, &eve, "eve@people.example", PASSWORD).await;
    ask_for_link(&app, &Visitor::new(), "dana").await;
    let reset = link_to(&app, "eve@people.example", 1).await;
    let page = take_back(&undo_link(&app, &dana.email).await, PASSWORD).await;
    assert_eq!(
        page.words("#undone"),
        "dana@people.example is the address of your account again. Everybody was signed out."
    );
    assert!(!is_signed_in(&app, &eve).await);
    assert_eq!(Visitor::new().open(&reset).await.page().status, 410, "links for a new password are dead");
    assert_eq!(try_to_sign_in(&app, &dana.email, PASSWORD).await.status, 303);
    assert_eq!(try_to_sign_in(&app, "eve@people.example", PASSWORD).await.status, 422);
    for address in [dana.email.as_str(), "eve@people.example"] {
        assert_eq!(mails_of(&app, address, "accounts.email_change_undone").await.len(), 1, "{address}");
    }
}

async fn whoever_changed_the_password_too_is_thrown_out_all_the_same(app: TestApp) {
    let (dana, eve) = signed_in(&app, "dana").await;
    change_address(&app, &eve, "eve@people.example", PASSWORD).await;
    app.advance(Lifetime::minutes(5));
    let page = eve.open(&app.at("/account/password")).await.page();
    eve.press(&page, "#save", &[("current_password", PASSWORD), ("password", ANOTHER)]).await.page();
    let page = take_back(&undo_link(&app, &dana.email).await, PASSWORD).await;
    assert!(page.text().contains("Set a new one now"), "{}", page.text());
    for password in [PASSWORD, ANOTHER] {
        assert_eq!(try_to_sign_in(&app, "dana", password).await.status, 422);
    }
    ask_for_link(&app, &Visitor::new(), "dana").await;
    link_to(&app, &dana.email, 1).await;
}

async fn an_address_is_taken_back_also_after_it_was_changed_again(app: TestApp) {
    let (dana, eve) = signed_in(&app, "dana").await;
    change_address(&app, &eve, "eve@people.example", PASSWORD).await;
    app.advance(Lifetime::minutes(2));
    change_address(&app, &eve, "eve.two@people.example", PASSWORD).await;
    take_back(&undo_link(&app, &dana.email).await, PASSWORD).await;
    assert_eq!(try_to_sign_in(&app, &dana.email, PASSWORD).await.status, 303);
}

async fn taking_back_needs_the_password_and_a_press_of_the_button(app: TestApp) {
    let (dana, visitor) = signed_in(&app, "dana").await;
    change_address(&app, &visitor, "new@people.example", PASSWORD).await;
    let link = undo_link(&app, &dana.email).await;
    for _ in 0..20 {
        for method in [Method::GET, Method::HEAD] {
            assert_eq!(read(app.machine.request(method, &link)).await.status, 200);
        }
    }
    assert_eq!(read(app.machine.post(&link).form(&[("password", PASSWORD)])).await.status, 400);
    let page = take_back(&link, "a wrong one").await;
    assert_eq!((page.status.as_u16(), page.words("#errors a")), (422, "That password is not correct".to_owned()));
    assert!(is_signed_in(&app, &visitor).await);
}

async fn an_address_can_be_taken_back_for_three_days_and_once(app: TestApp) {
    let (dana, visitor) = signed_in(&app, "dana").await;
    change_address(&app, &visitor, "new@people.example", PASSWORD).await;
    let link = undo_link(&app, &dana.email).await;
    app.advance(Lifetime::minutes(72 * 60 - 1));
    let late = Visitor::new();
    let form = late.open(&link).await.page();
    take_back(&link, PASSWORD).await;
    assert_eq!(late.open(&link).await.page().status, 410);
    assert_eq!(late.press(&form, "#undo", &[("password", PASSWORD)]).await.page().status, 410);
    app.sign_in(&visitor, &dana).await;
    change_address(&app, &visitor, "new@people.example", PASSWORD).await;
    let link = undo_link(&app, &dana.email).await;
    app.advance(Lifetime::hours(72));
    assert_eq!(late.open(&link).await.page().status, 410);
}

async fn whoever_took_the_account_over_cannot_take_it_back(app: TestApp) {
    let (dana, eve) = signed_in(&app, "dana").await;
    change_address(&app, &eve, "eve@people.example", PASSWORD).await;
    app.advance(Lifetime::minutes(2));
    change_address(&app, &eve, "eve.two@people.example", PASSWORD).await;
    let of_eve = undo_link(&app, "eve@people.example").await;
    take_back(&undo_link(&app, &dana.email).await, PASSWORD).await;
    assert_eq!(Visitor::new().open(&of_eve).await.page().status, 410);
}
