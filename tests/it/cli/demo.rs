//! `connex demo`.

use std::{fs, path::Path, time::Duration};

use super::{Installation, fails, free_ports};
use crate::support::{engine::Engine, process::Node};

fn start(listen: &str, data: &Path, more: &[&str]) -> Node {
    Node::demo(&[&["--listen", listen, "--data", data.to_str().unwrap()], more].concat())
}

/// The table of sites, and the registrations.
fn registrations(data: &Path) -> String {
    fs::read_to_string(data.join("sites.json")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_starts_everything_and_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let (data, first) = (folder.path().join("demo"), free_ports(7));
    let listen = format!("127.0.0.1:{first}");
    let node = start(&listen, &data, &[]);
    for port in first..first + 7 {
        let page = reqwest::get(format!("http://127.0.0.1:{port}/")).await.unwrap();
        assert_eq!(page.status(), 200, "{port}");
    }
    let said = node.output();
    for expected in ["Birch County Road Commission", "Tamarack County Permits", "dana@northline.example  ", "founder"] {
        assert!(said.contains(expected), "{expected}\n{said}");
    }
    let known = registrations(&data);
    assert!(node.stop().success());
    let again = start(&listen, &data, &[]);
    assert!(again.ready_after() < Duration::from_secs(10), "{:?}", again.ready_after());
    assert_eq!(registrations(&data), known, "the secrets survive");
    drop(again);
    let elsewhere = format!("127.0.0.1:{}", free_ports(7));
    let words = ["demo", "--listen", &elsewhere, "--data", data.to_str().unwrap()];
    assert!(fails(Path::new("connex.toml"), 1, &words, "").contains("--reset"));
    drop(start(&elsewhere, &data, &["--reset"]));
    assert_ne!(registrations(&data), known);
}

#[test]
fn the_demo_touches_nothing_that_it_did_not_make() {
    let it = Installation::new(Engine::Sqlite);
    let database = it.database.url().trim_start_matches("sqlite:").to_owned();
    let (data, before) = (Path::new(&database).parent().unwrap(), fs::read(&database).unwrap());
    let listen = format!("127.0.0.1:{}", free_ports(7));
    for more in [[].as_slice(), &["--reset"]] {
        let words = [&["demo", "--listen", &listen, "--data", data.to_str().unwrap()], more].concat();
        assert!(it.fails(1, &words, "").contains("did not make"));
    }
    assert_eq!(fs::read(&database).unwrap(), before);
}

#[test]
fn the_demo_is_for_this_machine_only() {
    for listen in ["0.0.0.0:7100", "192.0.2.1:7100", "[::]:7100"] {
        let said = fails(Path::new("connex.toml"), 2, &["demo", "--listen", listen], "");
        assert!(said.contains("this machine"), "{said}");
    }
}
