//! Organization and sites in tokens (scopes `organization` and `sites`), and what a site never learns of others.

use std::collections::BTreeMap;

use connex::{
    accounts,
    audit::Actor,
    kernel::{Lifetime, OrganizationId, SiteId},
    organizations::Role,
    sites::{self, Family},
};
use serde_json::{Map, Value, json};

use super::basic::flow::assert_nothing_unasked;
use crate::support::{
    app::{Person, TestApp},
    client::{TestClient, Tokens, arrive, claims, random},
    http::{Visitor, read},
    on_both_engines, verify,
};

on_both_engines! {
    the_founder_an_administrator_and_a_member_are_told_apart
    a_person_without_an_organization_has_no_organization_claims
    a_suspended_organization_is_none
    claims_of_ours_need_their_scope
    an_approved_organization_has_roles_and_a_date
    each_status_is_told_as_it_is
    only_sites_have_a_sites_claim
    a_revision_grows_with_each_change
    an_access_token_carries_no_names
    what_is_advertised_is_delivered
    no_token_passes_two_kilobytes
    a_site_that_requires_approval_refuses_the_others
    rule_1_no_other_site_is_mentioned_anywhere
    rule_2_there_is_one_audience
    rule_3_a_sid_is_the_clients_own_and_stable
    rule_4_subjects_are_public_for_sites_and_pairwise_by_choice
    rule_5_another_clients_token_is_as_unknown_as_any
    rule_6_tokens_tell_nothing_of_devices_networks_and_others
}

const EVERYTHING: &str = "openid profile email address phone offline_access organization sites";

/// An organization with its founder, and a site.
struct Town {
    app: TestApp,
    founder: Person,
    organization: OrganizationId,
    site: SiteId,
    client: TestClient,
}

impl Town {
    async fn of(app: TestApp) -> Self {
        let founder = app.person("dana").await;
        let organization = app.organization("Acme Paving, Inc.", &founder).await;
        let (site, client) = app.site(Family::OneOffice, "Birch County Office", "https://birch.example", false).await;
        Self { app, founder, organization, site, client }
    }

    async fn approve(&self, site: SiteId, roles: &[&str]) {
        let roles = roles.iter().map(|role| (*role).to_owned()).collect();
        let mut unit = self.app.app.db.write().await.unwrap();
        sites::approve(&mut unit, &Actor::Operator, site, self.organization, roles).await.unwrap();
        unit.commit().await.unwrap();
    }

    /// Another person of the organization.
    async fn colleague(&self, username: &str, role: Role) -> Person {
        let person = self.app.person(username).await;
        self.app.add_to(self.organization, &person, role).await;
        person
    }

    /// Signs in at the site, and gives what the ID token and userinfo say: the same.
    async fn told(&self, person: &Person, scope: &str) -> Value {
        let (tokens, id) = self.signs_in(person, scope).await;
        let userinfo = self.client.userinfo(tokens.get("access_token")).await.json();
        for name in ["org_id", "org_name", "org_role", "organization", "sites"] {
            assert_eq!(userinfo.get(name), id.get(name), "{name}: {userinfo}");
        }
        id
    }

    async fn signs_in(&self, person: &Person, scope: &str) -> (Tokens, Value) {
        let asked = self.client.asks(scope);
        let tokens = self.client.complete(&Visitor::new(), person, &asked).await;
        let id = verify::id_token(&self.app, &self.client, &asked, &tokens).await;
        (tokens, id)
    }
}

async fn the_founder_an_administrator_and_a_member_are_told_apart(app: TestApp) {
    let town = Town::of(app).await;
    let administrator = town.colleague("ada", Role::Administrator).await;
    let member = town.colleague("max", Role::Member).await;
    let id = town.organization.to_string();
    for (person, role, is_founder) in
        [(&town.founder, "founder", true), (&administrator, "administrator", false), (&member, "member", false)]
    {
        let told = town.told(person, "openid organization").await;
        assert_nothing_unasked(&told, &["org_id", "org_name", "org_role", "organization", "session_expiry"]);
        assert_eq!(
            (&told["org_id"], &told["org_name"], &told["org_role"]),
            (&json!(id), &json!("Acme Paving, Inc."), &json!(role))
        );
        let object = json!({ "id": id, "name": "Acme Paving, Inc.", "role": role, "founder": is_founder, "rev": 3 });
        assert_eq!(told["organization"], object);
    }
}

