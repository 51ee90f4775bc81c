//! Keys, the audit trail, migrations, the doctor.

use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};

use super::Installation;
use crate::support::{engine::Engine, process::Node};

/// The kids in a state, by algorithm.
fn kids(it: &Installation, state: &str) -> Vec<(String, String)> {
    let keys = it.json(&["keys", "list"], "");
    let text = |key: &Value, member: &str| key[member].as_str().unwrap().to_owned();
    let in_state = keys.as_array().unwrap().iter().filter(|key| key["state"] == state);
    let mut kids: Vec<_> = in_state.map(|key| (text(key, "algorithm"), text(key, "kid"))).collect();
    kids.sort();
    kids
}

#[test]
fn keys_are_rotated_and_retired() {
    for engine in Engine::BOTH {
        let it = Installation::new(engine);
        assert!(it.run(&["keys", "list"], "").contains("no keys yet"));
        let first = it.json(&["keys", "rotate"], "");
        let current = kids(&it, "current");
        assert_eq!(first, json!({ "ES256": current[0].1, "RS256": current[1].1 }));
        let next = kids(&it, "next");
        let refused = it.fails(1, &["keys", "rotate", "--algorithm", "ES256"], "");
        assert!(refused.contains("sites may not have fetched it"), "{refused}");
        let said = it.run(&["keys", "rotate", "--algorithm", "ES256", "--now"], "");
        assert_eq!(said, format!("ES256 signs with {}\n", next[0].1), "what was next signs");
        assert_eq!(kids(&it, "current")[1], current[1], "the other algorithm is left alone");
        let retired = &kids(&it, "retired")[0].1;
        assert_eq!(it.json(&["keys", "retire", retired], ""), json!({ "kid": retired, "state": "removed" }));
        assert!(it.fails(1, &["keys", "retire", &current[1].1], "").contains("no retired key has that kid"));
        it.fails(2, &["keys", "rotate", "--algorithm", "none"], "");
    }
}

#[test]
fn a_sealing_key_that_others_can_read_is_refused() {
    let it = Installation::new(Engine::Sqlite);
    it.run(&["keys", "rotate"], "");
    let file = it.path("connex.sealing-key");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(it.fails(1, &["serve"], "").contains("chmod 600"));
    fs::write(&file, "not a key").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(it.fails(1, &["serve"], "").contains("sealing key"));
}

#[tokio::test(flavor = "multi_thread")]
async fn tampering_with_the_audit_trail_is_found() {
    for engine in Engine::BOTH {
        let it = Installation::new(engine);
        for username in ["dana", "ellen", "marcus"] {
            it.add_user(username);
        }
        assert!(it.run(&["audit", "verify"], "").starts_with("✓ 3 entries"));
        let tail = it.json(&["audit", "tail", "-n", "2"], "");
        assert_eq!((tail.as_array().unwrap().len(), &tail[1]["fact"]), (2, &json!("accounts.opened")));
        let exported = it.run(&["audit", "export"], "");
        let lines: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(lines.len() == 3 && lines.iter().all(|entry| entry["actor"] == "operator"), "{exported}");
        let tampering =
            "update audit_entries set actor = 'person:nobody' where at = (select min(at) from audit_entries)";
        match engine {
            Engine::Sqlite => {
                SqliteConnection::connect(it.database.url()).await.unwrap().execute(tampering).await.unwrap();
            }
            Engine::Postgres => {
                PgConnection::connect(it.database.url()).await.unwrap().execute(tampering).await.unwrap();
            }
        }
        let said = it.fails(1, &["audit", "verify"], "");
        assert!(said.contains("✗ Chain ") && said.contains("not as it was written"), "{said}");
        let told = it.fails(1, &["audit", "verify", "--json"], "");
        assert!(!serde_json::from_str::<Value>(&told).unwrap()["broken"].as_array().unwrap().is_empty());
    }
}

#[test]
fn a_plan_of_migrations_changes_nothing() {
    for engine in Engine::BOTH {
        let it = Installation::bare(engine);
        for _ in 0..2 {
            let plan = it.run(&["migrate", "--plan"], "");
            assert!(plan.starts_with("-- 0001 accounts\n") && plan.contains("create table jobs"), "{plan}");
        }
        let applied = it.run(&["migrate"], "");
        assert!(applied.starts_with("applied 0001 accounts\n"), "{applied}");
        assert_eq!(it.run(&["migrate"], ""), "The schema is up to date.\n");
        assert_eq!(it.json(&["migrate", "--plan"], "")["pending"], json!([]));
    }
}

#[test]
fn on_postgresql_migrations_are_the_operators_act() {
    let it = Installation::bare(Engine::Postgres);
    for command in [["serve"].as_slice(), &["site", "list"]] {
        let said = it.fails(1, command, "");
        assert!(said.contains("lacks") && said.contains("connex migrate --plan"), "{said}");
    }
    assert!(it.fails(1, &["doctor"], "").contains("✗ The database lacks"));
    let it = Installation::bare(Engine::Sqlite);
    assert_eq!(it.json(&["site", "list"], ""), json!([]), "SQLite is migrated by itself");
}

#[test]
fn the_doctor_finds_nothing_where_nothing_is_wrong() {
    for engine in Engine::BOTH {
        let it = Installation::new(engine);
        it.run(&["site", "add", "--kind", "onegov", "--name", "Birch", "--url", "https://birch.example"], "");
        let said = it.run(&["doctor"], "");
        assert!(said.contains("! ") && said.contains("does not answer") && !said.contains('✗'), "{said}");
        let node = Node::start(&it.config);
        let findings = it.json(&["doctor"], "");
        let mark = |check: &str| {
            let found = findings.as_array().unwrap().iter().find(|finding| finding["check"] == check);
            found.unwrap_or_else(|| panic!("no {check} in {findings}"))["mark"].clone()
        };
        for check in
            ["database", "schema", "writing", "signing keys", "sealing key", "clock", "registration", "discovery"]
        {
            assert_eq!(mark(check), "good", "{check}");
        }
        node.stop();
    }
}

#[test]
fn the_doctor_names_what_is_wrong_and_the_cure() {
    let it = Installation::new(Engine::Sqlite);
    it.run(&["keys", "rotate"], "");
    let database = it.database.url().trim_start_matches("sqlite:");
    fs::set_permissions(database, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(it.fails(1, &["doctor"], "").contains("✗ Others can read"));
    fs::set_permissions(database, fs::Permissions::from_mode(0o600)).unwrap();
    fs::remove_file(it.path("connex.sealing-key")).unwrap();
    assert!(it.fails(1, &["doctor"], "").contains("✗ There is no sealing key file"));
    assert!(!it.path("connex.sealing-key").exists(), "the doctor makes nothing");
    fs::write(&it.config, "isuer = \"x\"").unwrap();
    assert!(it.fails(1, &["doctor"], "").contains("Did you mean issuer?"));
}
