//! Claims beside those of the protocol.

use serde::Serialize;
use serde_json::{Map, Value};

/// The names that a field of our token types has, or that no token of ours may have.
const PROTOCOL: [&str; 20] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "at_hash",
    "c_hash",
    "s_hash",
    "sid",
    "client_id",
    "scope",
    "events",
    "cnf",
];

/// What a token says beside its protocol claims: the person's standard claims, organization and site.
///
/// No protocol claim can be in here, so that none is written twice or replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ExtraClaims(Map<String, Value>);

impl ExtraClaims {
    /// Adds a claim. False, and nothing added, for a protocol claim, null or a blank text.
    pub fn insert(&mut self, name: &str, value: Value) -> bool {
        let says_nothing = value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
        if PROTOCOL.contains(&name) || says_nothing {
            return false;
        }
        self.0.insert(name.to_owned(), value);
        true
    }
}

impl From<Map<String, Value>> for ExtraClaims {
    /// What may stand in a token; the rest is left out.
    fn from(claims: Map<String, Value>) -> Self {
        let mut extra = Self::default();
        for (name, value) in claims {
            extra.insert(&name, value);
        }
        extra
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_protocol_claim_cannot_be_smuggled_in() {
        let claims = json!({ "sub": "eve", "aud": "x", "exp": 1, "name": "Dana", "nickname": " ", "gender": null });
        let extra = ExtraClaims::from(claims.as_object().unwrap().clone());
        assert_eq!(serde_json::to_string(&extra).unwrap(), r#"{"name":"Dana"}"#);
    }
}
