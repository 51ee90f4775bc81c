//! Another address (S25, S27; E-2, E-3, E-5, E-6).

use connex::kernel::Lifetime;

use super::{A_MINUTE, ask_for_address, change_address, is_signed_in, mails_of, signed_in, try_to_sign_in};
use crate::support::{
    app::{PASSWORD, TestApp},
    http::Visitor,
    on_both_engines,
};

on_both_engines! {
    s25_an_address_belongs_to_one_account_also_a_former_one_for_ninety_days
    s27_a_person_changes_name_and_address
    a_stolen_session_alone_does_not_change_the_address
    nothing_counts_before_the_code
    a_taken_address_is_told_to_its_owner_only
    an_address_that_is_taken_while_the_code_travels_stays_where_it_is
    both_addresses_hear_of_a_change
    an_account_takes_its_own_former_address_back
    an_address_from_an_operator_is_confirmed_by_a_code_and_signs_out_everybody_else
    the_code_page_without_a_code_leads_back
}

async fn s25_an_address_belongs_to_one_account_also_a_former_one_for_ninety_days(app: TestApp) {
    let (dana, visitor) = signed_in(&app, "dana").await;
    let (_, other) = signed_in(&app, "lee").await;
    change_address(&app, &visitor, "Dana.New@People.example", PASSWORD).await;
    assert_eq!(try_to_sign_in(&app, "DANA.NEW@people.EXAMPLE", PASSWORD).await.status, 303);
    assert_eq!(try_to_sign_in(&app, &dana.email, PASSWORD).await.status, 422, "nobody signs in by a former address");
    for taken in [dana.email.as_str(), "DANA.NEW@people.example"] {
        ask_for_address(&app, &other, taken, PASSWORD).await;
        assert!(mails_of(&app, taken, "accounts.code").await.iter().all(|mail| mail.text.contains("code")));
        assert_eq!(mails_of(&app, taken, "accounts.address_taken").await.len(), 1, "{taken}");
    }
    app.advance(Lifetime::days(90));
    app.sign_in(&other, &app_person(&app, "lee").await).await;
    let page = change_address(&app, &other, &dana.email, PASSWORD).await;
    assert_eq!(page.words("#notice"), "Your email is dana@people.example now");
}

/// Somebody who has an account already.
async fn app_person(app: &TestApp, username: &str) -> crate::support::app::Person {
    let account = connex::accounts::find(&mut app.app.db.read().await.unwrap(), username).await.unwrap().unwrap();
    let email = account.email().to_string();
    crate::support::app::Person {
        id: account.id(),
        username: username.to_owned(),
        password: PASSWORD.to_owned(),
        email,
    }
}

async fn s27_a_person_changes_name_and_address(app: TestApp) {
    let (client, (_, visitor)) = (app.web_client("c1").await, signed_in(&app, "dana").await);
    let page = visitor.open(&app.at("/account/details")).await.page();
    let fields = [("given_name", "  Dána  Ruth "), ("family_name", "O'Neill-Ng")];
    let page = visitor.press(&page, "#save-name", &fields).await.page();
    assert_eq!(page.words("#notice"), "Your name is Dána Ruth O'Neill-Ng now");
    assert_eq!(page.words("#person"), "Dána Ruth O'Neill-Ng");
    let page = change_address(&app, &visitor, "new@people.example", PASSWORD).await;
    assert_eq!(page.words("#notice"), "Your email is new@people.example now");
    let dana = app_person(&app, "dana").await;
    let tokens = client.sign_in(&visitor, &dana, "openid profile email").await;
    let told = client.userinfo(tokens.get("access_token")).await.json();
    assert_eq!((told["given_name"].as_str(), told["email"].as_str()), (Some("Dána Ruth"), Some("new@people.example")));
    assert_eq!(told["email_verified"], true);
}

async fn a_stolen_session_alone_does_not_change_the_address(app: TestApp) {
    let (dana, visitor) = signed_in(&app, "dana").await;
    for password in ["", "a wrong one", "correct horse battery staple "] {
        let page = ask_for_address(&app, &visitor, "eve@people.example", password).await;
        assert_eq!((page.status.as_u16(), page.words("#errors a")), (422, "That password is not correct".to_owned()));
        assert_eq!(page.attribute("#email", "value"), "eve@people.example", "what was typed stays");
    }
    assert!(app.mails_to("eve@people.example").await.is_empty());
    let page = visitor.open(&app.at("/account/email/code")).await.page();
    assert_eq!(page.url.path(), "/account/details");
    assert!(page.words("#email-now").contains(&dana.email));
}

async fn nothing_counts_before_the_code(app: TestApp) {
    let (dana, visitor) = signed_in(&app, "dana").await;
    ask_for_address(&app, &visitor, "new@people.example", PASSWORD).await;
    let page = visitor.open(&app.at("/account/details")).await.page();
    assert!(page.words("#email-now").contains(&dana.email), "{}", page.text());
    assert_eq!(try_to_sign_in(&app, "new@people.example", PASSWORD).await.status, 422);
    assert_eq!(try_to_sign_in(&app, &dana.email, PASSWORD).await.status, 303);
}

