//! The database is gone: every answer says so, and none pretends.

use crate::support::{
    app::TestApp,
    client::TestClient,
    http::{Page, Visitor, read},
    on_both_engines,
};

on_both_engines! {
    no_endpoint_pretends_without_a_database
    no_page_pretends_without_a_database
    what_needs_no_database_is_still_there
}

/// The answer of a program that cannot work: 500 or 503, with nothing inside it shown.
fn says_so(answer: &Page) {
    assert!([500, 503].contains(&answer.status.as_u16()), "{} {} {}", answer.url, answer.status, answer.body);
    for inside in ["sqlx", "pool", "PoolClosed", "sqlite", "postgres", "panicked", "select ", "src/"] {
        assert!(!answer.body.contains(inside), "{}: {}", answer.url, answer.body);
    }
    assert!(answer.headers.get_all("set-cookie").iter().all(|line| !line.to_str().unwrap().contains("session")));
}

async fn no_endpoint_pretends_without_a_database(app: TestApp) {
    let (client, dana) = (app.web_client("c1").await, app.person("dana").await);
    let tokens = client.sign_in(&Visitor::new(), &dana, "openid offline_access").await;
    app.app.db.close().await;
    let refresh = tokens.get("refresh_token");
    let answers = [
        client.refresh(refresh).await,
        client.userinfo(tokens.get("access_token")).await,
        read(client.post("/introspect", &[("token", tokens.get("access_token"))])).await,
        // A revocation that was not done must not be confirmed.
        read(client.post("/revoke", &[("token", refresh)])).await,
        read(client.post("/par", &[("response_type", "code"), ("redirect_uri", &client.redirect_uri)])).await,
        read(client.post("/token", &[("grant_type", "client_credentials")])).await,
    ];
    for answer in answers {
        says_so(&answer);
        assert!(["server_error", "temporarily_unavailable"].contains(&answer.json()["error"].as_str().unwrap()));
    }
}

async fn pages(app: &TestApp, client: &TestClient, visitor: &Visitor, sign_in: &Page) -> Vec<Page> {
    let typed = [("username", "dana"), ("password", crate::support::app::PASSWORD)];
    vec![
        visitor.get(&client.asks("openid").url()).await,
        visitor.get(&app.at("/")).await,
        visitor.get(&app.at("/logout")).await,
        visitor.get(&app.at("/end-session")).await,
        Visitor::new().get(&client.asks("openid").with("prompt", "none").url()).await,
        visitor.press_once(sign_in, "button[type=submit]", &typed).await,
    ]
}

async fn no_page_pretends_without_a_database(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    client.sign_in(&visitor, &dana, "openid").await;
    let sign_in = visitor.open(&client.asks("openid").with("prompt", "login").url()).await.page();
    app.app.db.close().await;
    for page in pages(&app, &client, &visitor, &sign_in).await {
        says_so(&page);
        assert!(page.has("#error") && page.words("#reference").len() > 5, "{}", page.text());
        assert!(page.header("location").is_empty());
    }
}

async fn what_needs_no_database_is_still_there(app: TestApp) {
    app.app.db.close().await;
    for path in ["/.well-known/openid-configuration", "/jwks.json", "/livez"] {
        assert_eq!(app.get(path).await.status, 200, "{path}");
    }
    assert!([500, 503].contains(&app.get("/readyz").await.status.as_u16()));
}
