//! Registering a site by three fields, and changing it.

use connex::{
    kernel::Lifetime,
    oidc::clients::Registered,
    platform::store::Sql,
    protocol::oauth::{ClientMetadata, client_metadata::CheckedMetadata},
    sites::Family,
};

use super::{of_site, operator, page, role::browser_of};
use crate::support::{
    app::TestApp,
    client::TestClient,
    env_file,
    http::{Page, Visitor},
    on_both_engines,
};

on_both_engines! {
    three_fields_make_a_site_that_signs_somebody_in_with_what_was_printed
    what_cannot_be_registered_is_said_at_its_field
    a_site_is_registered_once_however_often_the_form_is_sent
    a_secret_is_shown_once_and_the_former_one_works_for_seven_days
    a_second_click_on_a_new_secret_does_not_end_the_one_in_use
    addresses_are_changed_and_hold_from_then_on
    organizations_find_a_site_by_the_county_that_it_was_given
    a_site_is_removed_by_its_name
    sites_are_found_by_name_and_address
    opening_a_site_to_all_lets_in_who_had_pressed_sync
}

const THREE: [(&str, &str); 3] =
    [("site_name", "Birch O'Brien Permits"), ("url", "https://permits.birch.example/"), ("kind", "onegov")];

async fn register(app: &TestApp, visitor: &Visitor, fields: &[(&str, &str)]) -> Page {
    let form = page(app, visitor, "/ops/sites/new").await;
    visitor.press(&form, "button#register", fields).await.page()
}

/// The value of a variable in the env file that a page shows.
fn variable(told: &Page, name: &str) -> String {
    let text = told.text_of("pre#environment");
    env_file::variables(&text).remove(name).unwrap_or_else(|| panic!("no {name} in {text}"))
}

/// A client that knows what the page printed and nothing else.
fn client(app: &TestApp, told: &Page) -> TestClient {
    let url = variable(told, "SITE_URL");
    let metadata: ClientMetadata = serde_json::from_value(serde_json::json!({
        "redirect_uris": [format!("{url}/auth/connex/callback")],
        "token_endpoint_auth_method": variable(told, "CONNEX_AUTH_METHOD"),
        "id_token_signed_response_alg": "ES256",
    }))
    .unwrap();
    let metadata: CheckedMetadata = metadata.check().unwrap();
    let client_secret = Some(variable(told, "CONNEX_CLIENT_SECRET"));
    TestClient::new(app, Registered { client_id: variable(told, "CONNEX_CLIENT_ID"), client_secret, metadata })
}

async fn three_fields_make_a_site_that_signs_somebody_in_with_what_was_printed(app: TestApp) {
    let visitor = operator(&app).await;
    let told = register(&app, &visitor, &THREE).await;
    assert_eq!(told.words("h1"), "Birch O'Brien Permits is registered");
    assert_eq!(variable(&told, "SITE_NAME"), "Birch O'Brien Permits");
    assert_eq!(variable(&told, "CONNEX_ISSUER"), app.issuer);
    let derived = told.words("#derived");
    for address in ["/auth/connex/callback", "/auth/connex/logout", "/scim/v2", "/"] {
        assert!(derived.contains(&format!("https://permits.birch.example{address}")), "{address}: {derived}");
    }
    for block in ["environment", "rust", "apache", "generic"] {
        let text = told.text_of(&format!("pre#{block}"));
        let secret = told.words("#client-secret");
        assert!(text.contains(&secret) && text.contains(&told.words("#client-id")), "{block}: {text}");
    }
    let dana = app.person("dana").await;
    app.organization("Northline Hauling", &dana).await;
    let client = client(&app, &told);
    let tokens = client.sign_in(&Visitor::new(), &dana, "openid profile email organization sites").await;
    let claims = tokens.id_token();
    assert_eq!(
        (claims["org_name"].as_str(), claims["org_role"].as_str()),
        (Some("Northline Hauling"), Some("founder"))
    );
    let site = page(&app, &visitor, "/ops/sites").await.attribute("#sites tbody a", "href");
    let shown = page(&app, &visitor, &site).await;
    assert!(!shown.body.contains(&told.words("#client-secret")), "never again");
    assert!(shown.text_of("pre#environment").contains(&variable(&told, "CONNEX_CLIENT_ID")));
}

