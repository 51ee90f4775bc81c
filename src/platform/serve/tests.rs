//! Slow, greedy and rude clients against a server with little patience.
//!
//! No test measures time: each only waits until the server has closed the connection, and then
//! sees that others are still served.

use std::{net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::Extension,
    routing::{get, post},
};
use openssl::{
    asn1::Asn1Time,
    bn::BigNum,
    ec::{EcGroup, EcKey},
    hash::MessageDigest,
    nid::Nid,
    pkey::PKey,
    ssl::{SslConnector, SslMethod, SslVerifyMode, SslVersion},
    x509::{X509Builder, X509NameBuilder},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::platform::config::{Http, TlsFiles};

const SHORT: Duration = Duration::from_millis(200);
const LONG: Duration = Duration::from_secs(600);

struct Running {
    address: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// Limits that never strike, for tests of one of them.
fn patient() -> Limits {
    Limits { header: LONG, stall: LONG, idle: LONG, drain: LONG, ..Limits::default() }
}

async fn run(limits: Limits, tls: Option<TlsFiles>) -> Running {
    let router = Router::new()
        .route("/", get(|Extension(Peer(peer)): Extension<Peer>| async move { format!("hello {}", peer.ip()) }))
        .route("/count", post(|body: Bytes| async move { body.len().to_string() }))
        .route("/big", get(|| async { vec![b'x'; 64 << 20] }))
        .route(
            "/slow",
            get(|| async {
                tokio::time::sleep(SHORT * 2).await;
                "finished"
            }),
        );
    let http = Http { listen: "127.0.0.1:0".parse().unwrap(), metrics_listen: None, tls, trusted_proxies: Vec::new() };
    let server = Server::bind(&http).await.unwrap().with_limits(limits);
    let (address, stop) = (server.local_addr(), CancellationToken::new());
    let task = tokio::spawn(server.run(router, stop.clone()));
    Running { address, stop, task }
}

impl Running {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn send(&self, text: &str) -> TcpStream {
        let mut stream = self.connect().await;
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    /// A whole exchange, on a connection of its own.
    async fn ask(&self, text: &str) -> String {
        to_end(&mut self.send(text).await).await
    }

    async fn assert_serves(&self) {
        let answer = self.ask("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("hello 127.0.0.1"), "{answer}");
    }
}

/// Everything until the server closes. A reset is a close too.
async fn to_end(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer).await);
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn who_does_not_finish_a_header_is_closed() {
    let server = run(Limits { header: SHORT, ..patient() }, None).await;
    for beginning in ["", "G", "GET / HTTP/1.1\r\nhost: x\r\nx-slow: ", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let mut slow = server.send(beginning).await;
        server.assert_serves().await;
        assert!(!to_end(&mut slow).await.starts_with("HTTP/1.1 200"), "{beginning}");
    }
    // The second header of a connection is timed as the first.
    let mut slow = server.send("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let mut first = [0; 16];
    slow.read_exact(&mut first).await.unwrap();
    slow.write_all(b"GET / HT").await.unwrap();
    to_end(&mut slow).await;
    server.assert_serves().await;
}

#[tokio::test]
async fn a_body_that_stalls_ends_with_408() {
    let server = run(Limits { stall: SHORT, ..patient() }, None).await;
    let head = "POST /count HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n";
    let mut slow = server.send(&format!("{head}abc")).await;
    server.assert_serves().await;
    assert!(to_end(&mut slow).await.starts_with("HTTP/1.1 408"));
    assert!(
        server.ask(&format!("{}abcdefghi", head.replace("host", "connection: close\r\nhost"))).await.ends_with('9')
    );
}

#[tokio::test]
async fn a_body_that_trickles_ends_with_408() {
    let server = run(Limits { stall: SHORT, ..patient() }, None).await;
    let slow = server.send("POST /count HTTP/1.1\r\nhost: x\r\ncontent-length: 99999\r\n\r\n").await;
    let (mut reader, mut writer) = slow.into_split();
    // A byte now and then never lets the stall strike; only the average can.
    let trickle = tokio::spawn(async move {
        while writer.write_all(b"x").await.is_ok() {
            tokio::time::sleep(SHORT / 10).await;
        }
    });
    let mut answer = [0; 12];
    reader.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 408");
    server.assert_serves().await;
    trickle.abort();
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_busy_one_is_not() {
    let server = run(Limits { idle: SHORT / 2, ..patient() }, None).await;
    // The handler takes longer than the idle time.
    let answer = server.ask("GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(answer.ends_with("finished"), "{answer}");
}

#[tokio::test]
async fn who_does_not_read_the_answer_is_closed() {
    let server = run(Limits { stall: SHORT, ..patient() }, None).await;
    let mut deaf = server.send("GET /big HTTP/1.1\r\nhost: x\r\n\r\n").await;
    server.assert_serves().await;
    // Wait by the server's own account, before reading what was buffered.
    tokio::time::sleep(SHORT * 3).await;
    assert!(to_end(&mut deaf).await.len() < 64 << 20, "the answer was cut");
}

#[tokio::test]
async fn too_many_connections_are_closed() {
    let server = run(Limits { connections: 2, ..patient() }, None).await;
    let (mut one, two) = (server.connect().await, server.connect().await);
    assert_eq!(to_end(&mut server.connect().await).await, "");
    drop(two);
    one.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    assert!(to_end(&mut one).await.contains("hello"));
    server.assert_serves().await;
}

#[tokio::test]
async fn oversized_headers_are_refused() {
    let server = run(patient(), None).await;
    let many = "a: b\r\n".repeat(101);
    let long = format!("cookie: {}\r\n", "x".repeat(64 << 10));
    for headers in [many, long] {
        let answer = server.ask(&format!("GET / HTTP/1.1\r\nhost: x\r\n{headers}\r\n")).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    }
    server.assert_serves().await;
}

#[tokio::test]
async fn a_stop_lets_requests_finish_and_closes_the_idle() {
    let server = run(patient(), None).await;
    let mut idle = server.send("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let mut first = [0; 16];
    idle.read_exact(&mut first).await.unwrap();
    let mut new = server.connect().await;
    let mut busy = server.send("GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await;
    tokio::time::sleep(SHORT / 2).await;
    server.stop.cancel();
    assert!(to_end(&mut busy).await.ends_with("finished"));
    to_end(&mut idle).await;
    to_end(&mut new).await;
    server.task.await.unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever() {
    let server = run(Limits { drain: SHORT, ..patient() }, None).await;
    let mut stuck = server.send("POST /count HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc").await;
    tokio::time::sleep(SHORT / 2).await;
    server.stop.cancel();
    server.task.await.unwrap();
    assert_eq!(to_end(&mut stuck).await, "");
}

#[tokio::test]
async fn a_taken_address_is_told_with_a_cure() {
    let server = run(patient(), None).await;
    let http = Http { listen: server.address, metrics_listen: None, tls: None, trusted_proxies: Vec::new() };
    let fault = Server::bind(&http).await.err().unwrap();
    let text = format!("{fault:?}");
    assert!(text.contains(&server.address.to_string()) && text.contains("choose another port"), "{text}");
}

/// A self-signed certificate and its key in `folder`.
fn certificate(folder: &std::path::Path) -> TlsFiles {
    let key = EcKey::generate(&EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap()).unwrap();
    let key = PKey::from_ec_key(key).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", "localhost").unwrap();
    let name = name.build();
    let mut builder = X509Builder::new().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(1).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(1).unwrap()).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    let files = TlsFiles { certificate: folder.join("cert.pem"), key: folder.join("key.pem") };
    std::fs::write(&files.certificate, builder.build().to_pem().unwrap()).unwrap();
    std::fs::write(&files.key, key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    files
}

/// A TLS client that offers `protocols` up to `newest`; the protocol agreed on and the answer.
async fn ask_over_tls(server: &Running, newest: SslVersion) -> Option<(Option<Vec<u8>>, String)> {
    let mut client = SslConnector::builder(SslMethod::tls()).unwrap();
    client.set_verify(SslVerifyMode::NONE);
    client.set_security_level(0);
    client.set_min_proto_version(None).unwrap();
    client.set_max_proto_version(Some(newest)).unwrap();
    client.set_alpn_protos(b"\x08http/1.1").unwrap();
    let ssl = client.build().configure().unwrap().into_ssl("localhost").unwrap();
    let mut stream = tokio_openssl::SslStream::new(ssl, server.connect().await).unwrap();
    std::pin::Pin::new(&mut stream).connect().await.ok()?;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer).await);
    let protocol = stream.ssl().selected_alpn_protocol().map(<[u8]>::to_vec);
    Some((protocol, String::from_utf8_lossy(&answer).into_owned()))
}

#[tokio::test]
async fn tls_is_spoken_from_1_2_on_and_an_open_handshake_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let server = run(Limits { header: Duration::from_secs(1), ..patient() }, Some(certificate(folder.path()))).await;
    let mut silent = server.connect().await;
    for newest in [SslVersion::TLS1_2, SslVersion::TLS1_3] {
        let (protocol, answer) = ask_over_tls(&server, newest).await.unwrap();
        assert!(answer.contains("hello"), "{answer}");
        assert_eq!(protocol.as_deref(), Some(&b"http/1.1"[..]));
    }
    assert!(ask_over_tls(&server, SslVersion::TLS1_1).await.is_none());
    assert_eq!(to_end(&mut silent).await, "");
}

#[tokio::test]
async fn http_2_is_spoken_to_whoever_begins_with_it() {
    let server = run(Limits { idle: SHORT, ..patient() }, None).await;
    let client = reqwest::Client::builder().http2_prior_knowledge().no_proxy().build().unwrap();
    for _ in 0..3 {
        let answer = client.get(format!("http://{}/", server.address)).send().await.unwrap();
        assert_eq!(answer.version(), axum::http::Version::HTTP_2);
        assert_eq!(answer.text().await.unwrap(), "hello 127.0.0.1");
    }
}
