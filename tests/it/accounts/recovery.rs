//! A forgotten password: L-1, L-8, L-11, L-12, L-21, E-10, X-14, E16.

use connex::kernel::Lifetime;
use reqwest::Method;

use super::{
    A_MINUTE, ANOTHER, ask_for_link, change_address, is_signed_in, link_to, mails_of, signed_in, try_to_sign_in,
};
use crate::support::{
    app::{PASSWORD, TestApp},
    http::{Page, Visitor, read},
    on_both_engines,
};

on_both_engines! {
    a_forgotten_password_is_set_by_a_mailed_link
    a_site_gets_its_person_back_after_a_reset
    the_answer_is_the_same_for_everybody
    opening_a_link_changes_nothing
    a_link_works_once
    a_newer_link_takes_the_place_of_the_older_one
    a_link_works_for_half_an_hour
    a_change_of_password_or_address_kills_the_links
    no_step_can_be_left_out
    a_password_that_others_guess_is_refused_and_the_link_stays_good
    whoever_never_confirmed_the_address_gets_an_explanation
    whoever_is_disabled_gets_an_explanation_and_no_link
    links_are_made_of_the_issuer_only
    two_who_use_a_link_at_once_are_not_both_let_in
}

/// Sets a password by a link.
async fn set(visitor: &Visitor, link: &str, password: &str) -> Page {
    let page = visitor.open(link).await.page();
    visitor.press(&page, "#save", &[("password", password)]).await.page()
}

async fn a_forgotten_password_is_set_by_a_mailed_link(app: TestApp) {
    let (dana, elsewhere) = signed_in(&app, "dana").await;
    let visitor = Visitor::new();
    let page = ask_for_link(&app, &visitor, "DANA").await;
    assert!(page.text().contains("If there is an account, we sent an email to the address on it."), "{}", page.text());
    assert!(!page.body.contains(&dana.email), "the address is not shown");
    let page = set(&visitor, &link_to(&app, &dana.email, 1).await, ANOTHER).await;
    assert_eq!(page.words("#notice"), "Your new password is saved. You are signed out everywhere else.");
    assert_eq!(page.words("#name"), "Dana Whitfield");
    assert!(!is_signed_in(&app, &elsewhere).await, "the other sessions have ended");
    assert_eq!(try_to_sign_in(&app, "dana", PASSWORD).await.status, 422);
    assert_eq!(try_to_sign_in(&app, "dana", ANOTHER).await.status, 303);
    assert_eq!(mails_of(&app, &dana.email, "accounts.password_changed").await.len(), 1);
}

async fn a_site_gets_its_person_back_after_a_reset(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    let asked = client.asks("openid");
    let page = visitor.open(&asked.url()).await.page();
    let page = visitor.open(page.url.join(&page.attribute("#forgot", "href")).unwrap().as_str()).await.page();
    visitor.press(&page, "#send", &[("username", "dana")]).await.page();
    let link = link_to(&app, &dana.email, 1).await;
    app.advance(Lifetime::minutes(29));
    // Another browser, in which nobody has ever been: the telephone on which the mail was read.
    let telephone = Visitor::new();
    let page = telephone.open(&link).await.page();
    assert!(page.text().contains("Client c1"), "{}", page.text());
    let page = telephone.press(&page, "#save", &[("password", ANOTHER)]).await.page();
    let callback = telephone.press(&page, "#allow", &[]).await.outside();
    assert!(client.redeem(&asked, &asked.code(&callback)).await.json()["id_token"].is_string());
}

/// An answer without what is random in every answer.
fn comparable(page: &Page) -> (u16, String) {
    let mut body = page.body.clone();
    for before in ["name=\"proof\" value=\"", "name=\"again\" value=\"", "again="] {
        let mut parts = body.split(before);
        let mut kept = parts.next().unwrap().to_owned();
        for part in parts {
            kept.push_str(before);
            kept.push_str(part.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "-_.".contains(c)));
        }
        body = kept;
    }
    (page.status.as_u16(), body)
}

async fn the_answer_is_the_same_for_everybody(app: TestApp) {
    app.person("dana").await;
    app.person("disabled").await;
    app.change("update accounts set status = 'disabled' where username = 'disabled'").await;
    app.person("unverified").await;
    app.change("update accounts set email_verified_at = null where username = 'unverified'").await;
    let first = comparable(&ask_for_link(&app, &Visitor::new(), "nobody").await);
    assert_eq!(first.0, 200);
    for name in ["dana", "dana@people.example", "disabled", "unverified", "nobody@people.example", "'"] {
        assert_eq!(comparable(&ask_for_link(&app, &Visitor::new(), name).await), first, "{name}");
    }
    app.until("the jobs are done", async || app.count("select count(*) from jobs").await == 0).await;
    assert!(app.mails_to("nobody@people.example").await.is_empty(), "strangers get no mail of ours");
}

