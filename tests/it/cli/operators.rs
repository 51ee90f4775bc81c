//! Operators, and what they do about sites at the command line.

use serde_json::json;

use super::Installation;
use crate::support::engine::Engine;

const ADD: [&str; 8] = ["site", "add", "--kind", "onegov", "--name", "Birch", "--url", "https://birch.example"];

#[test]
fn an_operator_is_invited_by_a_link_as_often_as_needed() {
    for engine in Engine::BOTH {
        let it = Installation::new(engine);
        let first = it.json(&["operator", "invite", "omar@connex.example"], "");
        let again = it.run(&["operator", "invite", "omar@connex.example"], "");
        let start = format!("{}/ops/join/", it.issuer());
        assert!(first["link"].as_str().unwrap().starts_with(&start) && again.starts_with(&start));
        assert_ne!(first["link"], again.trim());
        assert_eq!(it.json(&["operator", "list"], ""), json!([]), "inviting makes nobody an operator");
        it.add_user("omar");
        assert!(it.fails(1, &["operator", "remove", "omar"], "").contains("connex operator list"));
        it.fails(2, &["operator", "invite", "no address"], "");
    }
}

#[test]
fn a_site_is_shown_changed_paused_and_let_go_on() {
    for engine in Engine::BOTH {
        let it = Installation::new(engine);
        let added = it.json(&ADD, "");
        let shown = it.json(&["site", "show", "Birch"], "");
        assert_eq!((&shown["client_id"], &shown["client_secret"]), (&added["client_id"], &json!(null)));
        assert!(it.run(&["site", "show", "Birch"], "").contains("OIDCClientID"));
        let edit = ["site", "edit", "Birch", "--per-second", "0", "--redirect-uri", "https://birch.example/cb"];
        let edited = it.json(&edit, "");
        assert_eq!(
            (&edited["redirect_uris"], &edited["per_second"]),
            (&json!(["https://birch.example/cb"]), &json!(0))
        );
        assert_eq!(edited["post_logout_redirect_uris"], added["post_logout_redirect_uris"], "what is left out stays");
        it.fails(1, &["site", "edit", "Birch", "--redirect-uri", "https://birch.example/cb#x"], "");
        assert_eq!(
            it.json(&["site", "edit", "Birch", "--contact", "it@birch.example"], "")["contact"],
            "it@birch.example"
        );
        it.fails(2, &["site", "edit", "Birch", "--contact", "nobody"], "");
        assert_eq!(it.json(&["site", "edit", "Birch", "--county", "Birch County"], "")["county"], "Birch County");
        assert!(it.fails(2, &["site", "edit", "Birch", "--state", "Michigan"], "").contains("two letters"));
        assert_eq!(it.json(&["site", "pause", "Birch"], "")["condition"], "paused");
        assert!(it.fails(1, &["sync", "status"], "").contains("Birch  paused"));
        assert_eq!(it.json(&["site", "resume", "Birch"], "")["condition"], "unproven");
        assert_eq!(it.json(&["sync", "status", "birch"], "")[0]["due_count"], 0);
        it.run(&["site", "compare", "Birch"], "");
        assert_eq!(it.json(&["sync", "changes", "Birch"], ""), json!([]));
        assert_eq!(it.run(&["sync", "changes", "birch"], ""), "Nothing was changed there in the last 90 days.\n");
        it.fails(1, &["sync", "changes", "Pine"], "");
    }
}

#[test]
fn a_site_is_added_with_its_county_and_whoever_looks_after_it() {
    for engine in Engine::BOTH {
        let it = Installation::new(engine);
        let place = ["--county", "Birch County", "--state", "mi", "--contact", "it@birch.example"];
        it.run(&[&ADD[..], &place].concat(), "");
        let shown = it.json(&["site", "show", "Birch"], "");
        let of = |name: &str| shown[name].as_str().unwrap_or_default().to_owned();
        assert_eq!([of("county"), of("state"), of("contact")], ["Birch County", "MI", "it@birch.example"]);
    }
}

#[test]
fn what_a_site_should_hold_is_listed_and_sent_again() {
    for engine in Engine::BOTH {
        let it = Installation::new(engine);
        it.run(&ADD, "");
        it.add_user("dana");
        let organization = it.json(&["org", "add", "--name", "Northline", "--founder", "dana"], "");
        it.run(&["org", "approve", "Northline", "--site", "Birch", "--reason", "Bond on file"], "");
        let due = it.json(&["events", "list", "Birch", "--state", "due"], "");
        assert_eq!((&due[0]["resource"], &due[0]["want"]), (&organization["id"], &json!("present")));
        let item = organization["id"].as_str().unwrap();
        assert_eq!(it.json(&["events", "show", "Birch", item], "")["tries"], json!([]));
        assert_eq!(it.json(&["events", "resend", "Birch", "--item", item], "")["resent"], 1);
        assert_eq!(it.json(&["events", "resend", "Birch", "--since", "24h"], "")["resent"], 0, "nothing was refused");
        it.fails(2, &["events", "resend", "Birch"], "");
        it.fails(2, &["events", "resend", "Birch", "--since", "soon"], "");
        let ends = ["org", "approve", "Northline", "--site", "Birch", "--until"];
        assert_eq!(it.json(&[&ends[..], &["2099-01-31"]].concat(), "")["valid_until"], 4_073_587_200_000_i64);
        assert!(it.fails(2, &[&ends[..], &["2020-01-31"]].concat(), "").contains("over already"));
        it.fails(2, &[&ends[..], &["soon"]].concat(), "");
        let at = ["Northline", "--site", "Birch", "--reason", "Bond expired"];
        assert_eq!(it.json(&[&["org", "suspend"], at.as_slice()].concat(), "")["status"], "suspended");
        assert_eq!(it.json(&[&["org", "deny"], at.as_slice()].concat(), "")["status"], "denied");
        it.fails(2, &["org", "deny", "Northline", "--site", "Birch"], "");
        it.fails(2, &["org", "suspend", "Northline", "--site", "Birch"], "");
        assert_eq!(it.json(&["org", "find", "Northline"], "")[0]["status"], "active", "at that site only");
    }
}
