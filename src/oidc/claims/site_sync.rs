//! Scope `sites`: how the person's organization stands to the asking site, and to no other.

use serde_json::{Map, Value, json};

use crate::oidc::gate::Facts;

/// One entry for the client's own site; nothing for clients that are no site.
pub(super) fn for_client(facts: &Facts) -> Map<String, Value> {
    let Some(standing) = &facts.standing else { return Map::new() };
    let mut entry = json!({
        "id": standing.site,
        "status": standing.status,
        "rev": revision(facts),
    });
    if let (Value::Object(entry), Some(approved_at)) = (&mut entry, standing.approved_at) {
        entry.insert("roles".into(), json!(standing.roles));
        entry.insert("approved_at".into(), approved_at.seconds().into());
    }
    Map::from_iter([("sites".to_owned(), Value::Array(vec![entry]))])
}

/// Grows whenever anything changes that the site holds of this person: each part only ever grows.
fn revision(facts: &Facts) -> i64 {
    let organization = facts.place.as_ref().map_or(0, |place| place.rev);
    let standing = facts.standing.as_ref().map_or(0, |standing| standing.rev);
    facts.account.rev().saturating_add(organization).saturating_add(standing)
}
