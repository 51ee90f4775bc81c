//! `connex org resync`.

use serde_json::json;

use super::Installation;
use crate::support::{engine::Engine, scim_site::ScimSite};

const RESYNC: [&str; 5] = ["org", "resync", "Northline", "--site", "Birch"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dry_run_says_what_a_site_lacks_and_tells_it_nothing() {
    for engine in Engine::BOTH {
        let (it, scim) = (Installation::new(engine), ScimSite::start().await);
        it.run(&["site", "add", "--kind", "oneoffice", "--name", "Birch", "--url", &scim.url], "");
        it.add_user("dana");
        it.run(&["org", "add", "--name", "Northline", "--founder", "dana"], "");
        it.run(&["org", "approve", "Northline", "--site", "Birch"], "");
        let planned = it.json(&[RESYNC.as_slice(), &["--dry-run"]].concat(), "");
        let first = &planned["changes"][0];
        assert_eq!((&planned["state"], &planned["site"]["name"]), (&json!("planned"), &json!("Birch")));
        assert_eq!(
            (&first["kind"], &first["name"], &first["action"]),
            (&json!("Group"), &json!("Northline"), &json!("add"))
        );
        let said = it.run(&[RESYNC.as_slice(), &["--dry-run"]].concat(), "");
        assert!(said.contains("add  Northline\n") && said.ends_with("Nothing was changed.\n"), "{said}");
        assert!(scim.writes().is_empty());
        it.fails(2, &[RESYNC.as_slice(), &["--dry-run", "--confirm"]].concat(), "");
        drop(scim.goes_down().await);
        let said = it.fails(1, &RESYNC, "");
        assert!(said.contains("The site cannot be reached"), "{said}");
    }
}