async fn what_cannot_be_registered_is_said_at_its_field(app: TestApp) {
    let visitor = operator(&app).await;
    for (field, value) in [
        ("site_name", ""),
        ("site_name", "\u{202e}evil"),
        ("url", "http://birch.example"),
        ("url", "https://u:p@birch.example"),
        ("url", "javascript:alert(1)"),
        ("url", "https://birch.example/?q=1"),
        ("kind", ""),
        ("kind", "other"),
    ] {
        let fields = THREE.map(|(name, usual)| (name, if name == field { value } else { usual }));
        let refused = register(&app, &visitor, &fields).await;
        assert_eq!(refused.status, 422, "{field}={value}");
        assert!(refused.has(&format!("#{field}-e")) && refused.has(&format!("#errors a[href='#{field}']")), "{field}");
        assert_eq!(refused.attribute("#site_name", "value"), fields[0].1, "what was typed stays");
    }
    assert_eq!(app.count("select count(*) from sites").await + app.count("select count(*) from clients").await, 0);
}

async fn a_site_is_registered_once_however_often_the_form_is_sent(app: TestApp) {
    let visitor = operator(&app).await;
    let form = page(&app, &visitor, "/ops/sites/new").await;
    let told = visitor.press(&form, "button#register", &THREE).await.page();
    let again = visitor.press(&form, "button#register", &THREE).await.page();
    assert!(again.words("#notice").contains("shown once") && !again.body.contains(&told.words("#client-secret")));
    assert_eq!(app.count("select count(*) from sites").await, 1);
}

async fn a_secret_is_shown_once_and_the_former_one_works_for_seven_days(app: TestApp) {
    let visitor = operator(&app).await;
    let told = register(&app, &visitor, &THREE).await;
    let former = client(&app, &told);
    let site = told.attribute("a#go-on", "href");
    let rotated = visitor.press(&page(&app, &visitor, &site).await, "#rotate", &[]).await.page();
    assert_ne!(rotated.words("#client-secret"), told.words("#client-secret"));
    let present = client(&app, &rotated);
    let dana = app.person("dana").await;
    for client in [&former, &present] {
        client.sign_in(&Visitor::new(), &dana, "openid").await;
    }
    assert!(page(&app, &visitor, &site).await.has("#former"));
    app.advance(Lifetime::days(7));
    present.sign_in(&Visitor::new(), &dana, "openid").await;
    let asked = former.asks("openid");
    let visitor = Visitor::new();
    let landed = crate::support::client::arrive(&visitor, &dana, visitor.open(&asked.url()).await).await;
    assert_eq!(former.redeem(&asked, &asked.code(&landed)).await.status, 401);
}

async fn a_second_click_on_a_new_secret_does_not_end_the_one_in_use(app: TestApp) {
    let visitor = operator(&app).await;
    let told = register(&app, &visitor, &THREE).await;
    let in_use = client(&app, &told);
    let shown = page(&app, &visitor, &told.attribute("a#go-on", "href")).await;
    visitor.press(&shown, "#rotate", &[]).await.page();
    visitor.press(&shown, "#rotate", &[]).await.page();
    in_use.sign_in(&Visitor::new(), &app.person("dana").await, "openid").await;
}

async fn addresses_are_changed_and_hold_from_then_on(app: TestApp) {
    let visitor = operator(&app).await;
    let told = register(&app, &visitor, &THREE).await;
    let site = told.attribute("a#go-on", "href");
    let form = page(&app, &visitor, &format!("{site}/addresses")).await;
    let wrong = [("redirect_uris", "https://permits.birch.example/cb#x"), ("per_second", "many"), ("scim_url", "x")];
    let refused = visitor.press(&form, "#save", &wrong).await.page();
    assert!(refused.status == 422 && refused.has("#per_second-e") && refused.has("#scim_url-e"), "{}", refused.text());
    let fragment = [("redirect_uris", "https://permits.birch.example/cb#x")];
    assert!(visitor.press(&form, "#save", &fragment).await.page().has("#redirect_uris-e"));
    let new = [
        ("site_name", "Birch Permits"),
        ("redirect_uris", "https://permits.birch.example/cb\nhttps://permits.birch.example/cb2"),
        ("per_second", "0"),
        ("require_approval", "yes"),
    ];
    let saved = visitor.press(&form, "#save", &new).await.page();
    assert_eq!(saved.words("#notice"), "Birch Permits was changed");
    assert!(saved.words("#derived").contains("https://permits.birch.example/cb2"));
    let dana = app.person("dana").await;
    let asked = client(&app, &told).asks("openid");
    let refused = Visitor::new().open(&asked.url()).await.page();
    assert!(refused.body.contains("CX-1002"), "the former address is none: {}", refused.text());
    app.organization("Northline", &dana).await;
    let moved = asked.with("redirect_uri", "https://permits.birch.example/cb");
    let visitor = Visitor::new();
    app.sign_in(&visitor, &dana).await;
    let page = visitor.open(&moved.url()).await.page();
    assert!(page.body.contains("CX-1203"), "approvals are needed now: {}", page.text());
}

