//! Scope `organization`: the one active organization of a session.
//!
//! Flat claims as other products name them, so that middleware works unchanged, and an object for
//! what may grow. People without an organization have none of them.

use serde_json::{Map, Value, json};

use crate::oidc::gate::Facts;
use crate::organizations::Role;

/// The flat claims with the name: for introspection.
pub(super) fn flat(facts: &Facts) -> Map<String, Value> {
    let mut claims = for_access_token(facts);
    if let Some(place) = &facts.place {
        claims.insert("org_name".into(), place.name.as_str().into());
    }
    claims
}

/// For the ID token and userinfo.
pub(super) fn for_person(facts: &Facts) -> Map<String, Value> {
    let mut claims = flat(facts);
    if let Some(place) = &facts.place {
        claims.insert(
            "organization".into(),
            json!({
                "id": place.organization,
                "name": place.name,
                "role": place.role,
                "founder": place.role == Role::Founder,
                "rev": place.rev,
            }),
        );
    }
    claims
}

/// For access tokens: no name, which may change.
pub(super) fn for_access_token(facts: &Facts) -> Map<String, Value> {
    let mut claims = Map::new();
    if let Some(place) = &facts.place {
        claims.insert("org_id".into(), place.organization.to_string().into());
        claims.insert("org_role".into(), place.role.as_str().into());
    }
    claims
}
