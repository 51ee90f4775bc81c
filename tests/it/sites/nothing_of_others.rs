//! What a site must not see of other sites, as far as pages, tokens and errors go: the rules of
//! claims-and-sync 4.5. Where the rest of each rule is tested is listed in `sites/mod.rs`.

use connex::{
    audit::Actor,
    organizations::Role,
    platform::store::Sql,
    sites::{Family, blocks},
};

use super::{EVERYTHING, Northline, Says, named, wanted};
use crate::support::{
    app::TestApp,
    client::{TestClient, claims, random},
    http::{Visitor, read},
    on_both_engines,
};

on_both_engines! {
    rule_1_no_word_of_another_agency_is_told
    rule_1_no_document_and_no_page_on_the_way_names_another_site
    rule_2_one_audience_at_each_site
    rule_3_two_sites_cannot_join_their_sessions
    rule_4_the_subject_is_the_one_that_the_copies_have
    rule_5_a_refusal_is_the_same_whatever_stands_elsewhere
    rule_6_colleagues_are_unseen_before_an_approval
    rule_6_tokens_say_what_the_contract_names_and_nothing_else
    rule_7_tokens_name_no_assets_and_no_credits
    rule_8_the_trouble_of_one_site_is_not_told_to_another
    rule_9_a_search_for_organizations_tells_no_people_and_no_sites
}

/// Northline at Birch, and another agency's site.
async fn two_agencies(app: TestApp) -> (Northline, connex::kernel::SiteId, TestClient) {
    let (pine, client) = app.site(Family::OneGov, "Pine City Permits", "https://pine.example", false).await;
    (Northline::on(app).await, pine, client)
}

/// All that Birch reads when somebody signs in there.
async fn everything_told(north: &Northline, visitor: &Visitor) -> String {
    let tokens = north.client.sign_in(visitor, &north.marcus, EVERYTHING).await;
    let userinfo = north.client.userinfo(tokens.get("access_token")).await.body;
    let introspected = north.client.introspect(tokens.get("access_token")).await;
    let refused = north.client.redeem(&north.client.asks("openid"), &random()).await.body;
    format!("{} {} {userinfo} {introspected} {refused}", tokens.id_token(), claims(tokens.get("access_token")))
}

async fn rule_1_no_word_of_another_agency_is_told(app: TestApp) {
    let (mut north, pine, client) = two_agencies(app).await;
    let birch = std::mem::replace(&mut north.birch, pine);
    north.says(Says::Approved).await;
    north.says(Says::Denied).await;
    north.birch = birch;
    let told = everything_told(&north, &Visitor::new()).await;
    for secret in ["Pine", "pine", "denied", "blocked", "because", "Gloria", "bidder", &pine.to_string(), &client.id] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
}

async fn rule_1_no_document_and_no_page_on_the_way_names_another_site(app: TestApp) {
    let (north, pine, client) = two_agencies(app).await;
    client.sign_in(&Visitor::new(), &north.marcus, EVERYTHING).await;
    let visitor = Visitor::new();
    let asked = north.client.asks(EVERYTHING);
    let sign_in = visitor.open(&asked.url()).await.page();
    let fields = [("username", north.marcus.username.as_str()), ("password", north.marcus.password.as_str())];
    let notice = visitor.press(&sign_in, "button[type=submit]", &fields).await.page();
    assert!(notice.has("#allow"));
    let mut pages = vec![sign_in, notice];
    let documents =
        ["/.well-known/openid-configuration", "/jwks.json", "/api/openapi.json", "/end-session", "/authorize"];
    for path in documents {
        let request = north.app.machine.get(north.app.at(path)).header("origin", "https://birch.example");
        pages.push(read(request).await);
    }
    assert!(pages[2].status == 200 && pages[3].status == 200, "{} {}", pages[2].status, pages[3].status);
    for page in pages {
        let told = format!("{} {:?}", page.body, page.headers).to_lowercase();
        for secret in ["pine city", "pine.example", &pine.to_string(), &client.id.to_lowercase()] {
            assert!(!told.contains(secret), "{secret} at {}: {told}", page.url);
        }
    }
}