/// The scope was granted, and the claims are absent: that is how a site knows.
async fn a_person_without_an_organization_has_no_organization_claims(app: TestApp) {
    let town = Town::of(app).await;
    let lone = town.app.person("lone").await;
    let (tokens, id) = town.signs_in(&lone, "openid organization").await;
    assert_nothing_unasked(&id, &["session_expiry"]);
    assert_eq!(tokens.all["scope"], "openid organization");
    let access = claims(tokens.get("access_token"));
    assert!(access.get("org_id").is_none() && access.get("org_role").is_none(), "{access}");
    town.told(&lone, "openid organization").await;
}

async fn a_suspended_organization_is_none(app: TestApp) {
    let town = Town::of(app).await;
    town.app.change("update organizations set status = 'suspended'").await;
    let told = town.told(&town.founder, "openid organization sites").await;
    assert!(told.get("org_id").is_none() && told.get("organization").is_none(), "{told}");
    assert_eq!(told["sites"][0]["status"], "none");
}

async fn claims_of_ours_need_their_scope(app: TestApp) {
    let town = Town::of(app).await;
    assert_nothing_unasked(&town.told(&town.founder, "openid profile email").await, &[]);
    let by_sites = town.told(&town.founder, "openid sites").await;
    assert_nothing_unasked(&by_sites, &["sites", "session_expiry"]);
}

async fn an_approved_organization_has_roles_and_a_date(app: TestApp) {
    let town = Town::of(app).await;
    town.approve(town.site, &["bidder"]).await;
    let approved_at = town.app.now().seconds();
    let told = town.told(&town.founder, "openid sites").await;
    let rev = told["sites"][0]["rev"].as_i64().unwrap();
    let told_at = told["sites"][0]["approved_at"].as_i64().unwrap();
    assert!((approved_at - 2..=approved_at).contains(&told_at), "{told}");
    let entry = json!({ "id": town.site.to_string(), "status": "approved", "roles": ["bidder"], "approved_at": told_at, "rev": rev });
    assert_eq!(told["sites"], json!([entry]));
}

/// A refusal is told as nothing: the reason is never in a token.
async fn each_status_is_told_as_it_is(app: TestApp) {
    let town = Town::of(app).await;
    let nothing = town.told(&town.founder, "openid sites").await;
    assert_eq!(nothing["sites"][0]["status"], "none");
    town.approve(town.site, &["bidder"]).await;
    for (status, told_as) in [("requested", "requested"), ("revoked", "none")] {
        town.app
            .change(match status {
                "requested" => "update site_approvals set status = 'requested', reason = 'confidential'",
                _ => "update site_approvals set status = 'revoked', reason = 'confidential'",
            })
            .await;
        let told = town.told(&town.founder, "openid sites").await;
        let entry = told["sites"][0].as_object().unwrap();
        assert_eq!(entry["status"], told_as, "{status}");
        assert_eq!(entry.len(), 3, "id, status and rev; neither roles nor dates nor reasons: {entry:?}");
    }
}

async fn only_sites_have_a_sites_claim(app: TestApp) {
    let town = Town::of(app).await;
    let (client, visitor) = (town.app.web_client("one").await, Visitor::new());
    let tokens = client.sign_in(&visitor, &town.founder, "openid organization sites").await;
    assert_eq!(tokens.id_token().get("sites"), None);
    assert_eq!(tokens.id_token()["org_role"], "founder");
}

