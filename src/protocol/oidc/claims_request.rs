//! The `claims` parameter: single claims, asked for by name (OIDC Core §5.5).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// More than any honest request; the parameter is stored with the request.
const MOST_BYTES: usize = 8 * 1024;

/// How deep a value may be nested. Claims have at most an object in an array.
const DEEPEST: usize = 8;

/// The claims that a client asks for, by the place where it wants them.
///
/// A request is a wish: what is unknown, or not the client's to see, is left out of the answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimsRequest {
    /// Wanted from the userinfo endpoint. `None` asks for the claim without conditions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub userinfo: BTreeMap<String, Option<ClaimRequest>>,
    /// Wanted in the ID token.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub id_token: BTreeMap<String, Option<ClaimRequest>>,
}

/// The conditions on one claim.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRequest {
    /// Whether the client cannot do its task without it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub essential: bool,
    /// The one value that is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// The values that are wanted, the best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
}

/// Why the parameter is refused. The texts are fit for `error_description`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClaimsRequestError {
    /// More than 8 KiB, or nested deeper than eight levels.
    #[error("the claims parameter is too large")]
    TooLarge,
    /// Not JSON, or not of the form of OIDC Core §5.5.
    #[error("the claims parameter is not the JSON object that OpenID Connect describes")]
    Malformed,
}

impl ClaimsRequest {
    /// Reads the parameter. Members that we do not know are ignored, as the standard demands.
    ///
    /// # Errors
    /// See [`ClaimsRequestError`].
    pub fn parse(text: &str) -> Result<Self, ClaimsRequestError> {
        if text.len() > MOST_BYTES {
            return Err(ClaimsRequestError::TooLarge);
        }
        let value: Value = serde_json::from_str(text).map_err(|_| ClaimsRequestError::Malformed)?;
        Self::from_value(value)
    }

    /// Reads the member `claims` of a request object, which is JSON already.
    ///
    /// # Errors
    /// See [`ClaimsRequestError`].
    pub fn from_value(value: Value) -> Result<Self, ClaimsRequestError> {
        if is_deeper_than(&value, DEEPEST) {
            return Err(ClaimsRequestError::TooLarge);
        }
        // Serde would take an array for a struct's fields in order.
        if !value.is_object() {
            return Err(ClaimsRequestError::Malformed);
        }
        serde_json::from_value(value).map_err(|_| ClaimsRequestError::Malformed)
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }

    /// The wanted `acr` values, the best first. Empty when none are named.
    #[must_use]
    pub fn acr_values(&self) -> Vec<&str> {
        let Some(acr) = self.of_id_token("acr") else { return Vec::new() };
        acr.value.iter().chain(&acr.values).filter_map(Value::as_str).collect()
    }

    /// Whether the request must fail when none of the wanted `acr` values can be reached
    /// (OIDC Core §5.5.1.1).
    #[must_use]
    pub fn acr_is_essential(&self) -> bool {
        self.of_id_token("acr").is_some_and(|acr| acr.essential)
    }

    /// The person who must be signed in, when the client names one (OIDC Core §5.5.1).
    #[must_use]
    pub fn sub_value(&self) -> Option<&str> {
        self.of_id_token("sub")?.value.as_ref()?.as_str()
    }

    fn of_id_token(&self, claim: &str) -> Option<&ClaimRequest> {
        self.id_token.get(claim)?.as_ref()
    }
}

/// Whether arrays and objects stand in each other more than `levels` times.
fn is_deeper_than(value: &Value, levels: usize) -> bool {
    let Some(below) = levels.checked_sub(1) else { return value.is_array() || value.is_object() };
    match value {
        Value::Array(items) => items.iter().any(|item| is_deeper_than(item, below)),
        Value::Object(members) => members.values().any(|member| is_deeper_than(member, below)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_is_read() {
        let request = ClaimsRequest::parse(
            r#"{"userinfo":{"given_name":{"essential":true},"nickname":null,"http://example.info/claims/groups":null},
                "id_token":{"auth_time":{"essential":true},
                            "acr":{"essential":true,"values":["urn:mace:incommon:iap:silver","bronze"]},
                            "sub":{"value":"248289761001"}}, "later": 1}"#,
        )
        .unwrap();
        assert!(request.userinfo["given_name"].as_ref().unwrap().essential);
        assert_eq!(request.userinfo["nickname"], None);
        assert_eq!(request.acr_values(), ["urn:mace:incommon:iap:silver", "bronze"]);
        assert!(request.acr_is_essential());
        assert_eq!(request.sub_value(), Some("248289761001"));
        let stored = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<ClaimsRequest>(&stored).unwrap(), request);
    }

    #[test]
    fn an_empty_request_asks_for_nothing() {
        let request = ClaimsRequest::parse("{}").unwrap();
        assert!(request.is_empty() && request.acr_values().is_empty() && request.sub_value().is_none());
        assert_eq!(serde_json::to_string(&request).unwrap(), "{}");
    }

    #[test]
    fn what_has_another_form_is_refused() {
        for text in [
            "",
            "[]",
            "[{},{}]",
            "null",
            "\"a\"",
            "{\"userinfo\":[]}",
            "{\"id_token\":{\"a\":1}}",
            "{\"id_token\":{\"a\":{\"essential\":1}}}",
        ] {
            assert_eq!(ClaimsRequest::parse(text), Err(ClaimsRequestError::Malformed), "{text}");
        }
    }

    #[test]
    fn size_and_depth_are_bounded() {
        let wide = format!(r#"{{"x":"{}"}}"#, "a".repeat(8 * 1024));
        assert_eq!(ClaimsRequest::parse(&wide), Err(ClaimsRequestError::TooLarge));
        let deep = |n: usize| format!(r#"{{"x":{}{}}}"#, "[".repeat(n), "]".repeat(n));
        assert!(ClaimsRequest::parse(&deep(7)).is_ok());
        assert_eq!(ClaimsRequest::parse(&deep(8)), Err(ClaimsRequestError::TooLarge));
        assert!(ClaimsRequest::parse(&deep(4000)).is_err());
    }
}
