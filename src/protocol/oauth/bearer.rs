//! The `Authorization: Bearer` header and the challenge that asks for it (RFC 6750).

use super::OAuthRefusal;

/// The Bearer scheme.
#[derive(Debug, Clone, Copy)]
pub struct Bearer;

impl Bearer {
    /// The token in the value of an `Authorization` header; `None` for another scheme, and for
    /// text that is no `b68token` (RFC 6750 §2.1).
    #[must_use]
    pub fn from_header(value: &str) -> Option<&str> {
        let (scheme, token) = value.split_once(' ')?;
        let token = token.trim_matches(' ');
        let bare = token.trim_end_matches('=');
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
        let well_formed = !bare.is_empty() && bare.bytes().all(allowed);
        (scheme.eq_ignore_ascii_case("Bearer") && well_formed).then_some(token)
    }
}

/// The value of `WWW-Authenticate`. Without an error the request brought no token at all, and then
/// no code is given (RFC 6750 §3.1).
#[must_use]
pub fn challenge(error: Option<&OAuthRefusal>, realm: &str) -> String {
    let realm: String = realm.chars().filter(|c| matches!(c, ' '..='~') && !"\"\\".contains(*c)).collect();
    match error {
        None => format!("Bearer realm=\"{realm}\""),
        // The description needs no escaping: a refusal holds neither quotes nor backslashes.
        Some(OAuthRefusal { code, description }) => {
            format!("Bearer realm=\"{realm}\", error=\"{code}\", error_description=\"{description}\"")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::OAuthErrorCode, *};

    #[test]
    fn a_token_is_found_behind_its_scheme() {
        for value in ["Bearer mF_9.B5f-4.1JqM", "bearer mF_9.B5f-4.1JqM", "BEARER  mF_9.B5f-4.1JqM "] {
            assert_eq!(Bearer::from_header(value), Some("mF_9.B5f-4.1JqM"), "{value}");
        }
        assert_eq!(Bearer::from_header("Bearer ab=="), Some("ab=="));
        for value in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer ==",
            "Basic abc",
            "Bearer a b",
            "Bearer a=b",
            "Bearer a,b",
            "Bearer é",
            "Bearera b",
        ] {
            assert_eq!(Bearer::from_header(value), None, "{value}");
        }
    }

    #[test]
    fn a_challenge_cannot_be_broken_out_of() {
        assert_eq!(challenge(None, "Conne\"X\r\n"), r#"Bearer realm="ConneX""#);
        let refusal = OAuthRefusal::new(OAuthErrorCode::InvalidToken, "expired\", scope=\"admin");
        assert_eq!(
            challenge(Some(&refusal), "ConneX"),
            r#"Bearer realm="ConneX", error="invalid_token", error_description="expired?, scope=?admin""#
        );
    }
}