/// A site that sees a greater revision than its own knows that its copy is stale.
async fn a_revision_grows_with_each_change(app: TestApp) {
    let town = Town::of(app).await;
    let rev = async || town.told(&town.founder, "openid sites").await["sites"][0]["rev"].as_i64().unwrap();
    let mut seen = vec![rev().await, rev().await];
    assert_eq!(seen[0], seen[1], "nothing changed");
    town.approve(town.site, &["bidder"]).await;
    seen.push(rev().await);
    town.approve(town.site, &["bidder", "payer"]).await;
    seen.push(rev().await);
    let mut unit = town.app.app.db.write().await.unwrap();
    let name = ("Diana".parse().unwrap(), "Whitfield".parse().unwrap());
    assert!(accounts::rename(&mut unit, &Actor::Operator, town.founder.id, name).await.unwrap());
    unit.commit().await.unwrap();
    seen.push(rev().await);
    assert!(seen[1..].is_sorted_by(|one, next| one < next), "{seen:?}");
}

async fn an_access_token_carries_no_names(app: TestApp) {
    let town = Town::of(app).await;
    let (tokens, _) = town.signs_in(&town.founder, EVERYTHING).await;
    let access = claims(tokens.get("access_token"));
    let mut members: Vec<&str> = access.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    let expected =
        ["acr", "aud", "auth_time", "client_id", "exp", "iat", "iss", "jti", "org_id", "org_role", "scope", "sub"];
    assert_eq!(members, expected);
}

/// Every claim that the metadata lists is in the ID token or at userinfo of a person who has all of them.
async fn what_is_advertised_is_delivered(app: TestApp) {
    let town = Town::of(app).await;
    let (tokens, id) = town.signs_in(&town.founder, EVERYTHING).await;
    let userinfo = town.client.userinfo(tokens.get("access_token")).await.json();
    let metadata = town.app.get("/.well-known/openid-configuration").await.json();
    for claim in metadata["claims_supported"].as_array().unwrap() {
        let claim = claim.as_str().unwrap();
        assert!(id.get(claim).or(userinfo.get(claim)).is_some(), "{claim}");
    }
}

/// The longest names, in letters of four bytes and of one, and every scope.
async fn no_token_passes_two_kilobytes(app: TestApp) {
    let founder = app.person(&"u".repeat(30)).await;
    let organization = app.organization(&"𐐷".repeat(60), &founder).await;
    let (site, client) = app.site(Family::OneGov, &"x".repeat(120), "https://birch.example", false).await;
    let town = Town { app, founder, organization, site, client };
    town.approve(site, &["bidder", "payer", "reviewer"]).await;
    let (tokens, id) = town.signs_in(&town.founder, EVERYTHING).await;
    assert_eq!(id["org_name"].as_str().unwrap().len(), 240);
    for name in ["id_token", "access_token"] {
        let size = tokens.get(name).len();
        assert!(size <= 2048, "{name} has {size} bytes: {id}");
    }
}

async fn a_site_that_requires_approval_refuses_the_others(app: TestApp) {
    let town = Town::of(app).await;
    let (site, client) = town.app.site(Family::OneGov, "Pine City Permits", "https://pine.example", true).await;
    let visitor = Visitor::new();
    town.app.sign_in(&visitor, &town.founder).await;
    let page = visitor.open(&client.asks("openid").url()).await.page();
    assert!(page.status == 403 && page.words("#error").contains("Pine City Permits"), "{}", page.text());
    let back = page.attribute("#error a.btn", "href");
    let told = visitor.open(&town.app.at(&back)).await.outside();
    assert!(told.as_str().starts_with(&client.redirect_uri) && told.as_str().contains("error=access_denied"), "{told}");
    let silent = client.asks("openid").with("prompt", "none");
    assert_eq!(silent.error(&visitor.open(&silent.url()).await.outside()), "access_denied");
    town.approve(site, &[]).await;
    client.sign_in(&visitor, &town.founder, "openid").await;
}