async fn opening_a_link_changes_nothing(app: TestApp) {
    let dana = app.person("dana").await;
    ask_for_link(&app, &Visitor::new(), "dana").await;
    let link = link_to(&app, &dana.email, 1).await;
    for _ in 0..20 {
        for method in [Method::GET, Method::HEAD] {
            assert_eq!(read(app.machine.request(method, &link)).await.status, 200);
        }
    }
    // A scanner that presses buttons has no cookie of ours.
    assert_eq!(read(app.machine.post(&link).form(&[("password", ANOTHER)])).await.status, 400);
    assert_eq!(try_to_sign_in(&app, "dana", PASSWORD).await.status, 303);
    assert_eq!(set(&Visitor::new(), &link, ANOTHER).await.words("#name"), "Dana Whitfield");
}

async fn a_link_works_once(app: TestApp) {
    let dana = app.person("dana").await;
    ask_for_link(&app, &Visitor::new(), "dana").await;
    let (link, visitor, eve) = (link_to(&app, &dana.email, 1).await, Visitor::new(), Visitor::new());
    let form = eve.open(&link).await.page();
    set(&visitor, &link, ANOTHER).await;
    let page = eve.open(&link).await.page();
    assert_eq!((page.status.as_u16(), page.has("input[type=password]")), (410, false));
    assert!(page.words("#why").contains("has set a new password already"), "{}", page.text());
    let page = eve.press(&form, "#save", &[("password", "another one that eve would like")]).await.page();
    assert_eq!(page.status, 410);
    assert!(is_signed_in(&app, &visitor).await, "a second opening ends nothing");
    assert_eq!(page.attribute("#new-link", "href"), "/recover");
}

async fn a_newer_link_takes_the_place_of_the_older_one(app: TestApp) {
    let dana = app.person("dana").await;
    let page = ask_for_link(&app, &Visitor::new(), "dana").await;
    let first = link_to(&app, &dana.email, 1).await;
    app.advance(A_MINUTE);
    let visitor = Visitor::new();
    let again = page.attribute("input[name=again]", "value");
    let form = visitor.open(&app.at(&format!("/recover/sent?again={again}"))).await.page();
    assert!(visitor.press(&form, "#again", &[]).await.page().has("#again"));
    let second = link_to(&app, &dana.email, 2).await;
    assert_eq!(visitor.open(&first).await.page().status, 410);
    assert_eq!(set(&visitor, &second, ANOTHER).await.words("#name"), "Dana Whitfield");
}

async fn a_link_works_for_half_an_hour(app: TestApp) {
    let dana = app.person("dana").await;
    ask_for_link(&app, &Visitor::new(), "dana").await;
    let (link, visitor) = (link_to(&app, &dana.email, 1).await, Visitor::new());
    app.advance(Lifetime::seconds(29 * 60 + 30));
    let form = visitor.open(&link).await.page();
    app.advance(Lifetime::seconds(30));
    let page = visitor.press(&form, "#save", &[("password", ANOTHER)]).await.page();
    assert_eq!(page.status, 410);
    assert!(page.words("#why").contains("work for 30 minutes"), "{}", page.text());
    assert_eq!(try_to_sign_in(&app, "dana", PASSWORD).await.status, 303);
}

async fn a_change_of_password_or_address_kills_the_links(app: TestApp) {
    let (dana, visitor) = signed_in(&app, "dana").await;
    ask_for_link(&app, &Visitor::new(), "dana").await;
    let link = link_to(&app, &dana.email, 1).await;
    let page = visitor.open(&app.at("/account/password")).await.page();
    visitor.press(&page, "#save", &[("current_password", PASSWORD), ("password", ANOTHER)]).await.page();
    assert_eq!(visitor.open(&link).await.page().status, 410);
    app.advance(A_MINUTE);
    ask_for_link(&app, &Visitor::new(), "dana").await;
    let link = link_to(&app, &dana.email, 2).await;
    change_address(&app, &visitor, "new@people.example", ANOTHER).await;
    assert_eq!(visitor.open(&link).await.page().status, 410);
}

