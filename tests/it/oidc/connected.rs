//! The sites that a person is connected with, and the end of a connection.

use serde_json::json;

use crate::support::{app::TestApp, client::claims, http::Visitor, on_both_engines, receiver::Receiver};

on_both_engines! {
    a_site_stands_on_the_page_after_the_first_visit
    a_connection_that_is_ended_gives_nothing_more
    a_site_asks_again_after_its_connection_was_ended
    nobody_ends_a_connection_that_is_not_theirs
    a_site_may_ask_for_a_new_account
    pages_speak_the_language_of_the_site
    a_site_is_told_when_its_connection_ends
    a_copy_of_what_is_kept_names_organizations_and_sites
}

async fn a_site_stands_on_the_page_after_the_first_visit(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    app.sign_in(&visitor, &dana).await;
    let page = visitor.open(&app.at("/account/sites")).await.page();
    assert!(page.text().contains("No sites yet"), "{}", page.text());
    client.sign_in(&visitor, &dana, "openid profile email").await;
    let page = visitor.open(&app.at("/account/sites")).await.page();
    assert_eq!(page.words("h2"), "1 site");
    assert_eq!(page.words("tbody th"), "Client c1");
    assert!(page.words("td").contains("your name and user ID, your email address"), "{}", page.words("td"));
}

async fn a_connection_that_is_ended_gives_nothing_more(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    let tokens = client.sign_in(&visitor, &dana, "openid offline_access").await;
    let page = visitor.open(&app.at("/account/sites")).await.page();
    let page = visitor.press(&page, "td button", &[]).await.page();
    assert_eq!(page.words("#notice"), "Client c1 is disconnected. Its access ended at once.");
    assert!(page.text().contains("No sites yet"));
    assert_eq!(client.refresh(tokens.get("refresh_token")).await.json()["error"], "invalid_grant");
    assert_eq!(client.userinfo(tokens.get("access_token")).await.status, 401);
}

async fn a_site_asks_again_after_its_connection_was_ended(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    client.sign_in(&visitor, &dana, "openid email").await;
    visitor.open(&client.asks("openid email").url()).await.outside();
    let page = visitor.open(&app.at("/account/sites")).await.page();
    visitor.press(&page, "td button", &[]).await.page();
    let page = visitor.open(&client.asks("openid email").url()).await.page();
    assert!(page.has("button#allow"), "{}", page.text());
}

async fn nobody_ends_a_connection_that_is_not_theirs(app: TestApp) {
    let (client, dana, eve) = (app.web_client("c1").await, app.person("dana").await, app.person("eve").await);
    let tokens = client.sign_in(&Visitor::new(), &dana, "openid").await;
    let visitor = Visitor::new();
    app.sign_in(&visitor, &eve).await;
    let proof = visitor.open(&app.at("/logout")).await.page().attribute("input[name=proof]", "value");
    for id in [client.id.as_str(), "no-such-client", "%00"] {
        let page = visitor.post(&app.at(&format!("/account/sites/{id}/disconnect")), &[("proof", &proof)]).await;
        assert_eq!(page.status, 404, "{id}: {}", page.text());
    }
    assert_eq!(client.userinfo(tokens.get("access_token")).await.status, 200);
}

async fn a_site_may_ask_for_a_new_account(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    let asked = client.asks("openid").with("prompt", "create");
    assert_eq!(visitor.get(&asked.url()).await.location().unwrap().path(), "/signup");
    // Whoever has an account already is no obstacle: the new one is made besides.
    app.sign_in(&visitor, &dana).await;
    assert_eq!(visitor.get(&asked.url()).await.location().unwrap().path(), "/signup");
    let values = app.get("/.well-known/openid-configuration").await.json()["prompt_values_supported"].clone();
    assert!(values.as_array().unwrap().contains(&"create".into()));
}

async fn pages_speak_the_language_of_the_site(app: TestApp) {
    let (client, visitor) = (app.web_client("c1").await, Visitor::new());
    let page = visitor.open(&client.asks("openid").with("ui_locales", "fr-CA es-MX en").url()).await.page();
    assert_eq!((page.attribute("html", "lang").as_str(), page.words("h1").as_str()), ("es", "Iniciar sesión"));
    // The language stays, and the footer leads to the same page in the other one.
    let english = page.attribute("footer a[lang=en]", "href");
    let page = visitor.open(&app.at(&english)).await.page();
    assert_eq!(page.words("h1"), "Sign in");
    assert!(page.has("input[name=errand]"), "the request of the site is still there");
    assert_eq!(visitor.open(&app.at("/login")).await.page().attribute("html", "lang"), "en");
}

async fn a_copy_of_what_is_kept_names_organizations_and_sites(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    app.organization("Northline Hauling LLC", &dana).await;
    client.sign_in(&visitor, &dana, "openid email").await;
    let copy = visitor.get(&app.at("/account/export")).await.json();
    assert_eq!(copy["organization"]["name"], "Northline Hauling LLC");
    let place = &copy["memberships"][0];
    assert_eq!((&place["organization"]["name"], &place["role"]), (&copy["organization"]["name"], &json!("founder")));
    let site = &copy["sites"][0];
    assert_eq!(
        (&site["name"], &site["client_id"], &site["scope"]),
        (&json!("Client c1"), &json!("c1"), &json!("email openid"))
    );
    assert!(site["signed_in_at"].is_string() && copy["account"]["user_id"] == "dana", "{copy}");
}

async fn a_site_is_told_when_its_connection_ends(app: TestApp) {
    let (receiver, dana, visitor) = (Receiver::start(&app).await, app.person("dana").await, Visitor::new());
    let client = app
        .client(json!({
            "client_id": "told", "client_secret": "told-secret-told-secret-told-secret", "client_name": "Told",
            "redirect_uris": ["https://told.example/cb"], "backchannel_logout_uri": receiver.url, "require_pkce": false,
        }))
        .await;
    let tokens = client.sign_in(&visitor, &dana, "openid").await;
    let page = visitor.open(&app.at("/account/sites")).await.page();
    visitor.press(&page, "td button", &[]).await.page();
    let received = receiver.waits_for(&app, 1).await;
    let told = claims(&received[0].logout_token());
    assert_eq!((&told["sub"], &told["sid"]), (&tokens.id_token()["sub"], &tokens.id_token()["sid"]));
}
