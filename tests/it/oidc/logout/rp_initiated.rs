//! RP-initiated logout: a test for each module of the certification plan, and what the standard
//! demands besides.

use connex::kernel::Lifetime;
use serde_json::json;

use super::{end_session, is_signed_in};
use crate::support::{
    app::TestApp,
    client::{TestClient, Tokens, claims, header},
    http::{Landing, Page, Visitor, read},
    jwt::{ClientKey, assembled, with},
    on_every_engine_and_scheme,
};

on_every_engine_and_scheme! {
    rp_initiated_logout_discovery_endpoint_verification
    rp_initiated_logout
    rp_initiated_logout_no_state
    rp_initiated_logout_no_params
    rp_initiated_logout_no_post_logout_redirect_uri
    rp_initiated_logout_only_state
    rp_initiated_logout_bad_post_logout_redirect_uri
    rp_initiated_logout_query_added_to_post_logout_redirect_uri
    rp_initiated_logout_modified_id_token_hint
    rp_initiated_logout_bad_id_token_hint
    rp_initiated_logout_no_id_token_hint
    an_expired_hint_signs_out_too
    a_site_may_post_its_request
    the_hint_of_another_person_asks
    the_hint_of_another_client_asks
    a_strange_site_cannot_sign_anybody_out
    somebody_who_is_signed_out_already_is_sent_on
}

const BYE: &str = "https://c1.example/bye";
/// 128 characters, all of those that need no escaping.
const STATE: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~\
                     zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQPONMLKJIHGFEDCBA9876543210";

/// Somebody who is signed in at `c1`, with the tokens of that visit.
async fn at_a_client(app: &TestApp) -> (Visitor, TestClient, Tokens) {
    let (visitor, client, dana) = (Visitor::new(), app.web_client("c1").await, app.person("dana").await);
    let tokens = client.sign_in(&visitor, &dana, "openid").await;
    (visitor, client, tokens)
}

/// The page asks; nothing has happened yet; after the answer the person is signed out, here.
async fn asks_before_it_signs_out(visitor: &Visitor, client: &TestClient, page: Page) {
    assert!(page.has("button#logout"), "{}", page.text());
    assert!(is_signed_in(visitor, client).await);
    let answer = visitor.press(&page, "#logout", &[]).await.page();
    assert!(answer.has("#logged-out"), "{}", answer.text());
    assert!(!is_signed_in(visitor, client).await);
}

async fn rp_initiated_logout_discovery_endpoint_verification(app: TestApp) {
    let metadata = app.get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["end_session_endpoint"], app.at("/end-session"));
}

async fn rp_initiated_logout(app: TestApp) {
    let (visitor, client, tokens) = at_a_client(&app).await;
    assert_eq!(STATE.len(), 128);
    let params = [("id_token_hint", tokens.get("id_token")), ("post_logout_redirect_uri", BYE), ("state", STATE)];
    let landing = visitor.open(&end_session(&app, &params)).await.outside();
    assert_eq!(landing.query_pairs().into_owned().collect::<Vec<_>>(), [("state".to_owned(), STATE.to_owned())]);
    assert_eq!(landing.as_str().split('?').next(), Some(BYE));
    assert!(!is_signed_in(&visitor, &client).await);
}

async fn rp_initiated_logout_no_state(app: TestApp) {
    let (visitor, client, tokens) = at_a_client(&app).await;
    let params = [("id_token_hint", tokens.get("id_token")), ("post_logout_redirect_uri", BYE)];
    assert_eq!(visitor.open(&end_session(&app, &params)).await.outside().as_str(), BYE);
    assert!(!is_signed_in(&visitor, &client).await);
}

async fn rp_initiated_logout_no_params(app: TestApp) {
    let (visitor, client, _) = at_a_client(&app).await;
    let page = visitor.open(&end_session(&app, &[])).await.page();
    asks_before_it_signs_out(&visitor, &client, page).await;
}

async fn rp_initiated_logout_no_post_logout_redirect_uri(app: TestApp) {
    let (visitor, client, tokens) = at_a_client(&app).await;
    let params = [("id_token_hint", tokens.get("id_token"))];
    let page = visitor.open(&end_session(&app, &params)).await.page();
    assert!(page.has("#logged-out"), "{}", page.text());
    assert!(!is_signed_in(&visitor, &client).await);
}

async fn rp_initiated_logout_only_state(app: TestApp) {
    let (visitor, client, _) = at_a_client(&app).await;
    let page = visitor.open(&end_session(&app, &[("state", STATE)])).await.page();
    asks_before_it_signs_out(&visitor, &client, page).await;
}

async fn rp_initiated_logout_bad_post_logout_redirect_uri(app: TestApp) {
    let (visitor, client, tokens) = at_a_client(&app).await;
    let bad = "https://c1.example/elsewhere";
    let params = [("id_token_hint", tokens.get("id_token")), ("post_logout_redirect_uri", bad), ("state", STATE)];
    let page = visitor.open(&end_session(&app, &params)).await.page();
    assert!(!page.body.contains(bad));
    asks_before_it_signs_out(&visitor, &client, page).await;
}

async fn rp_initiated_logout_query_added_to_post_logout_redirect_uri(app: TestApp) {
    let (visitor, client, tokens) = at_a_client(&app).await;
    let added = format!("{BYE}?foo=bar");
    let params = [("id_token_hint", tokens.get("id_token")), ("post_logout_redirect_uri", added.as_str())];
    let page = visitor.open(&end_session(&app, &params)).await.page();
    asks_before_it_signs_out(&visitor, &client, page).await;
}

