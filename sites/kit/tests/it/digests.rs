//! Comparing copies without sending them; and a database that was restored from last week's backup.

use std::collections::BTreeMap;

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::provider::Provider;
use crate::scim::{Pusher, group, user};
use crate::world::{World, listener, start_site_with};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn the_digests_are_those_of_the_contract() {
    let world = World::new().await;
    let connex = Pusher::new(&world.provider, &world.site);
    let mut buckets: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for n in 0..40 {
        let id = format!("p{n:02}");
        connex.post("/Users", &user(&id, 7)).await;
        let canonical = format!(
            r#"{{"active":true,"email":"priya@northline.example","externalId":"{id}","familyName":"Raman","givenName":"Priya","organization":"org_1","phone":"555-0199","role":"member","userName":"user-{id}"}}"#
        );
        let line = format!("{id} 7 {}\n", hex(&Sha256::digest(canonical)));
        buckets.entry(hex(&Sha256::digest(&id)[..1])).or_default().push(line);
    }
    let told = connex.get("/connex/digest?kind=User").await.body;
    assert_eq!(told["count"], 40);
    let expected: BTreeMap<_, _> =
        buckets.iter().map(|(name, lines)| (name.clone(), hex(&Sha256::digest(lines.concat())))).collect();
    assert_eq!(told["buckets"], json!(expected));
    let (name, lines) = buckets.first_key_value().unwrap();
    let bucket = connex.get(&format!("/connex/digest?kind=User&bucket={name}")).await.body;
    assert_eq!(bucket["resources"].as_array().unwrap().len(), lines.len());
    assert_eq!((&bucket["resources"][0]["rev"], &bucket["resources"][0]["active"]), (&json!(7), &json!(true)));
    assert_eq!(connex.get("/connex/digest?kind=User&bucket=zz").await.body["resources"], json!([]));
    assert_eq!(connex.get("/connex/digest?kind=Permit").await.status, 400);
}

#[tokio::test]
async fn connex_is_told_that_the_site_knows_digests() {
    let world = World::new().await;
    let told = Pusher::new(&world.provider, &world.site).get("/ServiceProviderConfig").await.body;
    let extension = &told["urn:connex:params:scim:schemas:extension:2.0:ServiceProviderConfig"];
    assert_eq!(*extension, json!({ "digest": true, "idempotentCreate": true }));
}

#[tokio::test]
async fn a_restored_backup_is_seen_in_the_digest_and_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let (file, backup) = (folder.path().join("site.db"), folder.path().join("backup.db"));
    let provider = Provider::start(listener().await).await;
    let site = start_site_with(&provider.issuer, "client_secret_basic", |s| s.database = Some(file.clone())).await;
    let connex = Pusher::new(&provider, &site);
    connex.post("/Groups", &group("org_1", 1)).await;
    let first = connex.post("/Users", &user("p1", 1)).await;
    let copy = sqlx_copy(&file, &backup).await;
    assert!(copy.is_ok());
    let mut changed = user("p1", 9);
    changed["name"]["givenName"] = json!("Pri");
    connex.put(&first.path(), &changed).await;
    let right = connex.get("/connex/digest?kind=User").await.body;

    let site = start_site_with(&provider.issuer, "client_secret_basic", |s| s.database = Some(backup)).await;
    let connex = Pusher::new(&provider, &site);
    assert_ne!(connex.get("/connex/digest?kind=User").await.body, right);
    assert_eq!(connex.post("/Users", &changed).await.status, 200);
    assert_eq!(connex.get("/connex/digest?kind=User").await.body, right);
}

/// Copies a database that is open, as a backup does.
async fn sqlx_copy(from: &std::path::Path, to: &std::path::Path) -> anyhow::Result<()> {
    let copies = sample_kit::copy::Copies::open(Some(from)).await?;
    sqlx::query("vacuum into ?").bind(to.to_str()).execute(copies.pool()).await?;
    Ok(())
}

#[tokio::test]
async fn ten_thousand_people_are_paged_and_compared() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("site.db");
    let copies = sample_kit::copy::Copies::open(Some(&file)).await.unwrap();
    let statement = "with recursive n (i) as (select 0 union all select i + 1 from n where i < 9999) insert into person \
                     (id, external_id, user_name, user_name_key, active, rev, created_at, changed_at) select \
                     printf('r%05d', i), printf('p%05d', i), printf('u%05d', i), printf('u%05d', i), 1, 1, 0, 0 from n";
    sqlx::query(statement).execute(copies.pool()).await.unwrap();
    let provider = Provider::start(listener().await).await;
    let site = start_site_with(&provider.issuer, "client_secret_basic", |s| s.database = Some(file)).await;
    let connex = Pusher::new(&provider, &site);
    let mut seen = std::collections::BTreeSet::new();
    for start in (1..=10_000).step_by(1000) {
        let page = connex.get(&format!("/Users?startIndex={start}&count=1000")).await.body;
        assert_eq!(page["totalResults"], 10_000);
        seen.extend(page["Resources"].as_array().unwrap().iter().map(|one| one["externalId"].to_string()));
    }
    assert_eq!(seen.len(), 10_000);
    let digest = connex.get("/connex/digest?kind=User").await.body;
    assert_eq!((&digest["count"], digest["buckets"].as_object().unwrap().len()), (&json!(10_000), 256));
}
