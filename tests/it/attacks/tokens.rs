//! Scopes, revocation and introspection (1.2).

use serde_json::{Value, json};

use crate::support::{
    app::TestApp,
    client::{TestClient, random},
    http::{Page, Visitor, read},
    never_a_5xx_on_both_engines,
};

never_a_5xx_on_both_engines! {
    k18_nobody_revokes_a_token_of_somebody_else
    k19_a_token_of_another_site_is_as_unknown_as_a_made_up_one
    k19_a_public_client_learns_nothing
    k24_a_scope_beyond_the_registration_is_refused
    k24_a_refresh_cannot_widen_the_scope
    k24_a_client_gets_no_scope_of_people_for_itself
    a_refresh_token_is_bound_to_its_client
    a_token_of_a_client_for_itself_is_nobody_at_userinfo
}

async fn k18_nobody_revokes_a_token_of_somebody_else(app: TestApp) {
    let (c1, c2, dana) = (app.web_client("c1").await, app.web_client("c2").await, app.person("dana").await);
    let tokens = c1.sign_in(&Visitor::new(), &dana, "openid offline_access").await;
    for kind in ["access_token", "refresh_token"] {
        let answer = read(c2.post("/revoke", &[("token", tokens.get(kind)), ("token_type_hint", kind)])).await;
        let unknown = read(c2.post("/revoke", &[("token", &random()), ("token_type_hint", kind)])).await;
        assert_eq!((answer.status.as_u16(), &answer.body), (200, &unknown.body));
    }
    assert_eq!(c1.userinfo(tokens.get("access_token")).await.status, 200);
    assert_eq!(c1.refresh(tokens.get("refresh_token")).await.status, 200);
    // Its own client can, and then all of it is gone.
    assert_eq!(read(c1.post("/revoke", &[("token", tokens.get("refresh_token"))])).await.status, 200);
    assert_eq!(c1.userinfo(tokens.get("access_token")).await.status, 401);
}

async fn k19_a_token_of_another_site_is_as_unknown_as_a_made_up_one(app: TestApp) {
    let (x, y, dana) = (app.web_client("x").await, app.web_client("y").await, app.person("dana").await);
    let tokens = x.sign_in(&Visitor::new(), &dana, "openid offline_access").await;
    let asks = async |client: &TestClient, token: &str| read(client.post("/introspect", &[("token", token)])).await;
    let comparable = |page: Page| (page.status, page.body.clone(), page.headers.keys().cloned().collect::<Vec<_>>());
    let unknown = comparable(asks(&y, &random()).await);
    assert_eq!(unknown.1, r#"{"active":false}"#);
    for kind in ["access_token", "refresh_token", "id_token"] {
        assert_eq!(comparable(asks(&y, tokens.get(kind)).await), unknown, "{kind}");
    }
    assert_eq!(asks(&x, tokens.get("access_token")).await.json()["active"], true);
    assert_eq!(asks(&x, tokens.get("refresh_token")).await.json()["active"], true);
    assert_eq!(comparable(asks(&x, tokens.get("id_token")).await).1, unknown.1);
}

async fn k19_a_public_client_learns_nothing(app: TestApp) {
    let metadata =
        json!({ "client_id": "p1", "token_endpoint_auth_method": "none", "redirect_uris": ["https://p1.example/cb"] });
    let (client, dana) = (app.client(metadata).await, app.person("dana").await);
    let tokens = client.sign_in(&Visitor::new(), &dana, "openid").await;
    let answer = read(client.post("/introspect", &[("token", tokens.get("access_token"))])).await;
    assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (401, Some("invalid_client")));
}

/// A client that may ask for little.
async fn modest(app: &TestApp) -> TestClient {
    app.client(json!({
        "client_id": "modest", "client_secret": "secret-of-modest", "redirect_uris": ["https://modest.example/cb"],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "scope": "openid profile offline_access reports.read",
    }))
    .await
}

async fn k24_a_scope_beyond_the_registration_is_refused(app: TestApp) {
    let client = modest(&app).await;
    for scope in ["openid email", "openid profile organization", "sites", "openid phone address"] {
        let asked = client.asks(scope);
        let callback = Visitor::new().open(&asked.url()).await.outside();
        assert_eq!(asked.error(&callback), "invalid_scope", "{scope}");
    }
}

async fn k24_a_refresh_cannot_widen_the_scope(app: TestApp) {
    let (client, dana) = (modest(&app).await, app.person("dana").await);
    let tokens = client.sign_in(&Visitor::new(), &dana, "openid offline_access").await;
    let refresh = async |token: &str, scope: &str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)];
        read(client.post("/token", &fields)).await
    };
    for wider in
        ["openid profile", "openid offline_access email", "openid admin", "reports.read", "\"", "openid\topenid"]
    {
        let answer = refresh(tokens.get("refresh_token"), wider).await;
        assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (400, Some("invalid_scope")), "{wider}");
    }
    let narrower = refresh(tokens.get("refresh_token"), "openid").await.json();
    assert_eq!(narrower["scope"], "openid");
    let userinfo = client.userinfo(narrower["access_token"].as_str().unwrap()).await.json();
    assert_eq!(userinfo.as_object().unwrap().keys().collect::<Vec<_>>(), ["sub"]);
}

async fn k24_a_client_gets_no_scope_of_people_for_itself(app: TestApp) {
    let client = modest(&app).await;
    let ask = async |scope: &str| {
        read(client.post("/token", &[("grant_type", "client_credentials"), ("scope", scope)])).await
    };
    assert_eq!(ask("reports.read").await.json()["scope"], "reports.read");
    for scope in ["openid", "profile", "reports.read openid", "reports.write", "organization"] {
        let answer = ask(scope).await;
        assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (400, Some("invalid_scope")), "{scope}");
    }
}

async fn a_refresh_token_is_bound_to_its_client(app: TestApp) {
    let (c1, c2, dana) = (app.web_client("c1").await, app.web_client("c2").await, app.person("dana").await);
    let tokens = c1.sign_in(&Visitor::new(), &dana, "openid offline_access").await;
    let refused: Value = c2.refresh(tokens.get("refresh_token")).await.json();
    assert_eq!(refused["error"], "invalid_grant");
    assert_eq!(c1.refresh(tokens.get("refresh_token")).await.status, 200);
}

async fn a_token_of_a_client_for_itself_is_nobody_at_userinfo(app: TestApp) {
    let client = app.web_client("c1").await;
    let own = read(client.post("/token", &[("grant_type", "client_credentials")])).await.json();
    let answer = client.userinfo(own["access_token"].as_str().unwrap()).await;
    assert!(answer.status == 401 || answer.status == 403, "{} {}", answer.status, answer.body);
    assert!(!answer.body.contains("sub"));
}
