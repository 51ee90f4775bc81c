//! The digest exchange: thousands of copies compared in one request.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::model::{Expected, Listed};
use crate::platform::fetch::Reply;
use crate::sync::{
    delivery::{Contact, Trouble},
    ledger::Kind,
};

#[derive(Deserialize)]
struct Buckets {
    buckets: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Bucket {
    resources: Vec<Listed>,
}

/// The buckets in which the site differs, each with what it lists there.
///
/// # Errors
/// The trouble.
pub(super) async fn differing(
    contact: &mut Contact<'_>,
    kind: Kind,
    expected: &[Expected],
) -> Result<BTreeMap<String, Vec<Listed>>, Trouble> {
    let ours = ours(expected);
    let name = kind.resource_type();
    let theirs: Buckets = read(&contact.get(&["connex", "digest"], &[("kind", name)]).await?)?;
    let names: BTreeSet<&String> = ours.keys().chain(theirs.buckets.keys()).collect();
    let mut differing = BTreeMap::new();
    for bucket in names {
        if ours.get(bucket) == theirs.buckets.get(bucket) {
            continue;
        }
        let query = [("kind", name), ("bucket", bucket.as_str())];
        let listed: Bucket = read(&contact.get(&["connex", "digest"], &query).await?)?;
        differing.insert(bucket.clone(), listed.resources);
    }
    Ok(differing)
}

fn read<T: for<'d> Deserialize<'d>>(reply: &Reply) -> Result<T, Trouble> {
    let odd =
        || Trouble::Refused(Some(reply.status), "The site does not answer the digest exchange as it says.".into());
    match reply.status {
        200 => serde_json::from_slice(&reply.body).map_err(|_| odd()),
        _ => Err(odd()),
    }
}

/// The digest of each bucket that is not empty.
fn ours(expected: &[Expected]) -> BTreeMap<String, String> {
    let mut sorted: Vec<&Expected> = expected.iter().collect();
    sorted.sort_by(|a, b| a.external_id.as_bytes().cmp(b.external_id.as_bytes()));
    let mut hashers: BTreeMap<String, Sha256> = BTreeMap::new();
    for row in sorted {
        let line = format!("{} {} {}\n", row.external_id, row.acked_rev, row.acked_digest);
        hashers.entry(bucket_of(&row.external_id)).or_default().update(line.as_bytes());
    }
    hashers.into_iter().map(|(bucket, hasher)| (bucket, hex(&hasher.finalize()))).collect()
}

/// The bucket of something: the first byte of the hash of what the site knows it by.
pub(super) fn bucket_of(external_id: &str) -> String {
    hex(Sha256::digest(external_id.as_bytes()).get(..1).unwrap_or_default())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
