//! Another password (X32), and the password once more before what a stolen session must not do.

use super::{ANOTHER, is_signed_in, mails_of, signed_in, try_to_sign_in};
use crate::support::{
    app::{PASSWORD, TestApp},
    http::{Page, Visitor},
    on_both_engines_with_limits,
};

on_both_engines_with_limits! {
    a_password_is_changed_and_the_others_are_signed_out
    the_others_stay_when_the_person_says_so
    the_present_password_is_needed_and_the_new_one_is_another
    tries_at_the_present_password_are_slowed_down
}

async fn change(app: &TestApp, visitor: &Visitor, current: &str, new: &str) -> Page {
    let page = visitor.open(&app.at("/account/password")).await.page();
    visitor.press(&page, "#save", &[("current_password", current), ("password", new)]).await.page()
}

async fn a_password_is_changed_and_the_others_are_signed_out(app: TestApp) {
    let (dana, visitor) = signed_in(&app, "dana").await;
    let other = Visitor::new();
    app.sign_in(&other, &dana).await;
    let page = visitor.open(&app.at("/account/password")).await.page();
    assert_eq!(page.attribute("input[name=username]", "value"), "dana");
    let page = change(&app, &visitor, PASSWORD, ANOTHER).await;
    assert_eq!(page.words("#notice"), "Your new password is saved. You are signed out everywhere else.");
    assert!(is_signed_in(&app, &visitor).await && !is_signed_in(&app, &other).await);
    assert_eq!(try_to_sign_in(&app, "dana", PASSWORD).await.status, 422);
    assert_eq!(try_to_sign_in(&app, "dana", ANOTHER).await.status, 303);
    assert_eq!(mails_of(&app, &dana.email, "accounts.password_changed").await.len(), 1);
}

async fn the_others_stay_when_the_person_says_so(app: TestApp) {
    let (dana, visitor) = signed_in(&app, "dana").await;
    let other = Visitor::new();
    app.sign_in(&other, &dana).await;
    let page = visitor.open(&app.at("/account/password")).await.page();
    let proof = page.attribute("input[name=proof]", "value");
    let fields = [("proof", proof.as_str()), ("current_password", PASSWORD), ("password", ANOTHER)];
    assert_eq!(visitor.post(&app.at("/account/password"), &fields).await.status, 303);
    assert!(is_signed_in(&app, &other).await);
}

async fn the_present_password_is_needed_and_the_new_one_is_another(app: TestApp) {
    let (_, visitor) = signed_in(&app, "dana").await;
    for (current, new, said) in [
        ("a wrong one", ANOTHER, "That password is not correct"),
        (PASSWORD, PASSWORD, "That is your present password. Choose another one"),
        (PASSWORD, "short", "Password must be 15 characters or more"),
        (PASSWORD, "dana@people.example", "That password is made of names that others know. Choose another one"),
    ] {
        let page = change(&app, &visitor, current, new).await;
        assert_eq!((page.status.as_u16(), page.words("#errors a")), (422, said.to_owned()));
    }
    assert_eq!(try_to_sign_in(&app, "dana", PASSWORD).await.status, 303);
}

async fn tries_at_the_present_password_are_slowed_down(app: TestApp) {
    let (_, visitor) = signed_in(&app, "dana").await;
    for _ in 0..5 {
        change(&app, &visitor, "a wrong one", ANOTHER).await;
    }
    let page = change(&app, &visitor, PASSWORD, ANOTHER).await;
    assert!(page.words("#errors a").starts_with("Too many tries. Try again in "), "{}", page.text());
    app.advance(connex::kernel::Lifetime::seconds(31));
    assert!(change(&app, &visitor, PASSWORD, ANOTHER).await.has("#notice"));
}
