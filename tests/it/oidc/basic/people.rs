//! What a client asks about the person: claims, and how the person is to be asked.

use connex::kernel::Lifetime;
use serde_json::{Value, json};

use super::{
    flow::assert_nothing_unasked,
    run::{Done, Run, check_userinfo},
};
use crate::support::http::{Page, read};

const PROFILE: &str = "name given_name family_name middle_name nickname profile picture website gender birthdate zoneinfo locale updated_at preferred_username";
const EMAIL: &str = "email email_verified";
const ADDRESS: &str = "address";
const PHONE: &str = "phone_number phone_number_verified";

/// Userinfo by GET.
pub async fn userinfo_get(run: Run) {
    let done = run.complete(&run.asks("openid profile email address phone")).await;
    run.userinfo(&done).await;
}

/// Userinfo by POST, the token in the header.
pub async fn userinfo_post_header(run: Run) {
    let done = run.complete(&run.asks("openid profile")).await;
    let post = run.app.machine.post(run.app.at("/userinfo")).bearer_auth(done.tokens.get("access_token"));
    check_userinfo(&read(post).await, &done);
}

/// Userinfo by POST, the token in the form.
pub async fn userinfo_post_body(run: Run) {
    let done = run.complete(&run.asks("openid profile")).await;
    let form = [("access_token", done.tokens.get("access_token"))];
    check_userinfo(&read(run.app.machine.post(run.app.at("/userinfo")).form(&form)).await, &done);
}

/// A scope gives all its claims at userinfo, and none of them in the ID token.
async fn scope_gives(run: Run, scopes: &[&str], claims: &[&str]) {
    let offered = run.app.get("/.well-known/openid-configuration").await.json();
    for scope in scopes {
        assert!(offered["scopes_supported"].as_array().unwrap().contains(&json!(scope)), "{scope}");
    }
    let done = run.complete(&run.asks(&format!("openid {}", scopes.join(" ")))).await;
    assert_nothing_unasked(&done.id, &[]);
    let info = run.userinfo(&done).await;
    let mut told: Vec<&str> = info.as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected: Vec<&str> = claims.iter().flat_map(|names| names.split(' ')).chain(["sub"]).collect();
    told.sort_unstable();
    expected.sort_unstable();
    assert_eq!(told, expected);
}

pub async fn scope_profile(run: Run) {
    scope_gives(run, &["profile"], &[PROFILE]).await;
}

pub async fn scope_email(run: Run) {
    scope_gives(run, &["email"], &[EMAIL]).await;
}

pub async fn scope_address(run: Run) {
    scope_gives(run, &["address"], &[ADDRESS]).await;
}

pub async fn scope_phone(run: Run) {
    scope_gives(run, &["phone"], &[PHONE]).await;
}

pub async fn scope_all(run: Run) {
    scope_gives(run, &["profile", "email", "address", "phone"], &[PROFILE, EMAIL, ADDRESS, PHONE]).await;
}

