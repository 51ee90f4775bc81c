//! The claims of an ID token (OIDC Core §2) and the hash that binds it to an access token.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Serialize;
use sha2::{Digest, Sha256, Sha512};

use super::ExtraClaims;
use crate::{kernel::Timestamp, protocol::jose::SigningAlgorithm};

/// An ID token before it is signed. Times are written as whole seconds.
#[derive(Debug, Clone, Serialize)]
pub struct IdTokenClaims<'a> {
    /// Who says so: our issuer.
    pub iss: &'a str,
    /// About whom: 255 ASCII characters at most.
    pub sub: &'a str,
    /// To whom: one client, never more.
    pub aud: &'a str,
    /// When it ends.
    #[serde(serialize_with = "seconds")]
    pub exp: Timestamp,
    /// When it was made.
    #[serde(serialize_with = "seconds")]
    pub iat: Timestamp,
    /// When the person signed in.
    #[serde(serialize_with = "maybe_seconds", skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<Timestamp>,
    /// The `nonce` of the request, byte for byte; absent when the request had none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<&'a str>,
    /// How strongly the person signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<&'a str>,
    /// By which means the person signed in (RFC 8176).
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub amr: &'a [&'a str],
    /// The client, when it is not said by `aud` already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azp: Option<&'a str>,
    /// The [`half_hash`] of the access token that is given with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_hash: Option<&'a str>,
    /// The session as this client knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<&'a str>,
    /// What was asked for beside.
    #[serde(flatten)]
    pub extra: &'a ExtraClaims,
}

/// Writes a NumericDate (RFC 7519 §2).
pub(super) fn seconds<S: serde::Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_i64(at.seconds())
}

/// Writes a NumericDate, or null.
pub(super) fn maybe_seconds<S: serde::Serializer>(at: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
    at.map(Timestamp::seconds).serialize(to)
}

/// `at_hash` or `c_hash`: the left half of the hash that the signature uses (OIDC Core §3.1.3.6).
/// Ed25519 uses SHA-512 (RFC 8032 §5.1).
#[must_use]
pub fn half_hash(algorithm: SigningAlgorithm, text: &str) -> String {
    let left = |digest: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(digest.split_at(digest.len() / 2).0);
    match algorithm {
        SigningAlgorithm::Es256 | SigningAlgorithm::Rs256 => left(&Sha256::digest(text.as_bytes())),
        SigningAlgorithm::EdDsa => left(&Sha512::digest(text.as_bytes())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_is_known_is_said() {
        let at = Timestamp::from_millis(1_755_772_800_999);
        let mut extra = ExtraClaims::default();
        let mut claims = IdTokenClaims {
            iss: "https://id.example",
            sub: "acct_1",
            aud: "site",
            exp: Timestamp::from_seconds(1_755_773_100),
            iat: at,
            auth_time: None,
            nonce: None,
            acr: None,
            amr: &[],
            azp: None,
            at_hash: None,
            sid: None,
            extra: &extra.clone(),
        };
        let plain = json!({ "iss": "https://id.example", "sub": "acct_1", "aud": "site", "exp": 1_755_773_100, "iat": 1_755_772_800 });
        assert_eq!(serde_json::to_value(&claims).unwrap(), plain);
        extra.insert("name", json!("Dana"));
        claims = IdTokenClaims { auth_time: Some(at), nonce: Some("n"), amr: &["pwd"], extra: &extra, ..claims };
        let written = serde_json::to_value(&claims).unwrap();
        assert_eq!(
            (&written["auth_time"], &written["amr"], &written["name"]),
            (&json!(1_755_772_800), &json!(["pwd"]), &json!("Dana"))
        );
    }

    #[test]
    fn the_hash_is_that_of_the_standards_example() {
        // OIDC Core appendix A.3: the access token and the at_hash of its ID token.
        let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        assert_eq!(half_hash(SigningAlgorithm::Rs256, token), "77QmUPtjPfzWtF2AnpK9RQ");
        assert_eq!(half_hash(SigningAlgorithm::EdDsa, token).len(), 43);
    }
}
