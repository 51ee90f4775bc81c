//! What the service says of itself (RFC 7643 §5 to §7, RFC 9865 §3).

use serde_json::{Value, json};

use super::{GROUP, ResourceType, Schema, USER};

/// What the service can do at most.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many resources a page has when nobody says.
    pub usual_page: i64,
    /// How many resources a page has at most.
    pub longest_page: i64,
    /// How long a cursor is good, in seconds.
    pub cursor_seconds: i64,
}

/// `/ServiceProviderConfig` of the service at `base`.
#[must_use]
pub fn service_provider_config(base: &str, limits: Limits) -> Value {
    let no = json!({ "supported": false });
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": no,
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": limits.longest_page },
        "changePassword": no,
        "sort": no,
        "etag": { "supported": true },
        "pagination": {
            "cursor": true, "index": true, "defaultPaginationMethod": "index", "defaultPageSize": limits.usual_page,
            "maxPageSize": limits.longest_page, "cursorTimeout": limits.cursor_seconds,
        },
        "authenticationSchemes": [{
            "type": "oauthbearertoken", "name": "OAuth 2.0 access token", "primary": true,
            "description": "A token of the client_credentials grant with the scope scim.",
            "specUri": "https://www.rfc-editor.org/info/rfc6750",
        }],
        "meta": { "resourceType": "ServiceProviderConfig", "location": format!("{base}/ServiceProviderConfig") },
    })
}

/// The resource types.
#[must_use]
pub fn resource_types() -> [&'static ResourceType; 2] {
    [&USER, &GROUP]
}

/// One of `/ResourceTypes`.
#[must_use]
pub fn resource_type_body(base: &str, kind: &ResourceType) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": kind.name, "name": kind.name, "endpoint": kind.endpoint, "description": kind.says,
        "schema": kind.core.id,
        "schemaExtensions": [{ "schema": kind.extension.id, "required": true }],
        "meta": { "resourceType": "ResourceType", "location": format!("{base}/ResourceTypes/{}", kind.name) },
    })
}

/// The schemas.
#[must_use]
pub fn schemas() -> [&'static Schema; 4] {
    [USER.core, USER.extension, GROUP.core, GROUP.extension]
}

/// One of `/Schemas`.
#[must_use]
pub fn schema_body(base: &str, schema: &Schema) -> Value {
    let attributes: Vec<Value> = schema.attributes.iter().map(super::Attribute::body).collect();
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": schema.id, "name": schema.name, "description": schema.says, "attributes": attributes,
        "meta": { "resourceType": "Schema", "location": format!("{base}/Schemas/{}", schema.id) },
    })
}