async fn rp_initiated_logout_modified_id_token_hint(app: TestApp) {
    let (visitor, client, tokens) = at_a_client(&app).await;
    let genuine = tokens.get("id_token");
    let unsigned = assembled(&with(&header(genuine), "alg", json!("none")), &claims(genuine), b"");
    let params = [("id_token_hint", unsigned.as_str()), ("post_logout_redirect_uri", BYE)];
    let page = visitor.open(&end_session(&app, &params)).await.page();
    asks_before_it_signs_out(&visitor, &client, page).await;
}

async fn rp_initiated_logout_bad_id_token_hint(app: TestApp) {
    let (visitor, client, tokens) = at_a_client(&app).await;
    let own = with(&tokens.id_token(), "iss", json!("https://c1.example"));
    let made_up = ClientKey::new().sign(None, &own);
    let params = [("id_token_hint", made_up.as_str()), ("post_logout_redirect_uri", BYE)];
    let page = visitor.open(&end_session(&app, &params)).await.page();
    asks_before_it_signs_out(&visitor, &client, page).await;
}

async fn rp_initiated_logout_no_id_token_hint(app: TestApp) {
    let (visitor, client, _) = at_a_client(&app).await;
    let page = visitor.open(&end_session(&app, &[("post_logout_redirect_uri", BYE)])).await.page();
    asks_before_it_signs_out(&visitor, &client, page).await;
}

async fn an_expired_hint_signs_out_too(app: TestApp) {
    let (visitor, client, tokens) = at_a_client(&app).await;
    app.advance(Lifetime::hours(2));
    assert!(tokens.id_token()["exp"].as_i64().unwrap() < app.now().seconds());
    assert!(is_signed_in(&visitor, &client).await);
    let params = [("id_token_hint", tokens.get("id_token")), ("post_logout_redirect_uri", BYE)];
    assert_eq!(visitor.open(&end_session(&app, &params)).await.outside().as_str(), BYE);
    assert!(!is_signed_in(&visitor, &client).await);
}

async fn a_site_may_post_its_request(app: TestApp) {
    let (visitor, client, tokens) = at_a_client(&app).await;
    let params = [("id_token_hint", tokens.get("id_token")), ("post_logout_redirect_uri", BYE), ("state", "s1")];
    let answer = visitor.post(&app.at("/end-session"), &params).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "https://c1.example/bye?state=s1"));
    assert!(!is_signed_in(&visitor, &client).await);
}

async fn the_hint_of_another_person_asks(app: TestApp) {
    let (visitor, client, _) = at_a_client(&app).await;
    let erin = app.person("erin").await;
    let hers = client.sign_in(&Visitor::new(), &erin, "openid").await;
    let params = [("id_token_hint", hers.get("id_token")), ("post_logout_redirect_uri", BYE)];
    let page = visitor.open(&end_session(&app, &params)).await.page();
    assert!(page.has("button#logout"), "{}", page.text());
    assert!(is_signed_in(&visitor, &client).await);
}

async fn the_hint_of_another_client_asks(app: TestApp) {
    let (visitor, client, tokens) = at_a_client(&app).await;
    app.web_client("c2").await;
    let bye_of_c2 = "https://c2.example/bye";
    for (uri, client_id) in [(bye_of_c2, "c2"), (BYE, "c2"), (bye_of_c2, "c1")] {
        let params =
            [("id_token_hint", tokens.get("id_token")), ("client_id", client_id), ("post_logout_redirect_uri", uri)];
        let page = visitor.open(&end_session(&app, &params)).await.page();
        assert!(page.has("button#logout"), "{uri} {client_id}: {}", page.text());
        assert!(is_signed_in(&visitor, &client).await);
    }
}

/// Security L-25: pictures, links and forms of other sites.
async fn a_strange_site_cannot_sign_anybody_out(app: TestApp) {
    let (visitor, client, _) = at_a_client(&app).await;
    let attempts = [
        visitor.request(reqwest::Method::GET, &end_session(&app, &[("client_id", "c1")])),
        visitor.request(reqwest::Method::GET, &app.at("/logout")),
        visitor.request(reqwest::Method::POST, &app.at("/end-session")).body("client_id=c1"),
        visitor.request(reqwest::Method::POST, &app.at("/logout")).body("onward="),
    ];
    for attempt in attempts {
        let attempt = attempt.header("sec-fetch-site", "cross-site").header("origin", "https://eve.example");
        let page = read(attempt).await;
        assert!(page.has("button#logout") || page.status == 403, "{} {}", page.status, page.text());
        assert!(is_signed_in(&visitor, &client).await);
    }
}

async fn somebody_who_is_signed_out_already_is_sent_on(app: TestApp) {
    let (_, _, tokens) = at_a_client(&app).await;
    let params = [("id_token_hint", tokens.get("id_token")), ("post_logout_redirect_uri", BYE), ("state", "s2")];
    let landing = Visitor::new().open(&end_session(&app, &params)).await;
    assert_eq!(landing.outside().as_str(), "https://c1.example/bye?state=s2");
    let unproven = Visitor::new().open(&end_session(&app, &[("post_logout_redirect_uri", BYE)])).await;
    assert!(matches!(unproven, Landing::Page(page) if page.has("#logged-out")));
}