async fn a_taken_address_is_told_to_its_owner_only(app: TestApp) {
    let (lee, (_, visitor)) = (app.person("lee").await, signed_in(&app, "dana").await);
    let taken = ask_for_address(&app, &visitor, &lee.email, PASSWORD).await;
    app.advance(A_MINUTE);
    let free = ask_for_address(&app, &visitor, "new@people.example", PASSWORD).await;
    let without = |page: &crate::support::http::Page, email: &str| page.text().replace(email, "");
    assert_eq!(without(&taken, &lee.email), without(&free, "new@people.example"));
    let mail = app.mail_to(&lee.email).await;
    assert_eq!(mail.subject, "You already have a ConneX account");
    assert!(!mail.text.contains("Dana") && !mail.text.contains("dana"), "{}", mail.text);
    ask_for_address(&app, &visitor, &lee.email, PASSWORD).await;
    let page = visitor.open(&app.at("/account/email/code")).await.page();
    for code in ["000000", "123456"] {
        assert_eq!(visitor.press(&page, "#continue", &[("code", code)]).await.page().status, 422);
    }
}

async fn an_address_that_is_taken_while_the_code_travels_stays_where_it_is(app: TestApp) {
    let ((_, dana), (_, lee)) = (signed_in(&app, "dana").await, signed_in(&app, "lee").await);
    let page = ask_for_address(&app, &dana, "both@people.example", PASSWORD).await;
    let first = app.mail_to("both@people.example").await.code();
    let others = ask_for_address(&app, &lee, "both@people.example", PASSWORD).await;
    let second = app.mail_to("both@people.example").await.code();
    let answer = dana.press(&page, "#continue", &[("code", &second)]).await.page();
    assert!(second == first || answer.status == 422, "a code is good for its holder only");
    assert_eq!(lee.press(&others, "#continue", &[("code", &second)]).await.page().status, 200);
    let answer = dana.press(&page, "#continue", &[("code", &first)]).await.page();
    assert_eq!((answer.status.as_u16(), answer.has("#errors")), (422, true));
}

async fn both_addresses_hear_of_a_change(app: TestApp) {
    let (dana, visitor) = signed_in(&app, "dana").await;
    change_address(&app, &visitor, "new@people.example", PASSWORD).await;
    let (former, new) = (app.mail_to(&dana.email).await, app.mail_to("new@people.example").await);
    assert_eq!(former.subject, "Your ConneX email address was changed");
    assert!(former.link().starts_with(&app.at("/recover/address/")));
    assert_eq!(new.subject, former.subject);
    assert!(!new.text.contains("/recover/address/") && !former.text.contains("new@people.example"), "{}", former.text);
}

async fn an_account_takes_its_own_former_address_back(app: TestApp) {
    let (dana, visitor) = signed_in(&app, "dana").await;
    change_address(&app, &visitor, "new@people.example", PASSWORD).await;
    let page = change_address(&app, &visitor, &dana.email, PASSWORD).await;
    assert_eq!(page.words("#notice"), "Your email is dana@people.example now");
    assert_eq!(try_to_sign_in(&app, &dana.email, PASSWORD).await.status, 303);
    assert_eq!(try_to_sign_in(&app, "new@people.example", PASSWORD).await.status, 422);
}

async fn an_address_from_an_operator_is_confirmed_by_a_code_and_signs_out_everybody_else(app: TestApp) {
    let (dana, eve) = signed_in(&app, "dana").await;
    app.change("update accounts set email_verified_at = null").await;
    let visitor = Visitor::new();
    app.sign_in(&visitor, &dana).await;
    let page = visitor.open(&app.at("/account/details")).await.page();
    let page = visitor.press(&page, "#confirm-email", &[]).await.page();
    let code = mails_of(&app, &dana.email, "accounts.code").await.pop().unwrap().code();
    let page = visitor.press(&page, "#continue", &[("code", &code)]).await.page();
    assert_eq!(page.words("#notice"), "dana@people.example is confirmed");
    assert!(is_signed_in(&app, &visitor).await && !is_signed_in(&app, &eve).await);
    let page = visitor.open(&app.at("/account/email/proof/code")).await.page();
    assert_eq!(page.url.path(), "/account/details");
}

async fn the_code_page_without_a_code_leads_back(app: TestApp) {
    let (_, visitor) = signed_in(&app, "dana").await;
    let page = visitor.open(&app.at("/account/email/code")).await.page();
    assert_eq!(page.url.path(), "/account/details");
    let proof = page.attribute("input[name=proof]", "value");
    for path in ["/account/email/code", "/account/email/resend"] {
        let fields = [("proof", proof.as_str()), ("code", "123456"), ("email", "eve@people.example")];
        let page = visitor.post(&app.at(path), &fields).await;
        assert_eq!(page.location().unwrap().path(), "/account/details", "{path}");
    }
}