async fn rule_2_one_audience_at_each_site(app: TestApp) {
    let (north, _, client) = two_agencies(app).await;
    let visitor = Visitor::new();
    for site in [&north.client, &client] {
        let tokens = site.sign_in(&visitor, &north.marcus, EVERYTHING).await;
        assert_eq!(tokens.id_token()["aud"], site.id.as_str());
        assert_eq!(tokens.id_token()["sites"].as_array().unwrap().len(), 1);
    }
}

async fn rule_3_two_sites_cannot_join_their_sessions(app: TestApp) {
    let (north, _, client) = two_agencies(app).await;
    let visitor = Visitor::new();
    let here = north.client.sign_in(&visitor, &north.marcus, "openid").await;
    let there = client.sign_in(&visitor, &north.marcus, "openid").await;
    assert_ne!(here.id_token()["sid"], there.id_token()["sid"]);
}

async fn rule_4_the_subject_is_the_one_that_the_copies_have(app: TestApp) {
    let (north, ..) = two_agencies(app).await;
    let tokens = north.client.sign_in(&Visitor::new(), &north.marcus, "openid").await;
    let sql = "select external_id from sync_items where kind = 'user' and resource_id = $1";
    let mut reader = north.app.app.db.read().await.unwrap();
    let copied: Option<String> = reader.sql(sql).bind(north.marcus.id).scalar().await.unwrap();
    assert_eq!(tokens.id_token()["sub"].as_str(), copied.as_deref());
}

async fn rule_5_a_refusal_is_the_same_whatever_stands_elsewhere(app: TestApp) {
    let (pine, client) = app.site(Family::OneGov, "Pine City Permits", "https://pine.example", false).await;
    let mut north = Northline::kept_out_of_birch(app).await;
    let marcus = north.browser(&north.marcus).await;
    let silent = async |client: &TestClient| {
        let asked = client.asks("openid").with("prompt", "none");
        let answer = marcus.open(&asked.url()).await.outside();
        let description =
            answer.query_pairs().find(|(name, _)| name == "error_description").map(|pair| pair.1.into_owned());
        (asked.error(&answer), description)
    };
    let before = silent(&north.client).await;
    assert_eq!(before.0, "access_denied");
    client.sign_in(&marcus, &north.marcus, "openid").await;
    let birch = std::mem::replace(&mut north.birch, pine);
    for word in [Says::Approved, Says::Denied] {
        north.says(word).await;
        assert_eq!(silent(&north.client).await, before, "{word:?} elsewhere");
    }
    north.birch = birch;
    north.says(Says::Denied).await;
    assert_eq!(silent(&north.client).await, before, "and why it refuses is the agency's to know, not its program's");
}

async fn rule_6_colleagues_are_unseen_before_an_approval(app: TestApp) {
    let (north, ..) = two_agencies(app).await;
    let luis = named(&north.app, ("luis", "Luis")).await;
    let told = everything_told(&north, &Visitor::new()).await;
    for colleague in [&north.dana, &north.ellen, &luis] {
        assert!(!told.contains(&colleague.id.to_string()) && !told.contains(&colleague.email), "{told}");
        assert_eq!(wanted(&north.app, north.birch, colleague).await, None);
    }
    north.app.add_to(north.id, &luis, Role::Member).await;
    assert_eq!(wanted(&north.app, north.birch, &luis).await, None, "a visit opens the site to nobody who joins");
    assert_eq!(north.app.count("select count(*) from sync_items where kind = 'user'").await, 1);
}

