//! Codes and PKCE (1.2).

use connex::kernel::Lifetime;
use serde_json::json;

use super::code_for;
use crate::support::{
    app::TestApp,
    client::{TestClient, random},
    http::{Page, Visitor, read},
    never_a_5xx_on_both_engines,
};

never_a_5xx_on_both_engines! {
    k1_a_code_is_bound_to_its_client
    k5_every_wrong_verifier_is_refused
    k6_a_challenge_cannot_be_stripped
    k6_only_s256_is_offered_and_taken
    a_code_lives_a_minute
    a_code_is_bound_to_its_redirect_uri
    a_code_that_was_guessed_is_refused
    k4_a_second_use_ends_what_the_first_gave
    k31_every_answer_names_the_issuer
}

async fn redeem(client: &TestClient, fields: &[(&str, &str)]) -> Page {
    let mut all = vec![("grant_type", "authorization_code")];
    all.extend(fields);
    read(client.post("/token", &all)).await
}

fn is_invalid_grant(answer: &Page) {
    assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (400, Some("invalid_grant")));
    assert!(!answer.body.contains("access_token"));
}

async fn k1_a_code_is_bound_to_its_client(app: TestApp) {
    let (c1, c2, dana) = (app.web_client("c1").await, app.web_client("c2").await, app.person("dana").await);
    let asked = c1.asks("openid");
    let code = code_for(&Visitor::new(), &dana, &asked).await;
    let fields = [("code", code.as_str()), ("redirect_uri", &c1.redirect_uri), ("code_verifier", &asked.verifier)];
    is_invalid_grant(&redeem(&c2, &fields).await);
    // Whoever lost it to another client must not use it either.
    is_invalid_grant(&redeem(&c1, &fields).await);
}

async fn k5_every_wrong_verifier_is_refused(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    let good = random();
    let (short, long) = ("a".repeat(42), "a".repeat(129));
    for wrong in [None, Some(good.as_str()), Some(&short), Some(&long), Some("challenge"), Some("verifier with spaces")]
    {
        let asked = client.asks("openid");
        let code = code_for(&visitor, &dana, &asked).await;
        let mut fields = vec![("code", code.as_str()), ("redirect_uri", client.redirect_uri.as_str())];
        let challenge = asked.get("code_challenge").unwrap();
        fields.extend(wrong.map(|wrong| ("code_verifier", if wrong == "challenge" { challenge } else { wrong })));
        is_invalid_grant(&redeem(&client, &fields).await);
        // No second try for whoever holds the code.
        is_invalid_grant(&client.redeem(&asked, &code).await);
    }
}

async fn k6_a_challenge_cannot_be_stripped(app: TestApp) {
    let (client, dana) = (app.web_client("c1").await, app.person("dana").await);
    let asked = client.asks("openid").without_pkce();
    let code = code_for(&Visitor::new(), &dana, &asked).await;
    let fields = [("code", code.as_str()), ("redirect_uri", &client.redirect_uri), ("code_verifier", &asked.verifier)];
    is_invalid_grant(&redeem(&client, &fields).await);
}

async fn k6_only_s256_is_offered_and_taken(app: TestApp) {
    let metadata = app.get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
    let public =
        json!({ "client_id": "p1", "token_endpoint_auth_method": "none", "redirect_uris": ["https://p1.example/cb"] });
    let (web, public) = (app.web_client("c1").await, app.client(public).await);
    let plain = |client: &TestClient| client.asks("openid").with("code_challenge_method", "plain");
    let implied = |client: &TestClient| client.asks("openid").without("code_challenge_method");
    for asked in [plain(&web), plain(&public), implied(&web), implied(&public), public.asks("openid").without_pkce()] {
        let callback = Visitor::new().open(&asked.url()).await.outside();
        assert_eq!(asked.error(&callback), "invalid_request");
    }
}

async fn a_code_lives_a_minute(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    for (seconds, status) in [(50, 200), (61, 400)] {
        let asked = client.asks("openid");
        let code = code_for(&visitor, &dana, &asked).await;
        app.advance(Lifetime::seconds(seconds));
        assert_eq!(client.redeem(&asked, &code).await.status.as_u16(), status, "after {seconds} s");
    }
}

async fn a_code_is_bound_to_its_redirect_uri(app: TestApp) {
    let metadata = json!({
        "client_id": "c1", "client_secret": "secret-of-c1", "redirect_uris": ["https://c1.example/cb", "https://c1.example/2"],
    });
    let (client, dana, visitor) = (app.client(metadata).await, app.person("dana").await, Visitor::new());
    for wrong in [None, Some("https://c1.example/2"), Some("https://c1.example/cb/"), Some("https://evil.example/cb")] {
        let asked = client.asks("openid");
        let code = code_for(&visitor, &dana, &asked).await;
        let mut fields = vec![("code", code.as_str()), ("code_verifier", &asked.verifier)];
        fields.extend(wrong.map(|wrong| ("redirect_uri", wrong)));
        is_invalid_grant(&redeem(&client, &fields).await);
    }
}

async fn a_code_that_was_guessed_is_refused(app: TestApp) {
    let (client, dana) = (app.web_client("c1").await, app.person("dana").await);
    let asked = client.asks("openid");
    let code = code_for(&Visitor::new(), &dana, &asked).await;
    // Its last character holds bits that count; the first half names the row and is no secret.
    let other_secret = format!("{}{}", &code[..code.len() / 2], random());
    let cut = &code[..code.len() - 1];
    for guess in [&other_secret, cut, &format!("{code}A"), &code.to_lowercase(), "x", "", &random(), &"A".repeat(9000)]
    {
        let answer = client.redeem(&asked, guess).await;
        assert_eq!(answer.status, 400, "{guess}");
    }
    assert_eq!(client.redeem(&asked, &code).await.status, 200, "a guess must not spend the code");
}

async fn k4_a_second_use_ends_what_the_first_gave(app: TestApp) {
    let (client, dana) = (app.web_client("c1").await, app.person("dana").await);
    let asked = client.asks("openid offline_access");
    let code = code_for(&Visitor::new(), &dana, &asked).await;
    let first = client.redeem(&asked, &code).await.json();
    let (access, refresh) = (first["access_token"].as_str().unwrap(), first["refresh_token"].as_str().unwrap());
    assert_eq!(client.userinfo(access).await.status, 200);
    is_invalid_grant(&client.redeem(&asked, &code).await);
    assert_eq!(client.userinfo(access).await.status, 401);
    assert_eq!(client.introspect(access).await, json!({ "active": false }));
    is_invalid_grant(&client.refresh(refresh).await);
}

async fn k31_every_answer_names_the_issuer(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    let issuer = app.get("/.well-known/openid-configuration").await.json()["issuer"].as_str().unwrap().to_owned();
    client.sign_in(&visitor, &dana, "openid").await;
    for mode in ["query", "fragment", "form_post"] {
        for prompt in ["none", "none login"] {
            let asked = client.asks("openid").with("response_mode", mode).with("prompt", prompt);
            let found = match visitor.open(&asked.url()).await {
                crate::support::http::Landing::Page(page) => page.attribute("input[name=iss]", "value"),
                crate::support::http::Landing::Outside(url) => {
                    let sent = url.fragment().or(url.query()).unwrap().to_owned();
                    let mut sent = url::form_urlencoded::parse(sent.as_bytes()).into_owned();
                    sent.find(|(name, _)| name == "iss").unwrap().1
                }
            };
            assert_eq!(found, issuer, "{mode} {prompt}");
        }
    }
}
