//! The log: no secrets, and one line for one event, whatever strangers send.

use serde_json::Value;

use super::code_for;
use crate::support::{
    app::{PASSWORD, POSTGRES, SQLITE, Setting, TestApp},
    client::{Tokens, random},
    http::{Visitor, read},
    log::Log,
};

#[tokio::test]
async fn no_secret_is_logged_on_sqlite() {
    no_secret_is_logged(SQLITE).await;
}

#[tokio::test]
async fn no_secret_is_logged_on_postgres() {
    no_secret_is_logged(POSTGRES).await;
}

async fn no_secret_is_logged(setting: Setting) {
    let (log, _guard) = Log::listen();
    let app = TestApp::start(setting).await;
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    let asked = client.asks("openid offline_access");
    let code = code_for(&visitor, &dana, &asked).await;
    let tokens = Tokens { all: client.redeem(&asked, &code).await.json() };
    let mut secrets = vec![PASSWORD.to_owned(), client.secret.clone().unwrap(), code.clone(), asked.verifier.clone()];
    secrets.extend(["access_token", "refresh_token", "id_token"].map(|name| tokens.get(name).to_owned()));
    client.redeem(&asked, &code).await;
    client.refresh(tokens.get("refresh_token")).await;
    let wrong = random();
    read(app.machine.post(app.at("/token")).basic_auth("c1", Some(&wrong)).form(&[("code", &code)])).await;
    client.introspect(&wrong).await;
    let page = visitor.open(&app.at("/logout")).await.page();
    secrets.extend([
        wrong,
        page.attribute("input[name=proof]", "value"),
        page.attribute("input[name=onward]", "value"),
    ]);
    visitor.press(&page, "#logout", &[]).await;
    // The failures that are logged most loudly.
    app.app.db.close().await;
    client.refresh(tokens.get("refresh_token")).await;
    client.userinfo(tokens.get("access_token")).await;
    let text = log.text();
    assert!(text.contains("\"level\":\"ERROR\""), "{text}");
    for secret in secrets {
        assert!(secret.len() > 20 && !text.contains(&secret[secret.len() / 2..]), "{secret} is in the log");
    }
    assert!(!text.contains("panicked"), "{text}");
}

#[tokio::test]
async fn what_strangers_send_breaks_no_line() {
    let (log, _guard) = Log::listen();
    let app = TestApp::start(SQLITE).await;
    let payloads =
        ["a\r\nb {\"level\":\"ERROR\"}", "\u{1b}[2Jx", "\u{202e}x", &"x".repeat(50_000), "\"},{\"", "\u{2028}"];
    let client = app.web_client("c1").await;
    for payload in payloads {
        let visitor = Visitor::new();
        let page = visitor.open(&app.at("/login")).await.page();
        visitor.press(&page, "button[type=submit]", &[("username", payload), ("password", payload)]).await;
        read(app.machine.post(app.at("/token")).form(&[("client_id", payload), ("grant_type", payload)])).await;
        read(app.machine.post(app.at("/authorize")).form(&[("client_id", payload), ("state", payload)])).await;
        let asked = client.asks("openid").with("prompt", "login");
        let fields: Vec<_> = asked.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let agent = payload.get(..payload.len().min(4000)).unwrap().replace(|c: char| c.is_control(), "\u{a0}");
        let form = app.machine.post(app.at("/authorize")).form(&fields).header("user-agent", agent.into_bytes());
        read(form).await;
    }
    app.app.db.close().await;
    read(app.machine.post(app.at("/token")).form(&[("client_id", "c1"), ("grant_type", "x")])).await;
    let text = log.text();
    assert!(text.lines().count() > 5, "{text}");
    for line in text.lines() {
        let event: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(event["level"].is_string() && line.len() < 8 * 1024, "{line}");
        assert!(!line.contains(['\u{1b}', '\u{202e}', '\u{2028}']), "{line}");
    }
}