/// All that one site can read: tokens, userinfo, introspection, errors, metadata, keys, headers, pages on the way.
async fn everything_that_a_site_sees(town: &Town, visitor: &Visitor) -> BTreeMap<&'static str, String> {
    let (client, app) = (&town.client, &town.app);
    let asked = client.asks(EVERYTHING);
    let tokens = client.complete(visitor, &town.founder, &asked).await;
    let sign_in = visitor.open(&client.asks("openid").with("prompt", "login").url()).await.page();
    let refused = visitor.get(&client.asks("openid").with("max_age", "soon").url()).await;
    let unproven = visitor.get(&client.asks("openid").with("redirect_uri", "https://birch.example/no").url()).await;
    let bye = format!(
        "/end-session?id_token_hint={}&post_logout_redirect_uri=https://birch.example/",
        tokens.get("id_token")
    );
    let spent = client.redeem(&asked, &random()).await;
    BTreeMap::from([
        ("id token", tokens.id_token().to_string()),
        ("access token", claims(tokens.get("access_token")).to_string()),
        ("userinfo", client.userinfo(tokens.get("access_token")).await.body),
        ("introspection", client.introspect(tokens.get("access_token")).await.to_string()),
        ("introspection of refresh", client.introspect(tokens.get("refresh_token")).await.to_string()),
        ("headers of a page", format!("{:?}", sign_in.headers)),
        ("page", sign_in.body),
        ("error by redirect", format!("{:?}", refused.headers)),
        ("error page", format!("{:?} {}", unproven.headers, unproven.body)),
        ("token error", format!("{:?} {}", spent.headers, spent.body)),
        ("metadata", app.get("/.well-known/openid-configuration").await.body),
        ("keys", app.get("/jwks.json").await.body),
        ("headers of metadata", format!("{:?}", app.get("/.well-known/openid-configuration").await.headers)),
        ("way back after signing out", format!("{:?}", visitor.get(&app.at(&bye)).await.headers)),
    ])
}

async fn rule_1_no_other_site_is_mentioned_anywhere(app: TestApp) {
    let town = Town::of(app).await;
    let (other, other_client) = town.app.site(Family::OneGov, "Pine City Permits", "https://pine.example", false).await;
    town.approve(other, &["inspector"]).await;
    let visitor = Visitor::new();
    other_client.sign_in(&visitor, &town.founder, EVERYTHING).await;
    let (of_site, of_client) = (other.to_string(), other_client.id.clone());
    for (place, text) in everything_that_a_site_sees(&town, &visitor).await {
        for secret in [of_site.as_str(), &of_client, "Pine", "pine", "inspector"] {
            assert!(!text.contains(secret), "{secret} in the {place}: {text}");
        }
    }
}

async fn rule_2_there_is_one_audience(app: TestApp) {
    let town = Town::of(app).await;
    let (_, other) = town.app.site(Family::OneGov, "Pine City Permits", "https://pine.example", false).await;
    let visitor = Visitor::new();
    other.sign_in(&visitor, &town.founder, EVERYTHING).await;
    let tokens = town.client.sign_in(&visitor, &town.founder, EVERYTHING).await;
    assert_eq!(tokens.id_token()["aud"], town.client.id.as_str());
    assert_eq!(claims(tokens.get("access_token"))["aud"], town.app.issuer.as_str());
    assert_eq!(tokens.id_token().get("azp"), None);
}

/// Two sites cannot join their session tables; one site knows the session again, also after a forced sign-in.
async fn rule_3_a_sid_is_the_clients_own_and_stable(app: TestApp) {
    let town = Town::of(app).await;
    let (_, other) = town.app.site(Family::OneGov, "Pine City Permits", "https://pine.example", false).await;
    let visitor = Visitor::new();
    let sid = async |client: &TestClient, prompt: &str| {
        let asked = client.asks("openid").with("prompt", prompt);
        client.complete(&visitor, &town.founder, &asked).await.id_token()["sid"].as_str().unwrap().to_owned()
    };
    let first = sid(&town.client, "consent").await;
    assert_ne!(first, sid(&other, "consent").await);
    town.app.advance(Lifetime::seconds(2));
    assert_eq!(first, sid(&town.client, "login").await);
    assert_eq!(first, sid(&town.client, "none").await);
    let elsewhere = town.client.sign_in(&Visitor::new(), &town.founder, "openid").await;
    assert_ne!(elsewhere.id_token()["sid"], first.as_str());
}