async fn no_step_can_be_left_out(app: TestApp) {
    let (dana, visitor) = (app.person("dana").await, Visitor::new());
    let proof = visitor.open(&app.at("/recover")).await.page().attribute("input[name=proof]", "value");
    let fields =
        [("proof", proof.as_str()), ("username", "dana"), ("password", ANOTHER), ("again", "x"), ("step", "set")];
    for path in ["/recover/set", "/recover/x", &format!("/recover/{}", "A".repeat(64)), "/recover/address/x"] {
        assert_eq!(visitor.post(&app.at(path), &fields).await.status, 410, "{path}");
    }
    assert_eq!(visitor.post(&app.at("/recover/sent"), &fields).await.status, 405);
    assert_eq!(try_to_sign_in(&app, &dana.username, PASSWORD).await.status, 303);
}

async fn a_password_that_others_guess_is_refused_and_the_link_stays_good(app: TestApp) {
    let dana = app.person("dana").await;
    ask_for_link(&app, &Visitor::new(), "dana").await;
    let (link, visitor) = (link_to(&app, &dana.email, 1).await, Visitor::new());
    let page = visitor.open(&link).await.page();
    assert_eq!(page.attribute("input[name=username]", "value"), "dana");
    for (typed, said) in [
        ("", "Enter a password"),
        ("too short", "Password must be 15 characters or more"),
        ("aaaaaaaaaaaaaaaaaaaa", "That password is easy to guess. Choose another one"),
        ("Dana Whitfield 2026", "That password is made of names that others know. Choose another one"),
    ] {
        let page = visitor.press(&page, "#save", &[("password", typed)]).await.page();
        assert_eq!((page.status.as_u16(), page.words("#errors a")), (422, said.to_owned()));
        assert!(typed.is_empty() || !page.body.contains(typed), "a password is not sent back");
    }
    assert_eq!(set(&visitor, &link, ANOTHER).await.words("#name"), "Dana Whitfield");
}

async fn whoever_never_confirmed_the_address_gets_an_explanation(app: TestApp) {
    let dana = app.person("dana").await;
    app.change("update accounts set email_verified_at = null").await;
    ask_for_link(&app, &Visitor::new(), "dana").await;
    app.until("the mail is there", async || !app.mails_to(&dana.email).await.is_empty()).await;
    let mail = app.mail_to(&dana.email).await;
    assert!(mail.text.contains("Nobody has confirmed yet"), "{}", mail.text);
    assert!(!mail.text.contains("/recover/"), "{}", mail.text);
}

async fn whoever_is_disabled_gets_an_explanation_and_no_link(app: TestApp) {
    let dana = app.person("dana").await;
    app.change("update accounts set status = 'disabled', disabled_by = 'Northline Hauling'").await;
    ask_for_link(&app, &Visitor::new(), &dana.email).await;
    app.until("the mail is there", async || !app.mails_to(&dana.email).await.is_empty()).await;
    let mail = app.mail_to(&dana.email).await;
    assert!(mail.text.contains("This account was disabled by Northline Hauling"), "{}", mail.text);
    assert!(!mail.text.contains("/recover/"), "{}", mail.text);
}

async fn links_are_made_of_the_issuer_only(app: TestApp) {
    let (dana, visitor) = (app.person("dana").await, Visitor::new());
    let proof = visitor.open(&app.at("/recover")).await.page().attribute("input[name=proof]", "value");
    let headers = [
        ("x-forwarded-host", "eve.example"),
        ("x-forwarded-proto", "gopher"),
        ("x-forwarded-port", "6666"),
        ("x-original-host", "eve.example"),
        ("x-host", "eve.example"),
        ("forwarded", "host=eve.example;proto=gopher"),
        ("x-rewrite-url", "https://eve.example/"),
        ("referer", "https://eve.example/"),
    ];
    let mut request =
        visitor.request(Method::POST, &app.at("/recover")).form(&[("proof", proof.as_str()), ("username", "dana")]);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    assert_eq!(read(request).await.status, 303);
    let link = link_to(&app, &dana.email, 1).await;
    assert!(link.starts_with(&app.at("/recover/")), "{link}");
    let mail = app.mail_to(&dana.email).await;
    assert!(!mail.text.contains("eve.example") && !mail.html.contains("eve.example"), "{}", mail.text);
}

async fn two_who_use_a_link_at_once_are_not_both_let_in(app: TestApp) {
    let dana = app.person("dana").await;
    ask_for_link(&app, &Visitor::new(), "dana").await;
    let link = link_to(&app, &dana.email, 1).await;
    let (one, two) = (Visitor::new(), Visitor::new());
    let forms = (one.open(&link).await.page(), two.open(&link).await.page());
    let passwords = [("password", ANOTHER), ("password", "some other words of mine")];
    let (first, second) = tokio::join!(
        one.press_once(&forms.0, "#save", &passwords[..1]),
        two.press_once(&forms.1, "#save", &passwords[1..])
    );
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 410]);
}