/// A claim that is asked for by name is at userinfo and not in the ID token, and the person is told of it before.
pub async fn claims_essential(run: Run) {
    let asked = run.asks("openid").with("claims", r#"{"userinfo":{"name":{"essential":true}}}"#);
    let page = run.page(&asked).await;
    let consent = run.browser.press(&page, "button[type=submit]", &run.typed()).await.page();
    assert!(consent.words("main").contains("your name"), "{}", consent.text());
    let landing = run.browser.press(&consent, "#allow", &[]).await;
    let answer = run.read(&asked, landing);
    let done = run.redeem(&asked, &answer).await;
    assert_nothing_unasked(&done.id, &[]);
    let info = run.userinfo(&done).await;
    assert_eq!(info, json!({ "sub": done.id["sub"], "name": "Dana Whitfield" }));
}

pub async fn display_page(run: Run) {
    run.complete(&run.asks("openid").with("display", "page")).await;
}

/// A value that is not offered is ignored.
pub async fn display_popup(run: Run) {
    run.complete(&run.asks("openid").with("display", "popup")).await;
}

/// A live session does not do: the person signs in again, and `auth_time` says when.
pub async fn prompt_login(run: Run) {
    let first = run.complete(&run.asks("openid")).await;
    run.app.advance(Lifetime::seconds(2));
    let second = signs_in_again(&run, |asked| asked.with("prompt", "login")).await;
    assert_later(&second, &first);
}

/// The person is shown the sign-in page again, and goes through.
async fn signs_in_again(
    run: &Run,
    change: impl FnOnce(crate::support::client::Asked) -> crate::support::client::Asked,
) -> Done {
    let asked = change(run.asks("openid"));
    let page = run.page(&asked).await;
    assert_sign_in_page(&page);
    let landing = run.browser.press(&page, "button[type=submit]", &run.typed()).await;
    let answer = run.read(&asked, landing);
    run.redeem(&asked, &answer).await
}

/// The sign-in page, with a user name that can be changed.
pub fn assert_sign_in_page(page: &Page) {
    assert_eq!((page.status.as_u16(), page.url.path()), (200, "/login"));
    assert!(page.has("input[name=username]:not([readonly]):not([disabled]):not([type=hidden])"), "{}", page.body);
    assert!(page.has("input[name=password]") && page.has("button[type=submit]"), "{}", page.body);
}

fn assert_later(second: &Done, first: &Done) {
    let at = |done: &Done| done.id["auth_time"].as_i64().unwrap();
    assert!(at(second) >= at(first) + 2, "{} {}", first.id, second.id);
    assert_eq!(second.id["sub"], first.id["sub"]);
}

fn assert_same_sign_in(second: &Done, first: &Done) {
    assert!(first.id["auth_time"].is_i64(), "{}", first.id);
    assert_eq!((&second.id["sub"], &second.id["auth_time"]), (&first.id["sub"], &first.id["auth_time"]));
}

/// Nobody is signed in: the client is told, and no page is shown.
pub async fn prompt_none_not_logged_in(run: Run) {
    let answer = run.silent(&run.asks("openid").with("prompt", "none")).await;
    assert_eq!(answer.error(), "login_required");
}

/// Somebody is signed in and has agreed: no page is shown, and it is the same sign-in.
pub async fn prompt_none_logged_in(run: Run) {
    let first = run.complete(&run.asks("openid profile")).await;
    run.app.advance(Lifetime::minutes(5));
    let asked = run.asks("openid profile").with("prompt", "none");
    let answer = run.silent(&asked).await;
    assert_same_sign_in(&run.redeem(&asked, &answer).await, &first);
}

/// A sign-in that is older than allowed is repeated.
pub async fn max_age_1(run: Run) {
    let first = run.complete(&run.asks("openid")).await;
    run.app.advance(Lifetime::seconds(2));
    let second = signs_in_again(&run, |asked| asked.with("max_age", "1")).await;
    assert_later(&second, &first);
    let age = run.app.now().seconds() - second.id["auth_time"].as_i64().unwrap();
    assert!((0..=300).contains(&age), "{age}");
}

/// A sign-in that is young enough is not repeated.
pub async fn max_age_10000(run: Run) {
    let first = run.complete(&run.asks("openid").with("max_age", "15000")).await;
    run.app.advance(Lifetime::seconds(9990));
    let asked = run.asks("openid").with("max_age", "10000");
    let answer = run.silent(&asked).await;
    assert_same_sign_in(&run.redeem(&asked, &answer).await, &first);
}

/// An ID token of ours says who is expected: who is there goes through silently, nobody else does.
pub async fn id_token_hint(run: Run) {
    let first = run.complete(&run.asks("openid")).await;
    let asked = run.asks("openid").with("prompt", "none").with("id_token_hint", first.tokens.get("id_token"));
    let answer = run.silent(&asked).await;
    assert_same_sign_in(&run.redeem(&asked, &answer).await, &first);
    let lee = run.app.person("lee").await;
    let other = run.with_person(lee);
    other.complete(&other.asks("openid")).await;
    let hinted = other.asks("openid").with("prompt", "none").with("id_token_hint", first.tokens.get("id_token"));
    assert_eq!(other.silent(&hinted).await.error(), "login_required");
}

/// Any hint will do; it stands in the field, and can be overwritten.
pub async fn login_hint(run: Run) {
    let asked = run.asks("openid").with("login_hint", "buffy@one.example");
    let page = run.page(&asked).await;
    assert_sign_in_page(&page);
    assert_eq!(page.attribute("input[name=username]", "value"), "buffy@one.example");
    let landing = run.browser.press(&page, "button[type=submit]", &run.typed()).await;
    let answer = run.arrive(&asked, landing).await;
    run.redeem(&asked, &answer).await;
}

/// A language that we do not speak is no error.
pub async fn ui_locales(run: Run) {
    run.complete(&run.asks("openid").with("ui_locales", "se")).await;
}

pub async fn claims_locales(run: Run) {
    let done = run.complete(&run.asks("openid profile").with("claims_locales", "se")).await;
    assert_eq!(run.userinfo(&done).await["name"], "Dana Whitfield");
}

/// What is returned is what was advertised; a wish for anything else never fails.
pub async fn ensure_request_with_acr_values_succeeds(run: Run) {
    let metadata = run.app.get("/.well-known/openid-configuration").await.json();
    let advertised: Vec<&str> =
        metadata["acr_values_supported"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let done = run.complete(&run.asks("openid").with("acr_values", &advertised.join(" "))).await;
    assert!(advertised.contains(&done.id["acr"].as_str().unwrap()), "{}", done.id);
    let other = run.complete(&run.asks("openid").with("acr_values", "1 2")).await;
    assert!(advertised.contains(&other.id["acr"].as_str().unwrap()), "{}", other.id);
}