async fn rule_4_subjects_are_public_for_sites_and_pairwise_by_choice(app: TestApp) {
    let town = Town::of(app).await;
    let (_, pine) = town.app.site(Family::OneGov, "Pine City Permits", "https://pine.example", false).await;
    let pairwise = async |uri: &str| {
        town.app.client(json!({ "redirect_uris": [uri], "subject_type": "pairwise", "require_pkce": false })).await
    };
    let (one, same, other) = (
        pairwise("https://a.example/x").await,
        pairwise("https://a.example/y").await,
        pairwise("https://b.example/x").await,
    );
    let subject = async |client: &TestClient| {
        let tokens = client.sign_in(&Visitor::new(), &town.founder, "openid").await;
        let subject = tokens.id_token()["sub"].clone();
        assert_eq!(client.userinfo(tokens.get("access_token")).await.json()["sub"], subject);
        assert_eq!(client.introspect(tokens.get("access_token")).await["sub"], subject);
        assert_eq!(claims(tokens.get("access_token"))["sub"], subject);
        subject
    };
    let public = subject(&town.client).await;
    assert_eq!(public, subject(&pine).await, "sites have to reconcile with each other");
    let (of_one, of_same, of_other) = (subject(&one).await, subject(&same).await, subject(&other).await);
    assert_eq!(of_one, of_same, "one sector");
    assert!(of_one != of_other && of_one != public && of_other != public, "{of_one} {of_other} {public}");
}

/// The bytes and the status are the same for a token of another client, a made-up one, and none of either kind.
async fn rule_5_another_clients_token_is_as_unknown_as_any(app: TestApp) {
    let town = Town::of(app).await;
    let (_, other) = town.app.site(Family::OneGov, "Pine City Permits", "https://pine.example", false).await;
    let tokens = town.client.sign_in(&Visitor::new(), &town.founder, EVERYTHING).await;
    let unknown = read(other.post("/introspect", &[("token", "made-up")])).await;
    assert_eq!((unknown.status.as_u16(), unknown.body.as_str()), (200, r#"{"active":false}"#));
    for name in ["access_token", "refresh_token", "id_token"] {
        let page = read(other.post("/introspect", &[("token", tokens.get(name))])).await;
        assert_eq!((page.status, page.body.as_str()), (unknown.status, unknown.body.as_str()), "{name}");
        assert_eq!(page.header("content-type"), unknown.header("content-type"));
    }
    let codes =
        [other.redeem(&other.asks("openid"), &random()).await, other.refresh(tokens.get("refresh_token")).await];
    let made_up = other.refresh("made-up").await;
    assert_eq!(codes[1].body, made_up.body);
    assert_eq!(codes[0].json()["error"], "invalid_grant");
}

/// Nothing of networks, browsers, other people of the organization, or other sign-ins.
async fn rule_6_tokens_tell_nothing_of_devices_networks_and_others(app: TestApp) {
    let town = Town::of(app).await;
    let colleague = town.colleague("max", Role::Member).await;
    town.app.sign_in(&Visitor::new(), &colleague).await;
    let asked = town.client.asks(EVERYTHING);
    let visitor = Visitor::new();
    let callback = arrive(&visitor, &town.founder, visitor.open(&asked.url()).await).await;
    let tokens = Tokens { all: town.client.redeem(&asked, &asked.code(&callback)).await.json() };
    let userinfo = town.client.userinfo(tokens.get("access_token")).await.json();
    for told in [tokens.id_token(), claims(tokens.get("access_token")), userinfo] {
        let without_issuer: Map<String, Value> = told
            .as_object()
            .unwrap()
            .clone()
            .into_iter()
            .filter(|(name, _)| !["iss", "aud"].contains(&name.as_str()))
            .collect();
        let text = Value::Object(without_issuer).to_string();
        for secret in ["127.0.0.1", "user_agent", "reqwest", &colleague.username, &colleague.email, "members", "last_"]
        {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    assert_eq!(tokens.id_token()["amr"], json!(["pwd"]));
}
