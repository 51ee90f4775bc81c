//! Only a site gets in, only with a token of its own, and only where its scope reaches.

use connex::{
    app::policy::POLICY,
    kernel::Lifetime,
    platform::web::policy::{Need, Row, SiteScope},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    scim::world::World,
    support::{
        app::TestApp,
        client::claims,
        http::{Page, Visitor, read},
        never_a_5xx_on_both_engines,
    },
};

never_a_5xx_on_both_engines! {
    every_route_of_sites_wants_a_token_with_its_scope
    no_other_token_opens_a_route_of_sites
    a_token_dies_with_its_life_its_site_and_its_revocation
    a_client_that_is_no_site_is_forbidden
    a_token_for_sites_has_one_audience_and_names_no_person
    nobody_gets_the_scopes_of_sites_through_a_person
}

fn rows() -> impl Iterator<Item = (&'static Row, SiteScope)> {
    POLICY.iter().filter_map(|row| match row.need {
        Need::Site(scope) => Some((row, scope)),
        _ => None,
    })
}

/// Asks for a row with whatever stands in `Authorization`.
async fn ask(world: &World, row: &Row, authorization: Option<&str>) -> Page {
    let path = row.path.replace("{id}", "x").replace("{org}", "x").replace("{sub}", "x").replace("{txn}", "x");
    let mut request = world.app.machine.request(row.method.clone(), world.app.at(&path)).json(&json!({}));
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    read(request).await
}

fn is_refused(row: &Row, page: &Page, status: u16, challenge: &str) {
    assert_eq!(page.status.as_u16(), status, "{} {}: {}", row.method, row.path, page.body);
    assert!(page.header("www-authenticate").contains(challenge), "{}: {}", row.path, page.header("www-authenticate"));
    let kind = if row.path.starts_with("/scim/") { "application/scim+json" } else { "application/problem+json" };
    assert_eq!(page.header("content-type"), kind, "{}", row.path);
    if !row.path.starts_with("/scim/") {
        let said = page.json();
        assert_eq!(said["reference"], json!(page.header("x-request-id")), "{said}");
    }
}

async fn every_route_of_sites_wants_a_token_with_its_scope(app: TestApp) {
    let world = World::new(app).await;
    let (scim, sync) = (world.birch.token("scim").await, world.birch.token("sync").await);
    assert!(rows().count() > 15);
    for (row, scope) in rows() {
        let page = ask(&world, row, None).await;
        is_refused(row, &page, 401, "Bearer realm=\"connex\"");
        assert!(!page.header("www-authenticate").contains("error"), "who brings no token learns no reason");
        is_refused(row, &ask(&world, row, Some("Basic eDp5")).await, 401, "Bearer");
        let (right, wrong) = if scope == SiteScope::Scim { (&scim, &sync) } else { (&sync, &scim) };
        is_refused(row, &ask(&world, row, Some(&format!("Bearer {wrong}"))).await, 403, "insufficient_scope");
        let page = ask(&world, row, Some(&format!("Bearer {right}"))).await;
        assert!(matches!(page.status.as_u16(), 200 | 400 | 404), "{} {}: {}", row.method, row.path, page.body);
    }
}

async fn no_other_token_opens_a_route_of_sites(app: TestApp) {
    let world = World::new(app).await;
    let scope = "openid offline_access organization sites";
    let tokens = world.birch.client.sign_in(&Visitor::new(), &world.dana, scope).await;
    let good = world.birch.token("scim sync").await;
    let mut parts: Vec<&str> = good.split('.').collect();
    parts[2] = "AAAA";
    let forged = parts.join(".");
    let (row, _) = rows().find(|(row, _)| row.path == "/scim/v2/Users").unwrap();
    for (what, token) in [
        ("an ID token", tokens.get("id_token")),
        ("an access token of a person", tokens.get("access_token")),
        ("a refresh token", tokens.get("refresh_token")),
        ("a forged one", forged.as_str()),
        ("text", "x"),
    ] {
        let page = ask(&world, row, Some(&format!("Bearer {token}"))).await;
        assert_eq!(page.status, 401, "{what}");
        is_refused(row, &page, 401, "invalid_token");
    }
    is_refused(row, &ask(&world, row, Some("Bearer a b")).await, 400, "invalid_request");
    let request = world.app.machine.get(world.app.at(row.path)).bearer_auth(&good).bearer_auth(&good);
    assert_eq!(read(request).await.status, 400, "two tokens");
    let request = world.app.machine.get(world.app.at(&format!("{}?access_token={good}", row.path)));
    assert_eq!(read(request).await.status, 401, "never in the address");
}

async fn a_token_dies_with_its_life_its_site_and_its_revocation(app: TestApp) {
    let world = World::new(app).await;
    let ask = async |token: &str| world.bear(token, Method::GET, "/scim/v2/Users", None).await.status.as_u16();
    let (first, second) = (world.birch.token("scim").await, world.birch.token("scim").await);
    assert_eq!(ask(&first).await, 200);
    read(world.birch.client.post("/revoke", &[("token", &first)])).await;
    assert_eq!((ask(&first).await, ask(&second).await), (401, 200), "revoked");
    world.app.advance(Lifetime::hours(2));
    assert_eq!(ask(&second).await, 401, "it has ended");
    let third = world.birch.token("scim").await;
    world.app.change("update clients set status = 'disabled'").await;
    assert_eq!(ask(&third).await, 401, "its site was removed");
}

async fn a_client_that_is_no_site_is_forbidden(app: TestApp) {
    let world = World::new(app).await;
    let metadata = json!({
        "client_id": "reports", "client_secret": "reports-secret-reports-secret-reports-secret",
        "redirect_uris": ["https://reports.example/cb"], "grant_types": ["client_credentials", "authorization_code"],
        "scope": "openid scim sync",
    });
    let client = world.app.client(metadata).await;
    let answer = read(client.post("/token", &[("grant_type", "client_credentials"), ("scope", "scim sync")])).await;
    let token = format!("Bearer {}", answer.json()["access_token"].as_str().unwrap());
    for (row, _) in rows() {
        is_refused(row, &ask(&world, row, Some(&token)).await, 403, "insufficient_scope");
    }
}

async fn a_token_for_sites_has_one_audience_and_names_no_person(app: TestApp) {
    let world = World::new(app).await;
    let token = claims(&world.birch.token("scim sync").await);
    let one = match &token["aud"] {
        Value::Array(all) => all.clone(),
        one => vec![one.clone()],
    };
    assert_eq!(one, [json!(world.app.issuer)]);
    assert_eq!((&token["sub"], &token["client_id"]), (&json!(world.birch.client.id), &json!(world.birch.client.id)));
    let metadata = world.app.get("/.well-known/openid-configuration").await.json();
    let offered = metadata["scopes_supported"].as_array().unwrap();
    assert!(offered.contains(&json!("scim")) && offered.contains(&json!("sync")), "{offered:?}");
}

async fn nobody_gets_the_scopes_of_sites_through_a_person(app: TestApp) {
    let world = World::new(app).await;
    let tokens = world.birch.client.sign_in(&Visitor::new(), &world.dana, "openid scim sync").await;
    assert_eq!(tokens.get("scope"), "openid");
    assert_eq!(claims(tokens.get("access_token"))["scope"], "openid");
}
