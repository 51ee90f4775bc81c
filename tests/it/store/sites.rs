//! What is kept of sites, approvals and links.

use connex::{
    audit::Actor,
    kernel::{Lifetime, OrganizationId, SiteId},
    oidc::clients,
    platform::store::Sql,
    sites::{self, Family, SiteError},
};
use serde_json::{Value, json};

use crate::support::{
    app::TestApp,
    client::{TestClient, Tokens},
    http::Visitor,
    on_both_engines,
};

on_both_engines! {
    sites_are_listed_by_name_until_they_are_removed
    an_approval_grows_in_revision_and_ends
    an_approval_that_has_run_out_is_none
    an_organization_is_linked_once
}

async fn sites_are_listed_by_name_until_they_are_removed(app: TestApp) {
    let (oak, _) = app.site(Family::OneGov, "Oak County", "http://127.0.0.1:7202", false).await;
    let (birch, client) = app.site(Family::OneOffice, "Birch County", "http://127.0.0.1:7201", true).await;
    let mut unit = app.app.db.write().await.unwrap();
    let names: Vec<SiteId> = sites::list(&mut unit).await.unwrap().iter().map(|site| site.id).collect();
    assert_eq!(names, [birch, oak]);
    let found = sites::find(&mut unit, birch).await.unwrap().unwrap();
    assert!(found.require_approval && found.kind == Family::OneOffice);
    assert_eq!(clients::ids_of_site(&mut unit, birch).await.unwrap(), [client.id.as_str()]);
    sites::remove(&mut unit, &Actor::Operator, birch).await.unwrap();
    clients::disable_of_site(&mut unit, birch).await.unwrap();
    assert!(matches!(sites::remove(&mut unit, &Actor::Operator, birch).await, Err(SiteError::NotFound)));
    assert!(sites::find(&mut unit, birch).await.unwrap().is_none());
    assert_eq!(sites::list(&mut unit).await.unwrap().len(), 1);
    unit.commit().await.unwrap();
    let refused = Visitor::new().get(&client.asks("openid").url()).await;
    assert_eq!(refused.status, 400, "{}", refused.text());
}

/// What the site of `client` is told of the organization of its person.
async fn told(client: &TestClient, tokens: &Tokens) -> Value {
    let answer = client.userinfo(tokens.get("access_token")).await;
    if answer.status == 200 { answer.json()["sites"][0].clone() } else { Value::Null }
}

async fn approve(app: &TestApp, site: SiteId, organization: OrganizationId, roles: &[&str]) {
    let roles = roles.iter().map(|role| (*role).to_owned()).collect();
    let mut unit = app.app.db.write().await.unwrap();
    sites::approve(&mut unit, &Actor::Operator, site, organization, roles).await.unwrap();
    unit.commit().await.unwrap();
}

async fn an_approval_grows_in_revision_and_ends(app: TestApp) {
    let dana = app.person("dana").await;
    let pine = app.organization("Pine", &dana).await;
    let (birch, client) = app.site(Family::OneOffice, "Birch County", "http://127.0.0.1:7201", false).await;
    let tokens = client.sign_in(&Visitor::new(), &dana, "openid sites").await;
    let none = told(&client, &tokens).await;
    assert_eq!((none["id"].as_str(), none["status"].as_str()), (Some(birch.to_string().as_str()), Some("none")));
    approve(&app, birch, pine, &["bidder"]).await;
    approve(&app, birch, pine, &["bidder", "hauler"]).await;
    let approved = told(&client, &tokens).await;
    assert_eq!((approved["status"].as_str(), &approved["roles"]), (Some("approved"), &json!(["bidder", "hauler"])));
    assert_eq!(approved["rev"].as_i64(), none["rev"].as_i64().map(|rev| rev + 2));
    let mut unit = app.app.db.write().await.unwrap();
    sites::unapprove(&mut unit, &Actor::Operator, birch, pine).await.unwrap();
    let again = sites::unapprove(&mut unit, &Actor::Operator, birch, pine).await;
    assert!(matches!(again, Err(SiteError::NotApproved)));
    unit.commit().await.unwrap();
    assert_eq!(told(&client, &tokens).await, Value::Null, "everybody is out");
    let tokens = client.sign_in(&Visitor::new(), &dana, "openid sites").await;
    let ended = told(&client, &tokens).await;
    assert!(ended["status"] == "none" && ended["roles"].is_null(), "{ended}");
    assert_eq!(ended["rev"].as_i64(), none["rev"].as_i64().map(|rev| rev + 4), "out, and in again");
}

async fn an_approval_that_has_run_out_is_none(app: TestApp) {
    let dana = app.person("dana").await;
    let pine = app.organization("Pine", &dana).await;
    let (birch, client) = app.site(Family::OneOffice, "Birch County", "http://127.0.0.1:7201", true).await;
    approve(&app, birch, pine, &["bidder"]).await;
    let mut unit = app.app.db.write().await.unwrap();
    let until = unit.now() + Lifetime::minutes(2);
    unit.sql("update site_approvals set valid_until = $1").bind(until).run().await.unwrap();
    unit.commit().await.unwrap();
    let tokens = client.sign_in(&Visitor::new(), &dana, "openid sites").await;
    assert_eq!(told(&client, &tokens).await["status"], "approved");
    app.advance(Lifetime::minutes(2));
    assert_eq!(told(&client, &tokens).await, Value::Null, "this site admits approved organizations only");
    approve(&app, birch, pine, &["bidder"]).await;
    assert_eq!(told(&client, &tokens).await["status"], "approved");
}

async fn an_organization_is_linked_once(app: TestApp) {
    let dana = app.person("dana").await;
    let pine = app.organization("Pine", &dana).await;
    let (birch, client) = app.site(Family::OneOffice, "Birch County", "http://127.0.0.1:7201", false).await;
    for _ in 0..2 {
        client.sign_in(&Visitor::new(), &dana, "openid sites").await;
    }
    assert_eq!(app.count("select count(*) from site_links").await, 0, "a visit opens nothing to others");
    for is_new in [true, false] {
        let mut unit = app.app.db.write().await.unwrap();
        assert_eq!(sites::link(&mut unit, birch, pine, dana.id).await.unwrap(), is_new);
        unit.commit().await.unwrap();
    }
    assert_eq!(app.count("select count(*) from site_links").await, 1);
    assert_eq!(app.count("select count(*) from audit_entries where fact = 'sites.linked'").await, 1);
}
