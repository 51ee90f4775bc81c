//! My account: overview, user ID, language, activity, export (S15, S28; X30, X40, X41).

use serde_json::{Value, json};

use super::{signed_in, try_to_sign_in};
use crate::support::{app::TestApp, http::Visitor, on_both_engines};

on_both_engines! {
    s15_a_rename_changes_the_name_that_sites_show
    s28_nobody_changes_a_user_id
    the_overview_says_who_one_is
    the_language_follows_the_person
    the_activity_is_told_in_sentences
    a_person_takes_a_copy_of_what_is_kept
    pages_of_the_account_ask_strangers_to_sign_in_and_lead_there
}

async fn s15_a_rename_changes_the_name_that_sites_show(app: TestApp) {
    let (client, (dana, visitor)) = (app.web_client("c1").await, signed_in(&app, "dana").await);
    let revs = "select rev from accounts where username = 'dana'";
    let before = app.count(revs).await;
    let page = visitor.open(&app.at("/account/details")).await.page();
    visitor.press(&page, "#save-name", &[("given_name", "Deborah"), ("family_name", "Ng")]).await.page();
    assert_eq!(app.count(revs).await, before + 1, "sites learn of it by the revision");
    let tokens = client.sign_in(&visitor, &dana, "openid profile").await;
    let told = client.userinfo(tokens.get("access_token")).await.json();
    assert_eq!(told["name"], "Deborah Ng");
    let page = visitor.open(&app.at("/account/details")).await.page();
    visitor.press(&page, "#save-name", &[]).await.page();
    assert_eq!(app.count(revs).await, before + 1, "the same name is no change");
}

async fn s28_nobody_changes_a_user_id(app: TestApp) {
    let (_, visitor) = signed_in(&app, "dana").await;
    let page = visitor.open(&app.at("/account/details")).await.page();
    assert!(page.words("#user-id").starts_with("Your user ID is dana. It cannot be changed"), "{}", page.text());
    let proof = page.attribute("input[name=proof]", "value");
    for name in ["username", "user_id", "sub", "subject", "preferred_username", "id"] {
        let fields = [("proof", proof.as_str()), ("given_name", "Dana"), ("family_name", "Whitfield"), (name, "eve")];
        assert_eq!(visitor.post(&app.at("/account/details"), &fields).await.status, 303, "{name}");
    }
    assert_eq!(visitor.open(&app.at("/account")).await.page().words("#user-id"), "dana");
    assert_eq!(try_to_sign_in(&app, "eve", crate::support::app::PASSWORD).await.status, 422);
}

async fn the_overview_says_who_one_is(app: TestApp) {
    let (_, visitor) = signed_in(&app, "dana").await;
    let page = visitor.open(&app.at("/account")).await.page();
    assert_eq!(
        (page.words("#name"), page.words("#email")),
        ("Dana Whitfield".to_owned(), "dana@people.example Confirmed".to_owned())
    );
    assert!(page.words("#belongs-to").contains("Find or create an organization"));
    app.change("update accounts set email_verified_at = null").await;
    let page = visitor.open(&app.at("/account")).await.page();
    assert_eq!(page.words("#email"), "dana@people.example Not confirmed yet");
}

async fn the_language_follows_the_person(app: TestApp) {
    let (dana, visitor) = signed_in(&app, "dana").await;
    let page = visitor.open(&app.at("/account/language")).await.page();
    let proof = page.attribute("input[name=proof]", "value");
    let path = app.at("/account/language");
    assert_eq!(visitor.post(&path, &[("proof", &proof), ("language", "tlh")]).await.status, 422);
    let answer = visitor.post(&path, &[("proof", &proof), ("language", "es")]).await;
    let page = visitor.follow(answer).await.page();
    assert_eq!(page.words("#notice"), "Las páginas y los mensajes están ahora en español");
    let elsewhere = Visitor::new();
    app.sign_in(&elsewhere, &dana).await;
    assert_eq!(elsewhere.open(&app.at("/account")).await.page().words("h1"), "Mi cuenta");
    super::ask_for_link(&app, &Visitor::new(), "dana").await;
    app.until("the mail is there", async || !app.mails_to(&dana.email).await.is_empty()).await;
    assert_eq!(app.mail_to(&dana.email).await.subject, "Cree una nueva contraseña de ConneX");
}

async fn the_activity_is_told_in_sentences(app: TestApp) {
    let (_, visitor) = signed_in(&app, "dana").await;
    try_to_sign_in(&app, "dana", "a wrong one").await;
    let page = visitor.open(&app.at("/account/activity")).await.page();
    let told = page.words("#activity");
    assert!(
        told.contains("You signed in from the network 127.0.0.") && told.contains("Somebody entered a wrong password"),
        "{told}"
    );
    let (_, eve) = signed_in(&app, "eve").await;
    assert!(!eve.open(&app.at("/account/activity")).await.page().text().contains("wrong password"));
    app.advance(connex::kernel::Lifetime::days(91));
    let page = eve_again(&app).await.open(&app.at("/account/activity")).await.page();
    assert!(!page.text().contains("The account was opened"), "{}", page.text());
    for page in ["0", "-1", "x", "999999999999999999999", "2"] {
        assert_eq!(visitor.get(&app.at(&format!("/account/activity?page={page}"))).await.status.as_u16() / 100, 3);
    }
}

/// Eve, signed in anew.
async fn eve_again(app: &TestApp) -> Visitor {
    let visitor = Visitor::new();
    let page = visitor.open(&app.at("/login")).await.page();
    let fields = [("username", "eve"), ("password", crate::support::app::PASSWORD)];
    visitor.press(&page, "button[type=submit]", &fields).await.page();
    visitor
}

async fn a_person_takes_a_copy_of_what_is_kept(app: TestApp) {
    let (dana, visitor) = signed_in(&app, "dana").await;
    let answer = visitor.get(&app.at("/account/export")).await;
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"connex-account.json\"");
    let copy: Value = answer.json();
    assert_eq!((&copy["account"]["email"], &copy["account"]["user_id"]), (&dana.email.into(), &"dana".into()));
    assert_eq!(copy["account"]["further_claims"]["phone_number"], "+12185550100");
    assert_eq!(copy["sessions"].as_array().unwrap().len(), 1);
    assert_eq!((&copy["organization"], &copy["memberships"], &copy["sites"]), (&Value::Null, &json!([]), &json!([])));
    assert!(!answer.body.contains("argon2") && !answer.body.contains("digest"), "{}", answer.body);
}

async fn pages_of_the_account_ask_strangers_to_sign_in_and_lead_there(app: TestApp) {
    let (dana, visitor) = (app.person("dana").await, Visitor::new());
    for path in ["/account", "/account/devices", "/account/activity?page=1"] {
        assert_eq!(Visitor::new().open(&app.at(path)).await.page().url.path(), "/login", "{path}");
    }
    let page = visitor.open(&app.at("/account/devices")).await.page();
    let fields = [("username", dana.username.as_str()), ("password", &dana.password)];
    let page = visitor.press(&page, "button[type=submit]", &fields).await.page();
    assert_eq!(page.url.path(), "/account/devices");
    for next in ["//eve.example", "https://eve.example", "/\\eve.example", "/%09/eve.example"] {
        let answer = visitor.get(&app.at(&format!("/login?next={next}"))).await;
        assert_eq!(answer.location().unwrap().as_str(), app.at("/"), "{next}");
    }
}