async fn organizations_find_a_site_by_the_county_that_it_was_given(app: TestApp) {
    let visitor = operator(&app).await;
    let (site, _) = app.site(Family::OneGov, "Permits", "https://permits.birch.example", false).await;
    app.site(Family::OneGov, "Tamarack Permits", "https://permits.tamarack.example", false).await;
    let form = page(&app, &visitor, &of_site(site, "/addresses")).await;
    let wrong = [("county", "x".repeat(121)), ("state", "Michigan".to_owned())];
    let wrong: Vec<_> = wrong.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = visitor.press_once(&form, "#save", &wrong).await;
    assert!(refused.has("#county-e") && refused.words("#state-e").contains("two letters"), "{}", refused.text());
    visitor.press(&form, "#save", &[("county", "Birch County"), ("state", "mi")]).await.page();

    let dana = app.person("dana").await;
    app.organization("Northline Hauling", &dana).await;
    let dana = browser_of(&app, &dana).await;
    let found = page(&app, &dana, "/org/onegov?q=birch").await;
    assert_eq!(found.count("#sites-list tbody tr"), 1);
    assert!(found.words("#sites-list tbody tr").contains("Birch County, MI"), "{}", found.text());
}

async fn a_site_is_removed_by_its_name(app: TestApp) {
    let visitor = operator(&app).await;
    let told = register(&app, &visitor, &THREE).await;
    let site = told.attribute("a#go-on", "href");
    let form = page(&app, &visitor, &format!("{site}/remove")).await;
    assert_eq!(visitor.press(&form, "#remove", &[("site_name", "Another")]).await.page().status, 422);
    let removed = visitor.press(&form, "#remove", &[("site_name", "birch o'brien permits")]).await.page();
    assert_eq!((removed.url.path(), removed.has("#empty")), ("/ops/sites", true));
    assert_eq!(visitor.get(&app.at(&site)).await.status, 404);
    let asked = client(&app, &told).asks("openid");
    assert!(Visitor::new().open(&asked.url()).await.page().body.contains("CX-1001"));
}

async fn sites_are_found_by_name_and_address(app: TestApp) {
    let visitor = operator(&app).await;
    for number in 0..52 {
        app.site(Family::OneGov, &format!("Township {number:02}"), &format!("https://t{number}.example"), false).await;
    }
    let all = page(&app, &visitor, "/ops/sites").await;
    assert_eq!((all.words("#count").as_str(), all.count("#sites tbody tr")), ("52 sites", 50));
    assert_eq!(page(&app, &visitor, "/ops/sites?page=2").await.count("#sites tbody tr"), 2);
    let found = page(&app, &visitor, "/ops/sites?q=TOWNSHIP+07").await;
    assert_eq!((found.words("#count").as_str(), found.words("#sites tbody th").as_str()), ("1 site", "Township 07"));
    assert_eq!(page(&app, &visitor, "/ops/sites?q=t51.example").await.count("#sites tbody tr"), 1);
    assert!(page(&app, &visitor, "/ops/sites?q=%3Cb%3E").await.words("#empty").contains("“<b>”"));
}

async fn opening_a_site_to_all_lets_in_who_had_pressed_sync(app: TestApp) {
    let visitor = operator(&app).await;
    let dana = app.person("dana").await;
    let organization = app.organization("Northline", &dana).await;
    let (site, _) = app.site(Family::OneOffice, "Birch", "https://birch.example", true).await;
    let mut unit = app.app.db.write().await.unwrap();
    unit.sql("insert into site_links (site_id, organization_id, linked_by, linked_at) values ($1, $2, $3, 0)")
        .bind(site)
        .bind(organization)
        .bind(dana.id)
        .run()
        .await
        .unwrap();
    unit.commit().await.unwrap();
    assert_eq!(app.count("select count(*) from sync_items").await, 0);
    let form = page(&app, &visitor, &of_site(site, "/addresses")).await;
    visitor.press(&form, "#save", &[("require_approval", "")]).await.page();
    assert_eq!(app.count("select count(*) from sync_items where want = 'present'").await, 2, "Northline and Dana");
    let form = page(&app, &visitor, &of_site(site, "/addresses")).await;
    visitor.press(&form, "#save", &[("require_approval", "yes")]).await.page();
    assert_eq!(app.count("select count(*) from sync_items where want = 'present'").await, 0);
}
