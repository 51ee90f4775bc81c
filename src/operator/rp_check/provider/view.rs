//! What a site may ask of ConneX about its people: the little of it that a sign-in needs.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{Shared, endpoints::bearer, form};
use crate::operator::rp_check::person::Person;

/// A feed that nothing comes from is held for this long at most.
const LONGEST_WAIT: u64 = 5;

/// `GET /scim/v2/Users/{sub}`.
pub(super) async fn user(State(shared): State<Arc<Shared>>, headers: HeaderMap, Path(sub): Path<String>) -> Response {
    if !is_known(&shared, &headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let person = shared.stage().people.get(&sub).cloned();
    match person {
        Some(person) => resource(user_of(&shared, &person), person.rev),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `GET /scim/v2/Users`, with `filter=externalId eq "…"` or without.
pub(super) async fn users(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    if !is_known(&shared, &headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let query = form(query.unwrap_or_default().as_bytes());
    let wanted = query.get("filter").and_then(|filter| filter.split('"').nth(1));
    let people: Vec<Person> = shared.stage().people.values().cloned().collect();
    let found = people.iter().filter(|person| wanted.is_none_or(|wanted| wanted == person.sub));
    let resources: Vec<Value> = found.map(|person| user_of(&shared, person)).collect();
    Json(json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": resources.len(), "startIndex": 1, "itemsPerPage": resources.len(), "Resources": resources,
    }))
    .into_response()
}

/// `GET /scim/v2/Groups/{id}`.
pub(super) async fn group(State(shared): State<Arc<Shared>>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    if !is_known(&shared, &headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match shared.organization.id == id {
        true => resource(with_id(shared.organization.scim(), &id), 1),
        false => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `GET /sync/v1/changes`: nothing ever changes but what is pushed.
pub(super) async fn changes(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    if !is_known(&shared, &headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let query = form(query.unwrap_or_default().as_bytes());
    let wait = query.get("wait").and_then(|wait| wait.parse().ok()).unwrap_or(0);
    tokio::time::sleep(Duration::from_secs(LONGEST_WAIT.min(wait))).await;
    Json(json!({ "changes": [], "next": "0", "more": false })).into_response()
}

/// Whether the request carries a token that the site got for itself.
fn is_known(shared: &Shared, headers: &HeaderMap) -> bool {
    bearer(headers).is_some_and(|token| shared.stage().access.get(token) == Some(&None))
}

fn user_of(shared: &Shared, person: &Person) -> Value {
    with_id(person.scim(&shared.organization), &person.sub)
}

fn with_id(mut resource: Value, id: &str) -> Value {
    if let Some(members) = resource.as_object_mut() {
        members.insert("id".to_owned(), id.into());
    }
    resource
}

fn resource(resource: Value, rev: i64) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/scim+json".to_owned()), (header::ETAG, format!("W/\"{rev}\""))];
    (headers, resource.to_string()).into_response()
}
