//! ConneX, as it writes to a site: a client whose every request bears a token of its own.

use reqwest::{Method, Response};
use serde_json::{Value, json};
use url::Url;

use crate::provider::Provider;

pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub const USER_EXTENSION: &str = "urn:connex:params:scim:schemas:extension:2.0:User";
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub const GROUP_EXTENSION: &str = "urn:connex:params:scim:schemas:extension:2.0:Organization";

/// ConneX's side of the SCIM endpoint of one site.
pub struct Pusher {
    pub base: String,
    provider: Provider,
    http: reqwest::Client,
}

/// An answer of the site.
#[derive(Debug)]
pub struct Told {
    pub status: u16,
    pub etag: String,
    pub body: Value,
}

impl Pusher {
    pub fn new(provider: &Provider, site: &Url) -> Self {
        let base = format!("{}/scim/v2", site.origin().ascii_serialization());
        Self { base, provider: provider.clone(), http: reqwest::Client::builder().build().unwrap() }
    }

    /// One request, with headers of its own.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Told {
        let url = format!("{}{path}", self.base);
        let mut request = self.http.request(method, url).bearer_auth(self.provider.sync_token(&self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/scim+json").body(body.to_string());
        }
        Told::of(request.send().await.unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Told {
        self.send(Method::GET, path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Told {
        self.send(Method::POST, path, &[], Some(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Told {
        self.send(Method::PUT, path, &[], Some(body)).await
    }

    pub async fn patch(&self, path: &str, operations: Value) -> Told {
        let schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
        self.send(Method::PATCH, path, &[], Some(&json!({ "schemas": [schema], "Operations": operations }))).await
    }

    pub async fn delete(&self, path: &str) -> Told {
        self.send(Method::DELETE, path, &[], None).await
    }
}

impl Told {
    async fn of(answer: Response) -> Self {
        let etag = answer.headers().get("etag").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let status = answer.status().as_u16();
        Self { status, etag, body: serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or(Value::Null) }
    }

    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap().to_owned()
    }

    /// The path of the resource below the base.
    pub fn path(&self) -> String {
        let endpoint = if self.body["meta"]["resourceType"] == "User" { "Users" } else { "Groups" };
        format!("/{endpoint}/{}", self.id())
    }
}

/// A person as ConneX pushes them.
pub fn user(external_id: &str, rev: i64) -> Value {
    json!({
        "schemas": [USER, USER_EXTENSION], "externalId": external_id, "userName": format!("user-{external_id}"),
        "name": { "givenName": "Priya", "familyName": "Raman", "formatted": "Priya Raman" },
        "displayName": "Priya Raman", "active": true,
        "emails": [{ "value": "priya@northline.example", "type": "work", "primary": true }],
        "phoneNumbers": [{ "value": "555-0199", "type": "work" }],
        (USER_EXTENSION): { "organization": "org_1", "role": "member", "rev": rev },
    })
}

/// An organization as ConneX pushes it.
pub fn group(external_id: &str, rev: i64) -> Value {
    json!({
        "schemas": [GROUP, GROUP_EXTENSION], "externalId": external_id, "displayName": "Northline Hauling LLC",
        (GROUP_EXTENSION): {
            "active": true, "status": "approved", "roles": ["bidder"], "city": "Brainerd", "state": "MN", "rev": rev,
        },
    })
}
