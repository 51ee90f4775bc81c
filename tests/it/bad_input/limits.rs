//! Requests that are too large.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{
    app::TestApp,
    http::{Visitor, read},
    never_a_5xx_on_both_engines,
};

never_a_5xx_on_both_engines! {
    a_state_of_a_megabyte_is_refused
    a_long_state_is_kept_whole_and_a_longer_one_refused
    a_body_over_the_limit_is_refused_everywhere
    too_many_parameters_are_refused
    cookies_without_end_are_refused
    values_at_the_edge_of_what_is_kept_are_refused_or_kept_whole
}

/// The status line of the answer to a request that the client of these tests would not send.
async fn status_of(app: &TestApp, request: &[u8]) -> u16 {
    let address = app.issuer.strip_prefix("http://").unwrap();
    let mut connection = TcpStream::connect(address).await.unwrap();
    // The server may answer, and hang up, before all of it is sent.
    let _cut = connection.write_all(request).await;
    let mut answer = vec![0; 12];
    connection.read_exact(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap().rsplit(' ').next().unwrap().parse().unwrap()
}

async fn a_state_of_a_megabyte_is_refused(app: TestApp) {
    let (client, state) = (app.web_client("c1").await, "x".repeat(1024 * 1024));
    let path = client.asks("openid").with("state", &state).url().replace(&app.issuer, "");
    let host = app.issuer.strip_prefix("http://").unwrap();
    let status = status_of(&app, format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).await;
    assert!((400..500).contains(&status), "{status}");
    let asked = client.asks("openid").with("state", &state);
    let fields: Vec<_> = asked.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = Visitor::new().post(&app.at("/authorize"), &fields).await;
    assert!(answer.status.is_client_error() && answer.header("location").is_empty(), "{}", answer.status);
    // The server is well afterwards.
    assert!(Visitor::new().open(&client.asks("openid").url()).await.page().has("input[name=password]"));
}

async fn a_long_state_is_kept_whole_and_a_longer_one_refused(app: TestApp) {
    let client = app.web_client("c1").await;
    for length in [128, 1000, 4096] {
        let asked = client.asks("openid").with("state", &"s".repeat(length)).with("prompt", "none");
        assert_eq!(asked.error(&Visitor::new().open(&asked.url()).await.outside()), "login_required");
    }
    for length in [4097, 10_000] {
        let asked = client.asks("openid").with("state", &"s".repeat(length)).with("prompt", "none");
        let page = Visitor::new().open(&asked.url()).await.page();
        assert!(page.status == 400 && page.has("#error"), "{length}");
    }
}

async fn a_body_over_the_limit_is_refused_everywhere(app: TestApp) {
    // The server may answer, and hang up, before all of it is sent: then there is no answer to look at.
    let client = app.web_client("c1").await;
    let large = "x".repeat(70_000);
    for path in [
        "/authorize",
        "/end-session",
        "/token",
        "/introspect",
        "/revoke",
        "/par",
        "/userinfo",
        "/login",
        "/logout",
        "/consent",
        "/select",
    ] {
        let request = app.machine.post(app.at(path)).basic_auth("c1", client.secret.as_deref());
        if let Ok(answer) = request.form(&[("token", large.as_str()), ("grant_type", "refresh_token")]).send().await {
            assert!(answer.status().is_client_error(), "{path}: {}", answer.status());
        }
    }
    for path in ["/", "/jwks.json", "/nowhere"] {
        if let Ok(answer) = app.machine.get(app.at(path)).body(large.clone()).send().await {
            assert!(!answer.status().is_server_error(), "{path}");
        }
    }
}

async fn too_many_parameters_are_refused(app: TestApp) {
    let client = app.web_client("c1").await;
    let names: Vec<String> = (0..101).map(|count| format!("p{count}")).collect();
    let fields: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1")).collect();
    for path in ["/token", "/introspect", "/revoke", "/par"] {
        let answer = read(client.post(path, &fields)).await;
        assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (400, Some("invalid_request")), "{path}");
    }
    for path in ["/authorize", "/end-session", "/login"] {
        let page = Visitor::new().post(&app.at(path), &fields).await;
        assert!(page.status == 400 && page.has("#error"), "{path}");
    }
}

async fn cookies_without_end_are_refused(app: TestApp) {
    let host = app.issuer.strip_prefix("http://").unwrap();
    let ask = |cookies: String| format!("GET /login HTTP/1.1\r\nHost: {host}\r\n{cookies}\r\n").into_bytes();
    let one = |count: usize| format!("Cookie: a={}\r\n", "x".repeat(count));
    let status = status_of(&app, &ask(one(65_536))).await;
    assert!((400..500).contains(&status), "{status}");
    let status = status_of(&app, &ask("Cookie: a=1\r\n".repeat(500))).await;
    assert!((400..500).contains(&status), "{status}");
    for cookies in [
        one(8_000),
        "Cookie: connex-session=x\r\n".repeat(50),
        format!("Cookie: {}\r\n", "connex-session=x; ".repeat(100)),
    ] {
        assert_eq!(status_of(&app, &ask(cookies)).await, 200);
    }
    for odd in
        ["Cookie: ;;;=;=\r\n", "Cookie: \u{ff}\r\n", "Cookie: connex-session=\"\r\n", "Cookie: connex-browser=%\r\n"]
    {
        assert_eq!(status_of(&app, &ask(odd.to_owned())).await, 200, "{odd}");
    }
}

async fn values_at_the_edge_of_what_is_kept_are_refused_or_kept_whole(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    client.sign_in(&visitor, &dana, "openid").await;
    let asked = client.asks("openid").with("nonce", &"n".repeat(1024)).with("prompt", "none");
    let code = asked.code(&visitor.open(&asked.url()).await.outside());
    let tokens = client.redeem(&asked, &code).await.json();
    let tokens = crate::support::client::Tokens { all: tokens };
    assert_eq!(tokens.id_token()["nonce"].as_str().unwrap().len(), 1024);
    let asked = client.asks("openid").with("nonce", &"n".repeat(1025)).with("prompt", "none");
    assert_eq!(asked.error(&visitor.open(&asked.url()).await.outside()), "invalid_request");
    let scope = format!("openid {}", "x".repeat(3000));
    let asked = client.asks(&scope).with("prompt", "none");
    assert!(!asked.code(&visitor.open(&asked.url()).await.outside()).is_empty(), "unknown scopes are left out");
}
