//! The command, as whoever builds a site uses it.

use std::{collections::BTreeSet, path::Path, process::Output};

use connex::operator::rp_check::Case;
use serde_json::Value;
use tokio::{net::TcpListener, task::spawn_blocking};

use super::broken::{self, Broken, Flaw};
use crate::support::process::connex;

/// A place for the provider, and a site with this flaw that points to it.
async fn workshop(flaw: Flaw) -> (Broken, [String; 7]) {
    let (site, provider) = (listener().await, listener().await);
    let (url, listen) = (format!("http://{}", site.local_addr().unwrap()), provider.local_addr().unwrap().to_string());
    drop(provider);
    let settings = vec![
        ("SITE_URL", url.clone()),
        ("SITE_SCIM_URL", format!("{url}/scim/v2")),
        ("CONNEX_ISSUER", format!("http://{listen}")),
        ("CONNEX_CLIENT_ID", "rp-check".to_owned()),
        ("CONNEX_CLIENT_SECRET", "workshop".to_owned()),
    ];
    let words = ["rp-check", &url, "--listen", &listen, "--client-secret", "workshop", "--many=60"];
    (broken::serve(site, settings, flaw), words.map(str::to_owned))
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

async fn run(words: &[String], more: &[&str]) -> Output {
    let words: Vec<String> = words.iter().cloned().chain(more.iter().map(|word| (*word).to_owned())).collect();
    spawn_blocking(move || {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        connex(Path::new("no-such-file.toml"), &words, "")
    })
    .await
    .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn a_good_site_is_told_line_by_line_and_the_status_is_0() {
    let (_site, words) = workshop(Flaw::None).await;
    let output = run(&words, &[]).await;
    let (said, remarks) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{said}{remarks}");
    assert!(said.starts_with("✓ RP-01 sign-in: A person signs in, and the site knows who it is.\n"), "{said}");
    let passed = Case::ALL.len() - 1;
    assert!(said.ends_with(&format!("{passed} passed, 0 failed, 1 not applicable.\n")), "{said}");
    assert!(remarks.contains("CONNEX_CLIENT_SECRET=workshop\n"), "{remarks}");
}

#[tokio::test]
async fn a_lack_is_an_object_for_programs_and_the_status_is_1() {
    let (_site, words) = workshop(Flaw::AnyState).await;
    let output = run(&words, &["--json", "--only", "RP-01", "--only", "wrong-state"]).await;
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let verdicts: Value = serde_json::from_slice(&output.stdout).unwrap();
    let members: BTreeSet<&str> = verdicts[1].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, BTreeSet::from(["id", "name", "outcome", "seen", "cure", "doc"]));
    assert_eq!((&verdicts[0]["outcome"], &verdicts[0]["cure"]), (&"passed".into(), &Value::Null));
    assert_eq!((&verdicts[1]["id"], &verdicts[1]["outcome"]), (&"RP-06".into(), &"failed".into()));
    assert_eq!(verdicts[1]["doc"], "docs/guides/site-check.md#rp-06");
}

#[tokio::test]
async fn a_site_that_points_elsewhere_is_told_so_and_the_status_is_2() {
    let (_site, words) = workshop(Flaw::None).await;
    let output = run(&words[..2], &["--listen", "127.0.0.1:0", "--wait", "0"]).await;
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("the site does not point to this provider: /auth/connex/login sends people to http://"),
        "{said}"
    );
}

#[tokio::test]
async fn what_has_no_meaning_is_refused_with_status_2() {
    for words in [["http://127.0.0.1:1/site", "--wait=0"], ["http://127.0.0.1:1", "--only=RP-99"]] {
        let output = run(&["rp-check".to_owned()], &words).await;
        assert_eq!(output.status.code(), Some(2), "{words:?}: {}", text(&output.stderr));
    }
}
