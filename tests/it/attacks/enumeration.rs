//! Nobody learns who has an account (L-21, R-9).

use connex::{accounts, audit::Actor};

use crate::support::{
    app::TestApp,
    client::TestClient,
    http::{Page, Visitor},
    never_a_5xx_on_both_engines,
};

never_a_5xx_on_both_engines! {
    known_and_unknown_people_get_the_same_bytes
    known_and_unknown_people_get_the_same_bytes_on_their_way_to_a_site
    a_hint_of_a_site_tells_nothing
    whoever_is_disabled_learns_it_with_the_right_password_only
}

/// An answer without what is random in every answer, and without the name that was typed.
fn comparable(page: &Page, typed: &str) -> (u16, Vec<String>, String) {
    let mut headers: Vec<String> = page
        .headers
        .iter()
        .filter(|(name, _)| !["x-request-id", "date", "content-length"].contains(&name.as_str()))
        .map(|(name, value)| {
            let value = value.to_str().unwrap();
            format!("{name}: {}", if *name == "set-cookie" { value.split('=').next().unwrap() } else { value })
        })
        .collect();
    headers.sort();
    assert_eq!(page.attribute("#username", "value"), typed);
    let mut body = page.body.clone();
    for (before, after) in [
        ("spellcheck=\"false\" value=\"", "\""),
        ("name=\"proof\" value=\"", "\""),
        ("name=\"errand\" value=\"", "\""),
        ("errand=", "\""),
    ] {
        body = without_between(&body, before, after);
    }
    (page.status.as_u16(), headers, body)
}

fn without_between(text: &str, before: &str, after: &str) -> String {
    let mut parts = text.split(before);
    let mut kept = parts.next().unwrap().to_owned();
    for part in parts {
        kept.push_str(before);
        kept.push_str(part.find(after).map_or("", |end| &part[end..]));
    }
    kept
}

/// Somebody who can sign in, somebody who is disabled, and somebody who never chose a password.
async fn people(app: &TestApp) -> Vec<String> {
    let (dana, disabled) = (app.person("dana").await, app.person("disabled").await);
    app.person("passwordless").await;
    app.change("update accounts set password_hash = null where username = 'passwordless'").await;
    let mut unit = app.app.db.write().await.unwrap();
    accounts::disable(&mut unit, &Actor::Operator, disabled.id, None).await.unwrap();
    unit.commit().await.unwrap();
    let email = format!("nobody@{}", dana.email.split_once('@').unwrap().1);
    ["dana", &dana.email, "DANA", "disabled", &disabled.email, "passwordless", "nobody", &email, "no body", "'", "x"]
        .map(str::to_owned)
        .to_vec()
}

async fn answers(app: &TestApp, client: Option<&TestClient>, name: &str, password: &str) -> (u16, Vec<String>, String) {
    let visitor = Visitor::new();
    let url = client.map_or_else(|| app.at("/login"), |client| client.asks("openid").url());
    let page = visitor.open(&url).await.page();
    let fields = [("username", name), ("password", password)];
    comparable(&visitor.press_once(&page, "button[type=submit]", &fields).await, name)
}

async fn known_and_unknown_people_get_the_same_bytes(app: TestApp) {
    let names = people(&app).await;
    let first = answers(&app, None, "nobody", "wrong").await;
    assert_eq!(first.0, 422);
    assert!(first.2.contains("spellcheck=\"false\" value=\"\"") && first.2.contains("is not correct"), "{}", first.2);
    for name in &names {
        assert_eq!(answers(&app, None, name, "wrong").await, first, "{name}");
    }
}

async fn known_and_unknown_people_get_the_same_bytes_on_their_way_to_a_site(app: TestApp) {
    let (names, client) = (people(&app).await, app.web_client("c1").await);
    let first = answers(&app, Some(&client), "nobody", "wrong").await;
    for name in &names {
        assert_eq!(answers(&app, Some(&client), name, "wrong").await, first, "{name}");
    }
}

async fn a_hint_of_a_site_tells_nothing(app: TestApp) {
    let (names, client) = (people(&app).await, app.web_client("c1").await);
    let mut seen = Vec::new();
    for name in names.iter().filter(|name| name.len() > 1) {
        let page = Visitor::new().open(&client.asks("openid").with("login_hint", name).url()).await.page();
        seen.push(comparable(&page, name));
        let asked = client.asks("openid").with("login_hint", name).with("prompt", "none");
        assert_eq!(asked.error(&Visitor::new().open(&asked.url()).await.outside()), "login_required");
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:#?}");
}

async fn whoever_is_disabled_learns_it_with_the_right_password_only(app: TestApp) {
    people(&app).await;
    let told = answers(&app, None, "disabled", crate::support::app::PASSWORD).await;
    assert_eq!(told.0, 403);
    assert!(told.2.contains("disabled"));
    assert!(!answers(&app, None, "disabled", "wrong").await.2.contains("disabled by"));
    assert_eq!(app.count("select count(*) from sessions").await, 0);
}
