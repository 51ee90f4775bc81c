//! What this site can do (RFC 7644 §4).

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::access::Caller;
use super::error::{ScimError, scim};
use super::{present, read, schemas};
use crate::site::Site;

const PROVIDER: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
const PROVIDER_EXTENSION: &str = "urn:connex:params:scim:schemas:extension:2.0:ServiceProviderConfig";
const RESOURCE_TYPE: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";

/// `GET /ServiceProviderConfig`
///
/// ConneX is also told of the digests and of the create that can be repeated. A tester is not: RFC 7643 §5 has no place
/// for extensions here, and strict clients refuse a document that has one.
pub(super) async fn provider(State(site): State<Arc<Site>>, Extension(caller): Extension<Caller>) -> Response {
    let mut body = json!({
        "schemas": [PROVIDER],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": read::COUNT_MAX },
        "changePassword": { "supported": false },
        "sort": { "supported": false },
        "etag": { "supported": true },
        "authenticationSchemes": [{
            "type": "oauthbearertoken", "name": "Signed by ConneX", "primary": true,
            "description": "A JWT of type connex-sync+jwt that the issuer signs for this address and one request",
        }],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": format!("{}/ServiceProviderConfig", site.settings.scim_url),
        },
    });
    if let (Caller::Connex, Some(members)) = (caller, body.as_object_mut()) {
        members.insert(PROVIDER_EXTENSION.to_owned(), json!({ "digest": true, "idempotentCreate": true }));
    }
    scim(StatusCode::OK, &body)
}

/// `GET /ResourceTypes`
pub(super) async fn resource_types(State(site): State<Arc<Site>>) -> Response {
    let types = all_types(&site);
    scim(StatusCode::OK, &present::list(types.len(), 1, types))
}

/// `GET /ResourceTypes/{id}`
pub(super) async fn resource_type(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
) -> Result<Response, ScimError> {
    one(all_types(&site), &id)
}

/// `GET /Schemas`
pub(super) async fn schemas() -> Response {
    let schemas = schemas::all();
    scim(StatusCode::OK, &present::list(schemas.len(), 1, schemas))
}

/// `GET /Schemas/{id}`
pub(super) async fn schema(Path(id): Path<String>) -> Result<Response, ScimError> {
    one(schemas::all(), &id)
}

fn one(all: Vec<Value>, id: &str) -> Result<Response, ScimError> {
    let found = all.into_iter().find(|item| item.get("id").and_then(Value::as_str) == Some(id));
    found.map(|item| scim(StatusCode::OK, &item)).ok_or_else(ScimError::not_found)
}

fn all_types(site: &Site) -> Vec<Value> {
    let resource_type = |id: &str, endpoint: &str, schema: &str, (extension, is_required): (&str, bool)| {
        json!({
            "schemas": [RESOURCE_TYPE], "id": id, "name": id, "endpoint": endpoint, "schema": schema,
            "schemaExtensions": [{ "schema": extension, "required": is_required }],
            "meta": {
                "resourceType": "ResourceType", "location": format!("{}/ResourceTypes/{id}", site.settings.scim_url),
            },
        })
    };
    vec![
        resource_type("User", "/Users", schemas::USER, (schemas::USER_EXTENSION, false)),
        resource_type("Group", "/Groups", schemas::GROUP, (schemas::GROUP_EXTENSION, true)),
    ]
}
