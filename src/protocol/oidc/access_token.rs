//! The claims of an access token (RFC 9068).

use serde::Serialize;

use super::{
    ExtraClaims,
    id_token::{maybe_seconds, seconds},
};
use crate::{kernel::Timestamp, protocol::oauth::Scope};

/// The `typ` of an access token, without which it is none.
pub const ACCESS_TOKEN_TYP: &str = "at+jwt";

/// An access token before it is signed. Times are written as whole seconds.
#[derive(Debug, Clone, Serialize)]
pub struct AccessTokenClaims<'a> {
    /// Who gives it: our issuer.
    pub iss: &'a str,
    /// Whom it speaks for: a person, or the client itself.
    pub sub: &'a str,
    /// What it opens: a text when it is one place, else a list.
    #[serde(serialize_with = "one_or_many")]
    pub aud: &'a [&'a str],
    /// When it ends.
    #[serde(serialize_with = "seconds")]
    pub exp: Timestamp,
    /// When it was made.
    #[serde(serialize_with = "seconds")]
    pub iat: Timestamp,
    /// Its name, by which it is revoked.
    pub jti: &'a str,
    /// Who uses it.
    pub client_id: &'a str,
    /// What it allows.
    #[serde(skip_serializing_if = "Scope::is_empty")]
    pub scope: &'a Scope,
    /// When the person signed in.
    #[serde(serialize_with = "maybe_seconds", skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<Timestamp>,
    /// How strongly the person signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<&'a str>,
    /// What resource servers are told beside.
    #[serde(flatten)]
    pub extra: &'a ExtraClaims,
}

/// Writes a list of one as a text (RFC 7519 §4.1.3).
fn one_or_many<S: serde::Serializer>(audience: &&[&str], to: S) -> Result<S::Ok, S::Error> {
    match audience {
        [one] => to.serialize_str(one),
        many => many.serialize(to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_claims_of_the_standard_are_written() {
        let scope: Scope = "openid email".parse().unwrap();
        let claims = AccessTokenClaims {
            iss: "https://id.example",
            sub: "acct_1",
            aud: &["https://id.example"],
            exp: Timestamp::from_seconds(600),
            iat: Timestamp::from_seconds(300),
            jti: "t",
            client_id: "site",
            scope: &scope,
            auth_time: Some(Timestamp::from_seconds(200)),
            acr: None,
            extra: &ExtraClaims::default(),
        };
        assert_eq!(
            serde_json::to_value(&claims).unwrap(),
            json!({ "iss": "https://id.example", "sub": "acct_1", "aud": "https://id.example", "exp": 600, "iat": 300,
                    "jti": "t", "client_id": "site", "scope": "email openid", "auth_time": 200 })
        );
        let nothing = Scope::default();
        let two = AccessTokenClaims { aud: &["https://a", "https://b"], scope: &nothing, ..claims };
        let written = serde_json::to_value(&two).unwrap();
        assert_eq!((&written["aud"], written.get("scope")), (&json!(["https://a", "https://b"]), None));
    }
}
