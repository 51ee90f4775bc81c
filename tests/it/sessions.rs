//! How long a person stays signed in, and what ends it.

use connex::kernel::Lifetime;
use reqwest::{Method, header::COOKIE};

use crate::support::{
    app::TestApp,
    http::{Visitor, read},
    on_both_engines,
};

on_both_engines! {
    a_session_that_nobody_uses_ends_after_twelve_hours
    a_session_that_is_used_ends_after_seven_days
    use_is_noted_every_few_minutes_only
    signing_out_ends_the_session_at_the_server
    signing_out_asks_first
    signing_in_again_keeps_the_session_that_sites_know
    somebody_else_at_the_same_browser_ends_the_first_session
    a_refresh_token_outlives_the_idle_browser_but_not_the_sign_out
}

const LAST_SEEN: &str = "select last_seen_at from sessions";

async fn is_signed_in(app: &TestApp, visitor: &Visitor) -> bool {
    visitor.get(&app.at("/")).await.has("#person")
}

async fn a_session_that_nobody_uses_ends_after_twelve_hours(app: TestApp) {
    let (visitor, dana) = (Visitor::new(), app.person("dana").await);
    app.sign_in(&visitor, &dana).await;
    for _ in 0..2 {
        app.advance(Lifetime::minutes(12 * 60 - 1));
        assert!(is_signed_in(&app, &visitor).await);
    }
    app.advance(Lifetime::hours(12));
    assert!(!is_signed_in(&app, &visitor).await);
}

async fn a_session_that_is_used_ends_after_seven_days(app: TestApp) {
    let (visitor, dana) = (Visitor::new(), app.person("dana").await);
    app.sign_in(&visitor, &dana).await;
    for _ in 0..16 {
        app.advance(Lifetime::minutes(10 * 60 + 29));
        assert!(is_signed_in(&app, &visitor).await);
    }
    // 16 times 10 h 29 min are 15 minutes and a bit less than seven days.
    app.advance(Lifetime::minutes(17));
    assert!(!is_signed_in(&app, &visitor).await);
}

async fn use_is_noted_every_few_minutes_only(app: TestApp) {
    let (visitor, dana) = (Visitor::new(), app.person("dana").await);
    app.sign_in(&visitor, &dana).await;
    let first = app.count(LAST_SEEN).await;
    app.advance(Lifetime::minutes(4));
    assert!(is_signed_in(&app, &visitor).await);
    assert_eq!(app.count(LAST_SEEN).await, first, "a page within five minutes writes nothing");
    app.advance(Lifetime::minutes(1));
    assert!(is_signed_in(&app, &visitor).await);
    assert!(app.count(LAST_SEEN).await >= first + Lifetime::minutes(5).as_millis());
}

async fn signing_out_ends_the_session_at_the_server(app: TestApp) {
    let (visitor, dana) = (Visitor::new(), app.person("dana").await);
    let page = visitor.open(&app.at("/login")).await.page();
    let fields = [("username", "dana"), ("password", dana.password.as_str())];
    let answer = visitor.press_once(&page, "button[type=submit]", &fields).await;
    let cookies = answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    let stolen = cookies.filter_map(|line| line.split(';').next()).collect::<Vec<_>>().join("; ");
    let thief = || Visitor::new().request(Method::GET, &app.at("/")).header(COOKIE, &stolen);
    assert!(read(thief()).await.has("#person"), "the cookie is what counts");
    let question = visitor.open(&app.at("/logout")).await.page();
    let page = visitor.press(&question, "#logout", &[]).await.page();
    assert!(page.has("#logged-out"), "{}", page.text());
    assert!(!is_signed_in(&app, &visitor).await);
    assert!(!read(thief()).await.has("#person"));
}

async fn signing_out_asks_first(app: TestApp) {
    let (visitor, dana) = (Visitor::new(), app.person("dana").await);
    app.sign_in(&visitor, &dana).await;
    assert!(visitor.get(&app.at("/logout")).await.has("#logout"));
    assert!(is_signed_in(&app, &visitor).await);
    let forged = visitor.post(&app.at("/logout"), &[("onward", "")]).await;
    assert!(forged.status.is_client_error(), "{}", forged.status);
    assert!(is_signed_in(&app, &visitor).await, "another site's form signs nobody out");
}

async fn signing_in_again_keeps_the_session_that_sites_know(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    let first = client.sign_in(&visitor, &dana, "openid").await.id_token();
    app.advance(Lifetime::minutes(10));
    let asked = client.asks("openid").with("prompt", "login");
    let again = client.complete(&visitor, &dana, &asked).await.id_token();
    assert_eq!(again["sid"], first["sid"]);
    assert!(again["auth_time"].as_i64() >= first["auth_time"].as_i64().map(|at| at + 600));
    assert_eq!(app.count("select count(*) from sessions where ended_at is null").await, 1);
    app.advance(Lifetime::minutes(11 * 60 + 55));
    assert!(is_signed_in(&app, &visitor).await, "the times begin anew");
}

async fn somebody_else_at_the_same_browser_ends_the_first_session(app: TestApp) {
    let (client, visitor) = (app.web_client("c1").await, Visitor::new());
    let (dana, lee) = (app.person("dana").await, app.person("lee").await);
    let first = client.sign_in(&visitor, &dana, "openid offline_access").await;
    let asked = client.asks("openid").with("prompt", "login");
    let second = client.complete(&visitor, &lee, &asked).await;
    assert_ne!(second.id_token()["sid"], first.id_token()["sid"]);
    assert_ne!(second.id_token()["sub"], first.id_token()["sub"]);
    assert_eq!(app.count("select count(*) from sessions where end_reason = 'replaced'").await, 1);
    assert_eq!(client.refresh(first.get("refresh_token")).await.json()["error"], "invalid_grant");
}

async fn a_refresh_token_outlives_the_idle_browser_but_not_the_sign_out(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    let tokens = client.sign_in(&visitor, &dana, "openid offline_access").await;
    app.advance(Lifetime::hours(13));
    assert!(!is_signed_in(&app, &visitor).await);
    let later = client.refresh(tokens.get("refresh_token")).await;
    assert_eq!(later.status, 200, "{}", later.body);
    let tokens = client.sign_in(&visitor, &dana, "openid offline_access").await;
    let page = visitor.open(&app.at("/logout")).await.page();
    visitor.press(&page, "#logout", &[]).await.page();
    assert_eq!(client.refresh(tokens.get("refresh_token")).await.json()["error"], "invalid_grant");
}
