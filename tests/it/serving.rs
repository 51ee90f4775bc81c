//! What those who run ConneX see: health, figures, and an end that loses nobody's answer.

use std::time::Duration;

use connex::platform::{config::Http, serve::Server, store::Unit};
use reqwest::StatusCode;
use tokio::{net::TcpStream, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::support::{
    app::TestApp,
    client::arrive,
    http::{Page, Visitor, read},
    on_both_engines, until,
};

on_both_engines! {
    a_node_says_that_it_is_alive_and_ready
    a_node_without_its_database_is_alive_and_not_ready
    figures_are_on_a_listener_of_their_own
    a_request_in_flight_is_answered_before_the_end
    every_answer_carries_a_reference
    another_host_is_not_answered
    a_body_that_is_too_large_is_refused
}

async fn a_node_says_that_it_is_alive_and_ready(app: TestApp) {
    for (path, word) in [("/livez", "alive\n"), ("/readyz", "ready\n")] {
        let page = app.get(path).await;
        assert_eq!((page.status, page.body.as_str()), (StatusCode::OK, word));
        // Those who look come by the address of the node, whatever its public name.
        let by_address = read(app.machine.get(app.at(path)).header("host", "10.0.0.7")).await;
        assert_eq!(by_address.status, 200, "{path}");
    }
}

async fn a_node_without_its_database_is_alive_and_not_ready(app: TestApp) {
    app.app.db.close().await;
    let page = app.get("/readyz").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!((page.header("retry-after"), page.json()["code"].as_str()), ("2", Some("busy")));
    assert_eq!(app.get("/livez").await.status, 200);
    let page = app.get("/login").await;
    assert!(page.status.is_success(), "a page that needs no database: {}", page.text());
    let client = read(app.machine.post(app.at("/token")).basic_auth("c1", Some("x")).form(&[("grant_type", "x")])).await;
    assert_eq!(client.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(client.json()["error"], "temporarily_unavailable");
}

async fn figures_are_on_a_listener_of_their_own(app: TestApp) {
    assert_eq!(app.get("/metrics").await.status, 404);
    let http =
        Http { listen: "127.0.0.1:0".parse().unwrap(), metrics_listen: None, tls: None, trusted_proxies: vec![] };
    let server = Server::bind(&http).await.unwrap();
    let address = format!("http://{}/metrics", server.local_addr());
    let stop = CancellationToken::new();
    tokio::spawn(server.run(app.app.metrics_router(), stop.clone()));
    let (client, dana) = (app.web_client("c1").await, app.person("dana").await);
    client.sign_in(&Visitor::new(), &dana, "openid").await;
    let page = read(app.machine.get(&address)).await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/plain") || page.header("content-type").contains("openmetrics"));
    assert!(page.body.contains("authorization_code"), "{}", page.body);
    for secret in ["dana", "Whitfield", "127.0.0.1"] {
        assert!(!page.body.contains(secret), "{secret}: {}", page.body);
    }
    stop.cancel();
}

/// The writer of SQLite; all connections to PostgreSQL.
async fn take_all_room(app: &TestApp) -> Vec<Unit> {
    let mut taken = Vec::new();
    while let Ok(Ok(unit)) = timeout(Duration::from_millis(300), app.app.db.write()).await {
        taken.push(unit);
    }
    taken
}

async fn a_request_in_flight_is_answered_before_the_end(app: TestApp) {
    let (client, dana) = (app.web_client("c1").await, app.person("dana").await);
    let (visitor, asked) = (Visitor::new(), client.asks("openid"));
    let code = asked.code(&arrive(&visitor, &dana, visitor.open(&asked.url()).await).await);
    let taken = take_all_room(&app).await;
    let (caller, asked) = (client.clone(), asked.clone());
    let in_flight = tokio::spawn(async move { caller.redeem(&asked, &code).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    app.ask_to_stop();
    until("nobody new is let in", async || TcpStream::connect(app.address).await.is_err()).await;
    drop(taken);
    let answer: Page = in_flight.await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
}

async fn every_answer_carries_a_reference(app: TestApp) {
    let page = app.get("/no-such-page").await;
    assert_eq!(page.status, 404);
    assert!(!page.words("#reference").is_empty());
    assert_eq!(page.header("x-request-id"), page.words("#reference"));
}

async fn another_host_is_not_answered(app: TestApp) {
    for path in ["/", "/login", "/jwks.json", "/.well-known/openid-configuration"] {
        let page = read(app.machine.get(app.at(path)).header("host", "evil.example")).await;
        assert_eq!((page.status.as_u16(), page.json()["code"].as_str()), (421, Some("unknown_host")), "{path}");
    }
}

async fn a_body_that_is_too_large_is_refused(app: TestApp) {
    let large = "x".repeat(1024 * 1024);
    let client = app.web_client("c1").await;
    let token = read(client.post("/token", &[("grant_type", "authorization_code"), ("code", &large)])).await;
    assert!(matches!(token.status.as_u16(), 400 | 413), "{}", token.status);
    let visitor = Visitor::new();
    let login = visitor.open(&app.at("/login")).await.page();
    let page = visitor.press_once(&login, "button[type=submit]", &[("username", &large)]).await;
    assert!(matches!(page.status.as_u16(), 400 | 413), "{}", page.status);
}
