//! What the service says of itself.

use axum::{
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::Response,
};
use serde_json::Value;

use super::{answer, base, view::CURSOR_LIFE};
use crate::oidc::Provider;
use crate::platform::web::ScimError;
use crate::protocol::scim::{self, Limits, List, MOST_A_PAGE, list_body};

pub(super) async fn service_provider_config(State(provider): State<Provider>) -> Response {
    let limits = Limits { usual_page: 100, longest_page: MOST_A_PAGE, cursor_seconds: CURSOR_LIFE.as_seconds() };
    answer::body(&scim::service_provider_config(&base(&provider), limits))
}

pub(super) async fn resource_types(
    State(provider): State<Provider>,
    RawQuery(query): RawQuery,
) -> Result<Response, ScimError> {
    let base = base(&provider);
    all(query, scim::resource_types().map(|kind| scim::resource_type_body(&base, kind)).to_vec())
}

pub(super) async fn resource_type(
    State(provider): State<Provider>,
    Path(id): Path<String>,
) -> Result<Response, ScimError> {
    let found = scim::resource_types().into_iter().find(|kind| kind.name == id).ok_or_else(ScimError::not_found)?;
    Ok(answer::body(&scim::resource_type_body(&base(&provider), found)))
}

pub(super) async fn schemas(
    State(provider): State<Provider>,
    RawQuery(query): RawQuery,
) -> Result<Response, ScimError> {
    let base = base(&provider);
    all(query, scim::schemas().map(|schema| scim::schema_body(&base, schema)).to_vec())
}

pub(super) async fn schema(State(provider): State<Provider>, Path(id): Path<String>) -> Result<Response, ScimError> {
    let found = scim::schemas().into_iter().find(|schema| schema.id == id).ok_or_else(ScimError::not_found)?;
    Ok(answer::body(&scim::schema_body(&base(&provider), found)))
}

/// All of a kind, on one page: other parameters are passed over (RFC 7644 §4).
fn all(query: Option<String>, resources: Vec<Value>) -> Result<Response, ScimError> {
    let query = query.unwrap_or_default();
    if url::form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "filter") {
        // RFC 7644 §4: a filter could hide what the service does.
        return Err(ScimError::new(StatusCode::FORBIDDEN, "What the service says of itself is not filtered."));
    }
    let total = i64::try_from(resources.len()).ok();
    Ok(answer::body(&list_body(List { resources, total, start_index: Some(1), next_cursor: None })))
}