/// What a site may read of a person and of their sign-in. Whatever else is known (other devices and networks, other
/// factors, requests to join, the last sign-in elsewhere) has no name here.
const NAMED: [&str; 40] = [
    "acr",
    "address",
    "amr",
    "at_hash",
    "aud",
    "auth_time",
    "birthdate",
    "client_id",
    "email",
    "email_verified",
    "exp",
    "family_name",
    "gender",
    "given_name",
    "iat",
    "iss",
    "jti",
    "locale",
    "middle_name",
    "name",
    "nbf",
    "nickname",
    "nonce",
    "org_id",
    "org_name",
    "org_role",
    "organization",
    "phone_number",
    "phone_number_verified",
    "picture",
    "preferred_username",
    "profile",
    "scope",
    "session_expiry",
    "sid",
    "sites",
    "sub",
    "updated_at",
    "website",
    "zoneinfo",
];

fn assert_only(what: &str, object: &serde_json::Value, named: &[&str]) {
    for name in object.as_object().unwrap().keys() {
        assert!(named.contains(&name.as_str()), "{what} says {name}: {object}");
    }
}

async fn rule_6_tokens_say_what_the_contract_names_and_nothing_else(app: TestApp) {
    let (north, ..) = two_agencies(app).await;
    north.says(Says::Approved).await;
    let scope = format!("{EVERYTHING} address phone");
    let tokens = north.client.sign_in(&Visitor::new(), &north.marcus, &scope).await;
    let userinfo = north.client.userinfo(tokens.get("access_token")).await.json();
    let id_token = tokens.id_token();
    for (what, told) in [("an ID token", &id_token), ("userinfo", &userinfo)] {
        assert_only(what, told, &NAMED);
        assert_only(what, &told["organization"], &["id", "name", "role", "founder", "rev"]);
        assert_only(what, &told["sites"][0], &["id", "status", "roles", "approved_at", "rev"]);
        assert_eq!(told["sites"].as_array().unwrap().len(), 1);
    }
    assert_only("an access token", &claims(tokens.get("access_token")), &NAMED);
}

async fn rule_7_tokens_name_no_assets_and_no_credits(app: TestApp) {
    let (north, ..) = two_agencies(app).await;
    let told = everything_told(&north, &Visitor::new()).await;
    for word in ["asset", "credit", "balance", "trailer"] {
        assert!(!told.contains(word), "{word} in {told}");
    }
}

async fn rule_8_the_trouble_of_one_site_is_not_told_to_another(app: TestApp) {
    let (north, pine, _) = two_agencies(app).await;
    let dana = north.browser(&north.dana).await;
    north.sync(&dana).await;
    let mut unit = north.app.app.db.write().await.unwrap();
    unit.sql("update sync_sites set trouble = 'credentials', last_error = 'firewall' where site_id = $1")
        .bind(pine)
        .run()
        .await
        .unwrap();
    blocks::block(&mut unit, &Actor::Operator, pine, north.marcus.id).await.unwrap();
    unit.commit().await.unwrap();
    let told = everything_told(&north, &Visitor::new()).await;
    assert!(!told.contains("firewall") && !told.contains("credentials") && !told.contains("block"), "{told}");
    let luis = named(&north.app, ("luis", "Luis")).await;
    north.app.organization("Southline", &luis).await;
    let stranger = north.browser(&luis).await;
    for path in ["/org/oneoffice".to_owned(), "/org/onegov".to_owned(), north.birch_path()] {
        let page = north.page(&stranger, &path).await.text();
        assert!(!page.contains("Northline") && !page.contains("Linked") && !page.contains("updates"), "{path}: {page}");
    }
}

/// Names, cities and states, and nothing else.
async fn rule_9_a_search_for_organizations_tells_no_people_and_no_sites(app: TestApp) {
    let (north, ..) = two_agencies(app).await;
    north.says(Says::Approved).await;
    let luis = named(&north.app, ("luis", "Luis")).await;
    let visitor = north.browser(&luis).await;
    let page = north.page(&visitor, "/account/organization?q=north").await;
    let text = page.words("main");
    for secret in ["Birch", "Ellen", "Marcus", "approved", "@northline", "3 users"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert!(text.contains("Northline"), "{text}");
}
