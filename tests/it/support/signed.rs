//! What a client signs with a key of its own: assertions (RFC 7523) and request objects (RFC 9101).

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use connex::protocol::jose::{PrivateJwk, Signer, SigningAlgorithm};
use serde_json::{Value, json};

use super::{
    app::TestApp,
    client::{Asked, random},
};

/// The only `client_assertion_type`.
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A key of a client.
pub struct ClientKey {
    signer: Signer,
    public: Value,
}

impl ClientKey {
    pub fn new(algorithm: SigningAlgorithm) -> Self {
        let key = PrivateJwk::generate(algorithm).unwrap();
        let public = serde_json::to_value(key.public()).unwrap();
        Self { signer: Signer::new(&key).unwrap(), public }
    }

    /// The key set to register.
    pub fn jwks(&self) -> Value {
        json!({ "keys": [self.public] })
    }

    /// Signs any claims.
    pub fn sign(&self, claims: &Value) -> String {
        self.signer.sign(None, claims).unwrap()
    }

    /// A good client assertion for `audience`.
    pub fn assertion(&self, app: &TestApp, client_id: &str, audience: &str) -> String {
        self.sign(&assertion(app, client_id, audience))
    }

    /// The parameters of `asked` in a signed request object, changed by `change`.
    pub fn request_object(&self, app: &TestApp, asked: &Asked, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = as_claims(asked);
        let now = app.now().seconds();
        claims["iss"] = asked.get("client_id").into();
        claims["aud"] = app.issuer.clone().into();
        claims["nbf"] = now.into();
        claims["exp"] = (now + 60).into();
        change(&mut claims);
        self.sign(&claims)
    }
}

/// The claims of a good client assertion.
pub fn assertion(app: &TestApp, client_id: &str, audience: &str) -> Value {
    let now = app.now().seconds();
    json!({ "iss": client_id, "sub": client_id, "aud": audience, "jti": random(), "iat": now, "exp": now + 60 })
}

/// An unsigned request object (`alg: none`).
pub fn unsigned_request_object(claims: &Value) -> String {
    let header = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
    format!("{header}.{}.", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// The parameters of a request as claims.
pub fn as_claims(asked: &Asked) -> Value {
    asked.params.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect()
}
