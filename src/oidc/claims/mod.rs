//! Which claims a client gets, and why: the scopes that were granted, and the `claims` parameter.
//!
//! An ID token holds only what was asked for; the claims of the scopes `profile`, `email`, `address`
//! and `phone` are at userinfo (OIDC Core §5.4), those of `organization` and `sites` in both.

mod organization;
mod site_sync;
mod standard;

use serde_json::{Map, Value};

use super::gate::Facts;
use crate::protocol::{oauth::Scope, oidc::claims_request::ClaimRequest};
use std::collections::BTreeMap;

/// The claims of ours that are always true of a person: what `claims_supported` lists besides the
/// standard ones.
pub(super) const OURS: [&str; 5] = ["org_id", "org_name", "org_role", "organization", "sites"];

/// What userinfo says, without `sub`.
pub(super) fn for_userinfo(
    facts: &Facts,
    scope: &Scope,
    asked: &BTreeMap<String, Option<ClaimRequest>>,
) -> Map<String, Value> {
    let mut claims = for_scopes_of_ours(facts, scope);
    let of_scope = |claim: &str| standard::scope_of(claim).is_some_and(|of| scope.contains(of));
    claims.extend(standard::all(&facts.account).into_iter().filter(|(claim, _)| of_scope(claim)));
    claims.extend(asked_for(facts, asked));
    claims
}

/// What the ID token says, besides the claims of the protocol.
pub(super) fn for_id_token(
    facts: &Facts,
    scope: &Scope,
    asked: &BTreeMap<String, Option<ClaimRequest>>,
) -> Map<String, Value> {
    let mut claims = for_scopes_of_ours(facts, scope);
    claims.extend(asked_for(facts, asked));
    claims
}

/// What an access token says of the organization: enough for an API, no names.
pub(super) fn for_access_token(facts: &Facts, scope: &Scope) -> Map<String, Value> {
    if scope.contains("organization") { organization::for_access_token(facts) } else { Map::new() }
}

/// Puts what is so now in the place of what an access token said when it was made: the answer of
/// introspection. Unlike the token it has the name, because it is not kept.
pub(super) fn refresh(claims: &mut Map<String, Value>, facts: &Facts, scope: &Scope) {
    if scope.contains("organization") {
        claims.retain(|name, _| !OURS.contains(&name.as_str()));
        claims.extend(organization::flat(facts));
    }
}

fn for_scopes_of_ours(facts: &Facts, scope: &Scope) -> Map<String, Value> {
    let mut claims = Map::new();
    if scope.contains("organization") {
        claims.extend(organization::for_person(facts));
    }
    if scope.contains("sites") {
        claims.extend(site_sync::for_client(facts));
    }
    claims
}

/// Standard claims asked for one by one (Core §5.5). What we do not know is left out, and a value
/// that was asked for and is another one is not given.
fn asked_for(facts: &Facts, asked: &BTreeMap<String, Option<ClaimRequest>>) -> Map<String, Value> {
    let mut known = standard::all(&facts.account);
    asked
        .iter()
        .filter_map(|(claim, request)| {
            let value = known.remove(claim)?;
            let fits = request.as_ref().is_none_or(|request| {
                let by_value = request.value.as_ref().is_none_or(|wanted| *wanted == value);
                by_value && (request.values.is_empty() || request.values.contains(&value))
            });
            fits.then(|| (claim.clone(), value))
        })
        .collect()
}
