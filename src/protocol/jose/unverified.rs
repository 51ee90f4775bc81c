//! What a token says before anybody believes it: good for finding the key that could prove it, or
//! for saying why it is refused.

use serde_json::{Map, Value};

use super::jws::{object, split};

/// The `sub` that a token claims.
#[must_use]
pub fn unverified_subject(token: &str) -> Option<String> {
    let [_, payload, _] = split(token).ok()?;
    let claims: Map<String, Value> = object(payload).ok()?;
    claims.get("sub")?.as_str().map(str::to_owned)
}

/// Whether a token is, or pretends to be, unsigned: no signature, or an `alg` of none in whatever case.
#[must_use]
pub fn is_unsigned(token: &str) -> bool {
    let Ok([header, _, signature]) = split(token) else { return false };
    let alg = object(header).ok().and_then(|header| Some(header.get("alg")?.as_str()?.to_owned()));
    signature.is_empty() || alg.is_some_and(|alg| alg.eq_ignore_ascii_case("none"))
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

    use super::*;

    fn token(header: &str, payload: &str, signature: &str) -> String {
        let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.{signature}", encode(header), encode(payload))
    }

    #[test]
    fn the_claimed_subject_is_read() {
        assert_eq!(unverified_subject(&token(r#"{"alg":"ES256"}"#, r#"{"sub":"c1"}"#, "xx")), Some("c1".into()));
        assert_eq!(unverified_subject("not.a.token"), None);
    }

    #[test]
    fn unsigned_tokens_are_known() {
        assert!(is_unsigned(&token(r#"{"alg":"none"}"#, "{}", "")));
        assert!(is_unsigned(&token(r#"{"alg":"nOnE"}"#, "{}", "xx")));
        assert!(is_unsigned(&token(r#"{"alg":"ES256"}"#, "{}", "")));
        assert!(!is_unsigned(&token(r#"{"alg":"ES256"}"#, "{}", "xx")));
    }
}
