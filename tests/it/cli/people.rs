//! People and organizations.

use serde_json::json;

use super::Installation;
use crate::support::engine::Engine;

const NAMES: [&str; 4] = ["--given-name", "Dana", "--family-name", "Whitfield"];

#[test]
fn a_person_gets_an_account_that_can_be_found_disabled_and_enabled() {
    for engine in Engine::BOTH {
        let it = Installation::new(engine);
        let claims = json!({ "nickname": "Dee", "birthdate": "1980-01-02", "email": "other@x.example", "address": { "region": "MN" } });
        let file = it.write("claims.json", &claims.to_string());
        let add = ["user", "add", "--username", "dana", "--email", "Dana@Northline.example", "--email-verified"];
        let more = ["--password-stdin", "--claims", &file];
        let dana = it.json(&[add.as_slice(), &NAMES, &more].concat(), "plum harvest canoe lantern\n");
        assert_eq!(dana["email"], "Dana@northline.example", "the account wins over the file");
        assert_eq!((&dana["email_verified"], &dana["status"]), (&json!(true), &json!("active")));
        assert_eq!(it.json(&["user", "find", "DANA@northline.example"], ""), dana);
        assert_eq!(it.json(&["user", "find", dana["account_id"].as_str().unwrap()], ""), dana);
        assert_eq!(it.json(&["user", "disable", "dana"], "")["status"], "disabled");
        assert_eq!(it.json(&["user", "disable", "dana"], "")["status"], "disabled", "twice is once");
        assert_eq!(it.json(&["user", "enable", "dana"], "")["status"], "active");
        assert_eq!(it.json(&["user", "signout", "dana"], "")["ended_session_count"], 0);
        assert!(it.fails(1, &["user", "find", "nobody"], "").contains("nobody has the user ID"));
    }
}

#[test]
fn what_is_wrong_with_an_account_is_told() {
    let it = Installation::new(Engine::Sqlite);
    let add = |username: &str, email: &str, more: &[&str], stdin: &str, status: i32| {
        let words = ["user", "add", "--username", username, "--email", email];
        it.fails(status, &[words.as_slice(), &NAMES, more].concat(), stdin)
    };
    it.add_user("dana");
    assert!(add("DANA", "x@y.example", &[], "", 1).contains("that user ID is in use"));
    assert!(add("other", "dana@northline.example", &[], "", 1).contains("belongs to another account"));
    assert!(add("two words", "x@y.example", &[], "", 2).contains("--username"));
    assert!(add("x", "not-an-address", &[], "", 2).contains("--email"));
    let password = ["--password-stdin"];
    assert!(add("x", "x@y.example", &password, "short", 1).contains("15 characters or more"));
    assert!(add("x", "x@y.example", &password, "Dana Whitfield 1980", 1).contains("names that others know"));
    assert!(add("x", "x@y.example", &password, "", 1).contains("no password on the standard input"));
    let file = it.write("claims.json", r#"{ "nmae": "Dana" }"#);
    assert!(add("x", "x@y.example", &["--claims", &file], "", 1).contains("claims.json: unknown field `nmae`"));
    it.fails(1, &["user", "find", "x"], "");
}

#[test]
fn an_organization_is_founded_filled_and_approved() {
    for engine in Engine::BOTH {
        let it = Installation::new(engine);
        for username in ["dana", "ellen", "ray"] {
            it.add_user(username);
        }
        let founded = [
            "org",
            "add",
            "--name",
            "Northline Hauling LLC",
            "--founder",
            "dana",
            "--city",
            "Brainerd",
            "--state",
            "mn",
        ];
        let northline = it.json(&founded, "");
        assert_eq!((&northline["city"], &northline["state"]), (&json!("Brainerd"), &json!("MN")));
        let id = northline["id"].as_str().unwrap();
        let join = [
            "org",
            "add-user",
            "northline hauling llc",
            "--username",
            "ellen@northline.example",
            "--role",
            "administrator",
        ];
        assert_eq!(it.json(&join, "")["role"], "administrator");
        assert!(it.fails(1, &join, "").contains("is in the organization"));
        assert!(
            it.fails(2, &["org", "add-user", id, "--username", "ellen", "--role", "founder"], "").contains("--role")
        );
        let place = it.json(&["user", "find", "ellen"], "")["organization"].clone();
        assert_eq!(place, json!({ "id": id, "name": "Northline Hauling LLC", "role": "administrator" }));
        it.run(&["site", "add", "--kind", "onegov", "--name", "Birch", "--url", "https://birch.example"], "");
        let approval = it.json(&["org", "approve", id, "--site", "birch", "--role", "hauler", "--role", "bidder"], "");
        assert_eq!((&approval["status"], &approval["roles"]), (&json!("approved"), &json!(["hauler", "bidder"])));
        assert_eq!(it.json(&["org", "unapprove", id, "--site", "Birch"], "")["status"], "revoked");
        assert!(it.fails(1, &["org", "unapprove", id, "--site", "Birch"], "").contains("not approved at that site"));
        // The same name again, founded by somebody else: a person has one place.
        let again = founded.map(|word| if word == "dana" { "ray" } else { word });
        it.json(&again, "");
        let said = it.fails(1, &["org", "approve", "Northline Hauling LLC", "--site", "Birch"], "");
        assert!(
            said.contains("2 organizations are called") && said.contains(id) && said.contains("Brainerd, MN"),
            "{said}"
        );
        assert_eq!(it.json(&["org", "find", "Northline Hauling LLC"], "").as_array().unwrap().len(), 2);
        assert_eq!(it.fails(1, &["org", "find", "Southline", "--json"], "").trim(), "[]");
    }
}
