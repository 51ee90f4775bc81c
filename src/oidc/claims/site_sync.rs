//! Scope `sites`: how the person's organization stands to the asking site, and to no other.

use serde_json::{Map, Value, json};

use crate::oidc::gate::Facts;

/// One entry for the client's own site; nothing for clients that are no site.
pub(super) fn for_client(facts: &Facts) -> Map<String, Value> {
    let Some(standing) = &facts.standing else { return Map::new() };
    let mut entry = json!({
        "id": standing.site,
        "status": standing.status,
        // A site that holds a lower revision than this knows that its copy is stale.
        "rev": facts.wanted_rev,
    });
    if let (Value::Object(entry), Some(approved_at)) = (&mut entry, standing.approved_at) {
        entry.insert("roles".into(), json!(standing.roles));
        entry.insert("approved_at".into(), approved_at.seconds().into());
    }
    Map::from_iter([("sites".to_owned(), Value::Array(vec![entry]))])
}
