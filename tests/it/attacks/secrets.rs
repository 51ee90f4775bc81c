//! Nothing in the database is of use to whoever steals it (K-27, R-48, R-83).

use super::code_for;
use crate::support::{
    app::{PASSWORD, TestApp},
    client::{TestClient, Tokens},
    http::{Visitor, read},
    on_both_engines,
};

on_both_engines! { the_database_holds_no_secret }

/// A secret, and where it would be found: as text, as hexadecimal, and without its public half.
fn forms(secret: &str) -> [String; 3] {
    let hex = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    [secret.to_owned(), hex, secret[secret.len() / 2..].to_owned()]
}

async fn the_database_holds_no_secret(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    let secrets = leave_traces(&app, &client, &visitor, &dana).await;
    assert!(secrets.len() >= 12);
    let dump = app.database.dump().await;
    // What is no secret is found, so the dump is a dump.
    assert!(
        dump.contains("https://c1.example/cb") && dump.contains("dana@people.example") && dump.contains("$argon2id$")
    );
    for (what, secret) in secrets {
        assert!(secret.len() > 15, "{what}");
        for form in forms(&secret) {
            assert!(!dump.contains(&form), "the {what} stands in the database");
        }
    }
    for private in ["\"d\":\"", "PRIVATE KEY", "\"p\":\""] {
        assert!(!dump.contains(private), "a private key stands in the database");
    }
}

/// Uses everything that has a secret, and gives the secrets.
async fn leave_traces(
    app: &TestApp,
    client: &TestClient,
    visitor: &Visitor,
    dana: &crate::support::app::Person,
) -> Vec<(&'static str, String)> {
    let mut secrets = vec![("password", PASSWORD.to_owned()), ("client secret", client.secret.clone().unwrap())];
    let page = visitor.open(&app.at("/login")).await.page();
    let typed = [("username", "dana"), ("password", "a wrong password canary")];
    visitor.press(&page, "button[type=submit]", &typed).await;
    secrets.push(("wrong password", typed[1].1.to_owned()));
    let asked = client.asks("openid offline_access");
    let landing = visitor.open(&asked.url()).await.page();
    secrets.push(("errand", landing.attribute("input[name=errand]", "value")));
    secrets.push(("proof", landing.attribute("input[name=proof]", "value")));
    let typed = [("username", "dana"), ("password", PASSWORD)];
    let signed_in = visitor.press_once(&landing, "button[type=submit]", &typed).await;
    let cookie = signed_in.headers["set-cookie"].to_str().unwrap().split(['=', ';']).nth(1).unwrap().to_owned();
    secrets.push(("session cookie", cookie));
    let code = code_for(visitor, dana, &asked).await;
    let tokens = Tokens { all: client.redeem(&asked, &code).await.json() };
    let refreshed = client.refresh(tokens.get("refresh_token")).await.json();
    let used = [("code", code.as_str()), ("verifier", &asked.verifier), ("access token", tokens.get("access_token"))];
    secrets.extend(used.map(|(what, text)| (what, text.to_owned())));
    secrets.push(("refresh token", tokens.get("refresh_token").to_owned()));
    secrets.push(("ID token", tokens.get("id_token").to_owned()));
    secrets.push(("next refresh token", refreshed["refresh_token"].as_str().unwrap().to_owned()));
    let asked = client.asks("openid");
    secrets.push(("code that was not redeemed", code_for(visitor, dana, &asked).await));
    let fields: Vec<_> = asked.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let secret = client.secret.as_deref().unwrap();
    let pushed = read(app.machine.post(app.at("/par")).basic_auth("c1", Some(secret)).form(&fields)).await.json();
    let reference = pushed["request_uri"].as_str().unwrap().rsplit(':').next().unwrap();
    secrets.push(("request_uri", reference.to_owned()));
    read(client.post("/revoke", &[("token", tokens.get("access_token"))])).await;
    secrets
}
