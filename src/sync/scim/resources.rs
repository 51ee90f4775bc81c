//! `/Users` and `/Groups`.

use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::HeaderMap,
    response::Response,
};

use super::{answer, view::View};
use crate::oidc::{Provider, SitePrincipal};
use crate::platform::web::ScimError;
use crate::protocol::{
    oauth::Params,
    scim::{GROUP, Projection, Query, ResourceType, ScimKind, ScimRefusal, USER, list_body},
};
use crate::sync::ledger::Kind;

/// A kind with its resource type.
type Of = (Kind, &'static ResourceType);

const USERS: Of = (Kind::User, &USER);
const GROUPS: Of = (Kind::Organization, &GROUP);

pub(super) async fn users(
    State(provider): State<Provider>,
    principal: SitePrincipal,
    RawQuery(query): RawQuery,
) -> Result<Response, ScimError> {
    let query = Query::from_address(USERS.1, &query.unwrap_or_default())?;
    list(&provider, principal, USERS, &query).await
}

pub(super) async fn groups(
    State(provider): State<Provider>,
    principal: SitePrincipal,
    RawQuery(query): RawQuery,
) -> Result<Response, ScimError> {
    let query = Query::from_address(GROUPS.1, &query.unwrap_or_default())?;
    list(&provider, principal, GROUPS, &query).await
}

pub(super) async fn search_users(
    State(provider): State<Provider>,
    principal: SitePrincipal,
    body: Bytes,
) -> Result<Response, ScimError> {
    list(&provider, principal, USERS, &Query::from_body(USERS.1, &body)?).await
}

pub(super) async fn search_groups(
    State(provider): State<Provider>,
    principal: SitePrincipal,
    body: Bytes,
) -> Result<Response, ScimError> {
    list(&provider, principal, GROUPS, &Query::from_body(GROUPS.1, &body)?).await
}

pub(super) async fn user(
    State(provider): State<Provider>,
    principal: SitePrincipal,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ScimError> {
    one(&provider, principal, USERS, Asked { id, query, headers }).await
}

pub(super) async fn group(
    State(provider): State<Provider>,
    principal: SitePrincipal,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ScimError> {
    one(&provider, principal, GROUPS, Asked { id, query, headers }).await
}

/// What is asked of one resource.
struct Asked {
    id: String,
    query: Option<String>,
    headers: HeaderMap,
}

async fn one(
    provider: &Provider,
    principal: SitePrincipal,
    (kind, resource_type): Of,
    asked: Asked,
) -> Result<Response, ScimError> {
    let params = params(asked.query)?;
    let projection = Projection::parse(resource_type, params.get("attributes"), params.get("excludedAttributes"))?;
    let mut view = View::of(provider, principal, kind, resource_type).await?;
    let found = view.one(&asked.id).await?.ok_or_else(ScimError::not_found)?;
    Ok(answer::versioned(&asked.headers, &found.etag, &projection.of(found.body)))
}

async fn list(
    provider: &Provider,
    principal: SitePrincipal,
    (kind, resource_type): Of,
    query: &Query,
) -> Result<Response, ScimError> {
    let mut view = View::of(provider, principal, kind, resource_type).await?;
    let mut list = view.list(query).await?;
    if query.count == 0 {
        // RFC 7644 §3.4.2.4: only the number is wanted.
        (list.resources, list.next_cursor) = (Vec::new(), None);
    }
    Ok(answer::body(&list_body(list)))
}

fn params(query: Option<String>) -> Result<Params, ScimError> {
    let refuse = |_| ScimRefusal::new(ScimKind::InvalidValue, "The parameters of the address cannot be read.");
    Ok(Params::parse(query.unwrap_or_default().as_bytes()).map_err(refuse)?)
}
