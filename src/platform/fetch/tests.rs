//! Forbidden addresses in all their spellings, and rude sites.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use url::Url;

use super::{guard::Reach, *};
use crate::{kernel::Lifetime, platform::config::Outbound};

fn fetcher(allow_private_addresses: bool) -> Fetcher {
    Fetcher::new(&Outbound { extra_ca_file: None, allow_private_addresses }).unwrap()
}

/// Hosts that lead to this machine, to a private network or to a cloud's metadata.
const FORBIDDEN_HOSTS: &[&str] = &[
    // This machine.
    "127.0.0.1",
    "127.0.0.2",
    "127.255.255.254",
    "127.1",
    "127.0.1",
    "127.0.0.1.",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0177.0.0.01",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7F.1",
    "127.0.0.0x1",
    "%31%32%37.0.0.1",
    "127%2e0%2e0%2e1",
    "127。0。0。1",
    "１２７.0.0.1",
    "①②⑦.⓪.⓪.①",
    "0",
    "0.0.0.0",
    "0x0",
    "00.0.0.0",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000::0001]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::FFFF:7F00:0001]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::127.0.0.1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "LocalHost.",
    "ｌｏｃａｌｈｏｓｔ",
    "loc%61lhost",
    "foo.localhost",
    "foo.localhost.",
    "localhost.localdomain",
    "ip6-localhost",
    "printer.local",
    "metadata.google.internal",
    "db",
    // Metadata of clouds.
    "169.254.169.254",
    "169.254.169.254.",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.16689662",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "100.100.100.200",
    "192.0.0.192",
    // Private and other networks.
    "10.0.0.1",
    "10.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "3232235777",
    "[fc00::1]",
    "[fec0::1]",
    "[::ffff:10.0.0.1]",
    "[ff02::1]",
    "224.0.0.1",
    "255.255.255.255",
    "198.18.0.1",
];

