//! Configuration, starting and stopping.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use super::{Installation, fails, free_ports, stdout};
use crate::support::{
    engine::Engine,
    process::{Node, connex},
};

#[test]
fn a_newcomer_is_shown_three_commands() {
    let output = connex(Path::new("nowhere/connex.toml"), &[], "");
    let text = stdout(&output);
    assert!(
        output.status.success() && text.lines().filter(|line| line.starts_with("  connex ")).count() == 3,
        "{text}"
    );
    assert!(text.contains("connex demo") && text.contains("connex init") && text.contains("connex serve"));
    fails(Path::new("connex.toml"), 2, &["serv"], "");
}

#[test]
fn a_wrong_configuration_is_refused_with_line_key_and_cure() {
    let it = Installation::bare(Engine::Sqlite);
    fs::write(&it.config, "issuer = \"http://127.0.0.1:7100\"\n[tokens]\ncode_secnds = 30\naccess_seconds = 5\n")
        .unwrap();
    for command in [["serve"].as_slice(), &["migrate"], &["user", "find", "dana"]] {
        let said = it.fails(2, command, "");
        assert!(
            said.contains("connex.toml:3: tokens.code_secnds is no key. Did you mean tokens.code_seconds?"),
            "{said}"
        );
        assert!(said.contains("connex.toml:4: tokens.access_seconds is 5, below 30. Write a number from 30"), "{said}");
    }
    let checked = it.fails(1, &["config", "check"], "");
    assert_eq!(checked.lines().count(), 2, "{checked}");
    let problems: serde_json::Value = serde_json::from_str(&it.fails(1, &["config", "check", "--json"], "")).unwrap();
    assert_eq!((&problems[0]["line"], &problems[0]["nearest"]), (&3.into(), &"tokens.code_seconds".into()));
    assert!(fails(Path::new("nowhere/connex.toml"), 2, &["serve"], "").contains("connex init"));
}

#[test]
fn a_key_is_explained() {
    let it = Installation::bare(Engine::Sqlite);
    let text = it.run(&["config", "explain", "tokens.code_seconds"], "");
    assert!(text.contains("from 1 to 60") && text.contains("CONNEX_TOKENS_CODE_SECONDS"), "{text}");
    assert_eq!(it.json(&["config", "explain", "CONNEX_HTTP_LISTEN"], "")["key"], "http.listen");
    assert!(it.fails(2, &["config", "explain", "http.lisen"], "").contains("did you mean http.listen?"));
    assert!(it.run(&["config", "check"], "").ends_with("is good.\n"));
}

#[test]
fn five_answers_make_a_good_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let answers = [
        ("\n\nomar@lake.example\n\n\n", "url = \"outbox\""),
        (
            "https://id.lake.example\nLake Area\nomar@lake.example\nsmtps://u:p@mail.lake.example\npostgres://db/connex\n",
            "Lake Area",
        ),
        // A public address needs a mail server, and a mistake is asked again.
        (
            "http://id.lake.example\nhttps://id.lake.example\n\nomar\nomar@lake.example\nnone\nsmtp://mail.lake.example\n\n",
            "omar@lake.example",
        ),
    ];
    for (n, (typed, expected)) in answers.into_iter().enumerate() {
        let config = folder.path().join(format!("{n}.toml"));
        let output = connex(&config, &["init"], typed);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(fs::metadata(&config).unwrap().permissions().mode() & 0o777, 0o600);
        let text = fs::read_to_string(&config).unwrap();
        assert!(text.lines().count() <= 60 && text.contains(expected), "{text}");
        assert!(connex(&config, &["config", "check"], "").status.success(), "{text}");
        assert!(fails(&config, 1, &["init"], typed).contains("is there already"));
        assert_eq!(fs::read_to_string(&config).unwrap(), text, "nothing is overwritten");
    }
    let config = folder.path().join("unanswered.toml");
    fails(&config, 2, &["init"], "https://id.lake.example\n");
    assert!(!config.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_says_what_matters_and_stops_when_asked() {
    let it = Installation::bare(Engine::Sqlite);
    let metrics = format!("127.0.0.1:{}", free_ports(1));
    let node = Node::start_with(&it.config, &[("CONNEX_HTTP_METRICS_LISTEN", metrics.as_str())]);
    let said = node.output();
    let facts =
        ["ConneX ", "address: http://127.0.0.1:", "metrics: ", "issuer: ", "database: SQLite, ", "migrations: "];
    for (fact, line) in facts.iter().chain(&["mail: ", "sites: 0", "ready"]).zip(said.lines()) {
        assert!(line.starts_with(fact), "{fact}\n{said}");
    }
    assert!(said.contains(&it.issuer()) && said.contains("applied now"), "{said}");
    let discovery = reqwest::get(format!("{}/.well-known/openid-configuration", it.issuer())).await.unwrap();
    assert_eq!(discovery.status(), 200);
    let metrics = reqwest::get(format!("http://{metrics}/metrics")).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("# TYPE"), "{metrics}");
    assert_eq!(reqwest::get(format!("{}/metrics", it.issuer())).await.unwrap().status(), 404);
    assert!(node.stop().success());
    let again = Node::start(&it.config);
    assert!(again.output().contains("migrations: up to date"));
    assert!(again.ready_after() < Duration::from_secs(5), "{:?}", again.ready_after());
}

#[test]
fn a_taken_port_is_named_before_the_database_is_touched() {
    let it = Installation::bare(Engine::Sqlite);
    let _other = TcpListener::bind(("127.0.0.1", it.port)).unwrap();
    let said = it.fails(1, &["serve"], "");
    assert!(said.contains(&format!("127.0.0.1:{}", it.port)) && said.contains("choose another port"), "{said}");
    assert!(!Path::new(it.database.url().trim_start_matches("sqlite:")).exists());
}

#[test]
fn a_database_that_is_away_is_told() {
    let it = Installation::bare(Engine::Sqlite);
    let url = format!("postgres://connex:hunter2@127.0.0.1:{}/connex", free_ports(1));
    fs::write(&it.config, format!("issuer = \"{}\"\n[database]\nurl = \"{url}\"\n", it.issuer())).unwrap();
    for command in [["migrate"].as_slice(), &["site", "list"], &["doctor"]] {
        let said = it.fails(1, command, "");
        assert!(said.contains("onnection refused") && !said.contains("hunter2"), "{said}");
    }
}
