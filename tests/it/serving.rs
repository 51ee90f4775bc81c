//! What those who run ConneX see: health, figures, and an end that loses nobody's answer.

use connex::platform::{config::Http, serve::Server};
use reqwest::StatusCode;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_util::sync::CancellationToken;

use crate::support::{
    app::TestApp,
    http::{Visitor, read},
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
    let client =
        read(app.machine.post(app.at("/token")).basic_auth("c1", Some("x")).form(&[("grant_type", "x")])).await;
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
    assert!(
        page.header("content-type").starts_with("text/plain") || page.header("content-type").contains("openmetrics")
    );
    assert!(page.body.contains("authorization_code"), "{}", page.body);
    for secret in ["dana", "Whitfield", "127.0.0.1"] {
        assert!(!page.body.contains(secret), "{secret}: {}", page.body);
    }
    stop.cancel();
}

async fn a_request_in_flight_is_answered_before_the_end(app: TestApp) {
    app.web_client("c1").await;
    let body = "grant_type=client_credentials&client_id=c1&client_secret=x";
    let mut caller = TcpStream::connect(app.address).await.unwrap();
    let head = format!(
        "POST /token HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        app.address,
        body.len()
    );
    caller.write_all(head.as_bytes()).await.unwrap();
    let mut told = [0; 25];
    caller.read_exact(&mut told).await.unwrap();
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n", "the request has been begun");
    app.ask_to_stop();
    until("nobody new is let in", async || TcpStream::connect(app.address).await.is_err()).await;
    caller.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    caller.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("invalid_client"), "{answer}");
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
