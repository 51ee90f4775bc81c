//! Mistakes that other identity providers shipped, each with the test that shows that ConneX does
//! not have it. The letters are those of the security requirements, sections 1.1 to 1.6.

mod clients;
mod codes;
mod csrf;
mod enumeration;
mod headers;
mod jose;
mod logs;
mod outbound;
mod passwords;
mod pushed;
mod redirect_uri;
mod scripts;
mod secrets;
mod sessions;
mod stale;
mod stale_links;
mod throttling;
mod tokens;

use connex::kernel::Lifetime;
use serde_json::{Value, json};

use crate::support::{
    app::{Person, TestApp},
    client::{Asked, TestClient, arrive, random},
    http::{Landing, Page, Visitor, read},
    jwt::{ClientKey, with},
};

/// The code that a person's sign-in gives to the client of `asked`.
pub async fn code_for(visitor: &Visitor, person: &Person, asked: &Asked) -> String {
    let landing = visitor.open(&asked.url()).await;
    asked.code(&arrive(visitor, person, landing).await)
}

/// Whether the browser was sent to a client with a code, or given one to post.
pub fn brought_a_code(landing: &Landing) -> bool {
    match landing {
        Landing::Outside(url) => {
            url.query_pairs().any(|(name, _)| name == "code") || url.fragment().is_some_and(|it| it.contains("code="))
        }
        Landing::Page(page) => page.has("input[name=code]"),
    }
}

/// A client that signs its assertions, and its key.
pub async fn signing_client(app: &TestApp, id: &str) -> (ClientKey, TestClient) {
    let key = ClientKey::new();
    let client = app
        .client(json!({
            "client_id": id, "token_endpoint_auth_method": "private_key_jwt", "jwks": key.set(),
            "redirect_uris": [format!("https://{id}.example/cb")], "require_pkce": false,
            "grant_types": ["authorization_code", "client_credentials", "refresh_token"],
        }))
        .await;
    (key, client)
}

/// The claims of a good client assertion.
pub fn assertion(app: &TestApp, client_id: &str) -> Value {
    json!({
        "iss": client_id, "sub": client_id, "aud": app.issuer, "jti": random(),
        "iat": app.now().seconds(), "exp": (app.now() + Lifetime::minutes(2)).seconds(),
    })
}

/// A token request of a client for itself, proven by an assertion.
pub async fn authenticate_with(app: &TestApp, assertion: &str) -> Page {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
    ];
    read(app.machine.post(app.at("/token")).form(&form)).await
}

/// `object` without a member.
pub fn without(object: &Value, name: &str) -> Value {
    let mut changed = with(object, name, Value::Null);
    changed.as_object_mut().unwrap().remove(name);
    changed
}
