//! `GET /connex/digest`: whether two sides hold the same, in one small answer. Ten thousand people are compared by at
//! most 256 digests, and only the buckets that differ are listed.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::error::{ScimError, scim};
use crate::copy::{Kind, Stored, hex};
use crate::site::Site;

/// Which digests are asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Question {
    kind: String,
    bucket: Option<String>,
}

/// All buckets of a kind, or the copies of one bucket. What stands in the tables now is what counts, so that a change
/// made here shows.
pub(super) async fn answer(
    State(site): State<Arc<Site>>,
    Query(question): Query<Question>,
) -> Result<Response, ScimError> {
    let kind = match question.kind.as_str() {
        "User" => Kind::User,
        "Group" => Kind::Group,
        _ => return Err(ScimError::bad("invalidValue", "kind must be User or Group")),
    };
    let mut buckets: BTreeMap<String, Vec<(String, Stored)>> = BTreeMap::new();
    for stored in site.copies.all(kind).await? {
        let Some(id) = stored.facts.external_id().map(str::to_owned) else { continue };
        buckets.entry(bucket_of(&id)).or_default().push((id, stored));
    }
    for copies in buckets.values_mut() {
        copies.sort_by(|(one, _), (other, _)| one.cmp(other));
    }
    Ok(scim(
        StatusCode::OK,
        &match question.bucket {
            Some(bucket) => one_bucket(buckets.get(&bucket).map(Vec::as_slice).unwrap_or_default()),
            None => all_buckets(&buckets),
        },
    ))
}

fn all_buckets(buckets: &BTreeMap<String, Vec<(String, Stored)>>) -> Value {
    let count: usize = buckets.values().map(Vec::len).sum();
    let digests: BTreeMap<&String, String> = buckets.iter().map(|(name, copies)| (name, digest_of(copies))).collect();
    json!({ "count": count, "buckets": digests })
}

fn one_bucket(copies: &[(String, Stored)]) -> Value {
    let resource = |(external_id, stored): &(String, Stored)| {
        json!({
            "externalId": external_id, "id": stored.id, "rev": stored.rev, "digest": stored.facts.digest(),
            "active": stored.facts.is_active(),
        })
    };
    json!({ "resources": copies.iter().map(resource).collect::<Vec<_>>() })
}

fn digest_of(copies: &[(String, Stored)]) -> String {
    let mut whole = Sha256::new();
    for (external_id, stored) in copies {
        whole.update(format!("{external_id} {} {}\n", stored.rev, stored.facts.digest()));
    }
    hex(&whole.finalize())
}

/// The first byte of the digest of ConneX's id, in hex.
fn bucket_of(external_id: &str) -> String {
    hex(&Sha256::digest(external_id)).chars().take(2).collect()
}