#[tokio::test]
async fn a_forbidden_address_is_never_called_however_it_is_spelled() {
    let canary = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = canary.local_addr().unwrap().port();
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    tokio::spawn(async move {
        while canary.accept().await.is_ok() {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    let fetcher = fetcher(false);
    let mut checked = 0;
    for host in FORBIDDEN_HOSTS {
        for text in [
            format!("https://{host}:{port}/"),
            format!("http://{host}:{port}/"),
            format!("https://site.example@{host}:{port}/"),
            format!("https:\\\\{host}:{port}\\"),
        ] {
            // What is no URL cannot be saved either.
            let Ok(url) = Url::parse(&text) else { continue };
            checked += 1;
            assert!(matches!(fetcher.allows(&url), Err(FetchError::Forbidden(_))), "{text}");
            assert!(matches!(fetcher.get_json(&url, 9).await, Err(FetchError::Forbidden(_))), "{text}");
            assert!(matches!(fetcher.post_form(&url, &[]).await, Err(FetchError::Forbidden(_))), "{text}");
        }
    }
    assert!(checked > 4 * 60, "{checked}");
    assert_eq!(calls.load(Ordering::SeqCst), 0, "the canary was called");
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_refused_where_it_is_dialled() {
    use reqwest::dns::Resolve;
    let resolver = |allow_private| resolver::Resolver { allow_private };
    let error = resolver(false).resolve("localhost".parse().unwrap()).await.err().unwrap();
    assert_eq!(error.downcast_ref(), Some(&resolver::ForbiddenAddress("is a private address")));
    assert!(resolver(true).resolve("localhost".parse().unwrap()).await.is_ok());
}

#[test]
fn a_public_site_is_allowed() {
    for text in [
        "https://permits.example.gov/jwks",
        "https://1.1.1.1/",
        "https://[2606:4700::1111]:8443/x",
        "https://local.example./",
    ] {
        assert_eq!(fetcher(false).allows(&Url::parse(text).unwrap()), Ok(()), "{text}");
    }
    for text in ["http://permits.example.gov/", "ftp://permits.example.gov/", "file:///etc/passwd", "data:,x"] {
        assert!(fetcher(false).allows(&Url::parse(text).unwrap()).is_err(), "{text}");
    }
    for (address, expected) in [
        ("8.8.8.8", Reach::Public),
        ("172.15.0.1", Reach::Public),
        ("172.32.0.1", Reach::Public),
        ("100.63.0.1", Reach::Public),
        ("64:ff9b::808:808", Reach::Public),
        ("2001:200::1", Reach::Public),
        ("2001:db8::1", Reach::Special),
        ("4000::1", Reach::Special),
    ] {
        assert_eq!(guard::reach(address.parse().unwrap()), expected, "{address}");
    }
}

#[test]
fn private_addresses_are_for_operators_who_allow_them() {
    let fetcher = fetcher(true);
    for text in
        ["http://127.0.0.1:7101/", "http://localhost:7101/", "http://[::1]/", "https://10.0.0.1/", "https://db/"]
    {
        assert_eq!(fetcher.allows(&Url::parse(text).unwrap()), Ok(()), "{text}");
    }
    for text in ["https://169.254.169.254/", "http://10.0.0.1/", "http://db/", "https://0/", "https://u@127.0.0.1/"] {
        assert!(fetcher.allows(&Url::parse(text).unwrap()).is_err(), "{text}");
    }
}

/// A site on this machine that gives `answer` to each caller, then closes, or never does.
async fn site(answer: &'static str, closes: bool) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            drop(stream.read(&mut [0; 4096]).await);
            drop(stream.write_all(answer.as_bytes()).await);
            if !closes {
                open.push(stream);
            }
        }
    });
    Url::parse(&format!("http://{address}/")).unwrap()
}

#[tokio::test]
async fn an_answer_is_taken_within_its_limits() {
    let fetcher = fetcher(true);
    let json = site("HTTP/1.1 200 OK\r\n\r\n{\"keys\":[]}", true).await;
    assert_eq!(fetcher.get_json(&json, 11).await.unwrap(), serde_json::json!({ "keys": [] }));
    assert_eq!(fetcher.get_json(&json, 10).await, Err(FetchError::TooLong));
    let long = site("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n{", true).await;
    assert!(matches!(fetcher.get_json(&long, 10).await, Err(FetchError::Broken(_))));
    let html = site("HTTP/1.1 200 OK\r\n\r\n<html>", true).await;
    assert_eq!(fetcher.get_json(&html, 99).await, Err(FetchError::NotJson));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let redirect = "HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\nretry-after: 7\r\n\r\nno";
    let url = site(redirect, true).await;
    assert_eq!(fetcher(true).get_json(&url, 99).await, Err(FetchError::Status(302)));
    let answer = fetcher(true).post_form(&url, &[("logout_token", "x")]).await.unwrap();
    let expected = Answer { status: 302, body: b"no".to_vec(), retry_after: Some(Lifetime::seconds(7)) };
    assert_eq!(answer, expected);
}

#[tokio::test]
async fn a_silent_site_is_not_waited_for() {
    let mut fetcher = fetcher(true);
    (fetcher.get_time, fetcher.post_time) = (Duration::from_millis(100), Duration::from_millis(100));
    for beginning in ["", "HTTP/1.1 200 OK\r\n\r\n{"] {
        let url = site(beginning, false).await;
        assert_eq!(fetcher.get_json(&url, 99).await, Err(FetchError::TimedOut), "{beginning}");
        assert_eq!(fetcher.post_form(&url, &[]).await, Err(FetchError::TimedOut), "{beginning}");
    }
    let gone = Url::parse("http://127.0.0.1:1/").unwrap();
    assert!(matches!(fetcher.get_json(&gone, 99).await, Err(FetchError::Unreachable(_))));
}

#[test]
fn a_certificate_file_that_is_none_is_told_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    for content in [None, Some("not PEM")] {
        if let Some(content) = content {
            std::fs::write(&file, content).unwrap();
        }
        let outbound = Outbound { extra_ca_file: Some(file.clone()), allow_private_addresses: false };
        let fault = Fetcher::new(&outbound).err().unwrap();
        assert!(format!("{fault:?}").contains("ca.pem"), "{fault:?}");
    }
}
