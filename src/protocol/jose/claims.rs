//! What the claims of a verified JWT must say before anybody acts on them (RFC 7519 §4.1, RFC 8725 §3).

use serde_json::{Map, Value};

use super::Header;
use crate::kernel::{Lifetime, Timestamp};

/// What a place expects of the tokens it takes. Every field is a decision that cannot be forgotten.
#[derive(Debug, Clone, Copy)]
pub struct ExpectedClaims<'a> {
    /// The kind of token.
    pub typ: TypRule<'a>,
    /// `iss`, byte for byte.
    pub issuer: &'a str,
    /// `aud`.
    pub audience: AudienceRule<'a>,
    /// Whether an expired token is still good.
    pub expiry: Expiry,
    /// The longest time from `iat`, and from now, to `exp`.
    pub max_life: Option<Lifetime>,
    /// Whether `iat` must be there.
    pub iat: Presence,
    /// Whether `jti` must be there.
    pub jti: Presence,
    /// When the token is looked at.
    pub now: Timestamp,
    /// How far the two clocks may be apart.
    pub leeway: Lifetime,
}

/// What `typ` must be. Case and a leading `application/` do not count (RFC 7515 §4.1.9).
#[derive(Debug, Clone, Copy)]
pub enum TypRule<'a> {
    /// This one.
    Exactly(&'a str),
    /// None at all, or one of these.
    AbsentOr(&'a [&'a str]),
}

/// What `aud` must be.
#[derive(Debug, Clone, Copy)]
pub enum AudienceRule<'a> {
    /// This text, not a list (FAPI 2.0 §5.3.2.1).
    ExactString(&'a str),
    /// One of these texts, or a list of nothing but these.
    OneOf(&'a [&'a str]),
}

/// Whether `exp` counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// An expired token is refused.
    Enforced,
    /// An expired token is as good as a fresh one, as with `id_token_hint`.
    Ignored,
}

/// Whether a claim must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// The token is refused without it.
    Required,
    /// It may be absent; when present it must be well formed.
    Optional,
}

/// The claims that were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedClaims {
    /// `sub`, when present.
    pub subject: Option<String>,
    /// `jti`, when present. Whoever demands it also remembers it until `expires_at` and the leeway
    /// have passed.
    pub token_id: Option<String>,
    /// `iat`, when present.
    pub issued_at: Option<Timestamp>,
    /// `exp`.
    pub expires_at: Timestamp,
}

/// Which claim does not hold. The texts are fit for `error_description`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClaimsError {
    /// It is another kind of token.
    #[error("the token is of another kind (typ)")]
    Typ,
    /// `iss` is absent or another.
    #[error("the token is from another issuer (iss)")]
    Issuer,
    /// `aud` is absent, or names another, or others too.
    #[error("the token is not for this audience alone (aud)")]
    Audience,
    /// `exp` is absent or malformed.
    #[error("the token does not say when it expires (exp)")]
    NoExpiry,
    /// `exp` has passed.
    #[error("the token has expired (exp)")]
    Expired,
    /// `exp` is too far away.
    #[error("the token lives too long (exp)")]
    TooLongLived,
    /// `iat` is absent though required, malformed, or in the future.
    #[error("the token was issued in the future, or does not say when (iat)")]
    IssuedAt,
    /// `nbf` is malformed or in the future.
    #[error("the token is not valid yet (nbf)")]
    NotBefore,
    /// `jti` is absent though required, malformed, or longer than 255 characters.
    #[error("the token has no usable identifier (jti)")]
    TokenId,
    /// `sub` is malformed or longer than 255 characters.
    #[error("the token has no usable subject (sub)")]
    Subject,
}

impl ExpectedClaims<'_> {
    /// Checks a token whose signature was verified; `header` is the header of the same token.
    ///
    /// # Errors
    /// The first claim that does not hold.
    pub fn check(&self, header: &Header, claims: &Map<String, Value>) -> Result<CheckedClaims, ClaimsError> {
        if !self.typ.allows(header.typ.as_deref()) {
            return Err(ClaimsError::Typ);
        }
        if claims.get("iss").and_then(Value::as_str) != Some(self.issuer) {
            return Err(ClaimsError::Issuer);
        }
        if !claims.get("aud").is_some_and(|aud| self.audience.allows(aud)) {
            return Err(ClaimsError::Audience);
        }
        let issued_at = self.check_start(claims)?;
        let expires_at = self.check_end(claims, issued_at)?;
        let token_id = short_text(claims, "jti").map_err(|_| ClaimsError::TokenId)?;
        if token_id.is_none() && self.jti == Presence::Required {
            return Err(ClaimsError::TokenId);
        }
        let subject = short_text(claims, "sub").map_err(|_| ClaimsError::Subject)?;
        Ok(CheckedClaims { subject, token_id, issued_at, expires_at })
    }

    /// `iat` and `nbf`.
    fn check_start(&self, claims: &Map<String, Value>) -> Result<Option<Timestamp>, ClaimsError> {
        let latest = self.now + self.leeway;
        let issued_at = moment(claims, "iat").map_err(|_| ClaimsError::IssuedAt)?;
        if issued_at.is_none() && self.iat == Presence::Required || issued_at.is_some_and(|at| at > latest) {
            return Err(ClaimsError::IssuedAt);
        }
        let not_before = moment(claims, "nbf").map_err(|_| ClaimsError::NotBefore)?;
        if not_before.is_some_and(|at| at > latest) {
            return Err(ClaimsError::NotBefore);
        }
        Ok(issued_at)
    }

    /// `exp`. A token dated back to live longer is caught by both ends of its life.
    fn check_end(&self, claims: &Map<String, Value>, issued_at: Option<Timestamp>) -> Result<Timestamp, ClaimsError> {
        let expires_at = moment(claims, "exp").ok().flatten().ok_or(ClaimsError::NoExpiry)?;
        if self.expiry == Expiry::Enforced && expires_at + self.leeway <= self.now {
            return Err(ClaimsError::Expired);
        }
        let starts = [Some(self.now), issued_at];
        let lives_too_long =
            |most: Lifetime| starts.iter().flatten().any(|start| expires_at > *start + most + self.leeway);
        if self.max_life.is_some_and(lives_too_long) {
            return Err(ClaimsError::TooLongLived);
        }
        Ok(expires_at)
    }
}

impl TypRule<'_> {
    fn allows(&self, typ: Option<&str>) -> bool {
        let short = |typ: &str| {
            let typ = typ.to_ascii_lowercase();
            typ.strip_prefix("application/").map_or(typ.clone(), str::to_owned)
        };
        match (self, typ) {
            (Self::Exactly(wanted), Some(typ)) => short(typ) == short(wanted),
            (Self::Exactly(_), None) => false,
            (Self::AbsentOr(known), Some(typ)) => known.iter().any(|known| short(known) == short(typ)),
            (Self::AbsentOr(_), None) => true,
        }
    }
}

impl AudienceRule<'_> {
    fn allows(&self, aud: &Value) -> bool {
        match (self, aud) {
            (Self::ExactString(wanted), Value::String(aud)) => aud == wanted,
            (Self::ExactString(_), _) => false,
            (Self::OneOf(known), Value::String(aud)) => known.contains(&aud.as_str()),
            (Self::OneOf(known), Value::Array(list)) => {
                !list.is_empty() && list.iter().all(|aud| aud.as_str().is_some_and(|aud| known.contains(&aud)))
            }
            (Self::OneOf(_), _) => false,
        }
    }
}

/// The claim is there, but is not what it should be.
struct BadClaim;

/// A NumericDate, rounded down to a second; fractions are legal (RFC 7519 §2).
fn moment(claims: &Map<String, Value>, name: &str) -> Result<Option<Timestamp>, BadClaim> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    let whole = value.as_i64().or_else(|| value.as_f64()?.floor().to_string().parse().ok());
    whole.map(|seconds| Some(Timestamp::from_seconds(seconds))).ok_or(BadClaim)
}

/// A text of 1 to 255 characters: it will be stored.
fn short_text(claims: &Map<String, Value>, name: &str) -> Result<Option<String>, BadClaim> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    let text = value.as_str().filter(|text| !text.is_empty() && text.len() <= 255 && !text.contains('\0'));
    text.map(|text| Some(text.to_owned())).ok_or(BadClaim)
}

#[cfg(test)]
mod tests {
    use super::super::SigningAlgorithm;
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_755_772_800;

    /// What the token endpoint expects of a client assertion.
    fn assertion() -> ExpectedClaims<'static> {
        ExpectedClaims {
            typ: TypRule::AbsentOr(&["JWT", "client-authentication+jwt"]),
            issuer: "site",
            audience: AudienceRule::ExactString("https://id.example"),
            expiry: Expiry::Enforced,
            max_life: Some(Lifetime::minutes(5)),
            iat: Presence::Optional,
            jti: Presence::Required,
            now: Timestamp::from_seconds(NOW),
            leeway: Lifetime::seconds(60),
        }
    }

    fn good() -> Value {
        json!({ "iss": "site", "sub": "site", "aud": "https://id.example", "jti": "1", "iat": NOW, "exp": NOW + 60 })
    }

    fn check(expected: &ExpectedClaims<'_>, typ: Option<&str>, change: Value) -> Result<CheckedClaims, ClaimsError> {
        let mut claims = good();
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let mut claims = claims.as_object().unwrap().clone();
        claims.retain(|_, value| !value.is_null());
        let header = Header { alg: SigningAlgorithm::Es256, kid: None, typ: typ.map(str::to_owned) };
        expected.check(&header, &claims)
    }

    #[test]
    fn clocks_may_be_a_minute_apart() {
        for change in [
            json!({}),
            json!({ "iat": NOW + 10, "nbf": NOW + 10, "exp": NOW + 300 }),
            json!({ "iat": NOW + 60, "nbf": NOW + 60 }),
            json!({ "iat": NOW - 400, "exp": NOW - 59 }),
            json!({ "iat": null }),
            json!({ "iat": 1_755_772_800.75, "exp": 1_755_772_860.5 }),
            json!({ "sub": null }),
        ] {
            assert!(check(&assertion(), None, change.clone()).is_ok(), "{change}");
        }
        let checked = check(&assertion(), Some("jwt"), json!({})).unwrap();
        assert_eq!((checked.subject.as_deref(), checked.token_id.as_deref()), (Some("site"), Some("1")));
        assert_eq!(checked.expires_at, Timestamp::from_seconds(NOW + 60));
    }

    /// The row J-10: claims that others forgot to look at.
    #[test]
    fn a_claim_that_does_not_hold_is_named() {
        use ClaimsError::*;
        for (change, why) in [
            (json!({ "iss": null }), Issuer),
            (json!({ "iss": "other" }), Issuer),
            (json!({ "iss": ["site"] }), Issuer),
            (json!({ "aud": null }), Audience),
            (json!({ "aud": "https://id.example/" }), Audience),
            (json!({ "aud": ["https://id.example"] }), Audience),
            (json!({ "aud": {} }), Audience),
            (json!({ "exp": null }), NoExpiry),
            (json!({ "exp": "soon" }), NoExpiry),
            (json!({ "exp": 1e300 }), NoExpiry),
            (json!({ "exp": NOW - 60 }), Expired),
            (json!({ "exp": -1 }), Expired),
            (json!({ "exp": NOW + 361 }), TooLongLived),
            (json!({ "exp": NOW + 315_360_000 }), TooLongLived),
            (json!({ "exp": i64::MAX }), TooLongLived),
            (json!({ "iat": NOW - 400, "exp": NOW + 10 }), TooLongLived),
            (json!({ "iat": NOW + 61 }), IssuedAt),
            (json!({ "iat": NOW + 600 }), IssuedAt),
            (json!({ "iat": "now" }), IssuedAt),
            (json!({ "nbf": NOW + 61 }), NotBefore),
            (json!({ "nbf": [] }), NotBefore),
            (json!({ "jti": null }), TokenId),
            (json!({ "jti": "" }), TokenId),
            (json!({ "jti": 7 }), TokenId),
            (json!({ "jti": "a".repeat(256) }), TokenId),
            (json!({ "sub": "a\0b" }), Subject),
        ] {
            assert_eq!(check(&assertion(), None, change.clone()), Err(why), "{change}");
        }
        let strict = ExpectedClaims { iat: Presence::Required, ..assertion() };
        assert_eq!(check(&strict, None, json!({ "iat": null })), Err(IssuedAt));
    }

    /// The row J-12: a token of one kind taken as another.
    #[test]
    fn kinds_are_not_mixed() {
        for typ in ["at+jwt", "application/at+jwt", "logout+jwt", "oauth-authz-req+jwt", ""] {
            assert_eq!(check(&assertion(), Some(typ), json!({})), Err(ClaimsError::Typ), "{typ}");
        }
        let access = ExpectedClaims { typ: TypRule::Exactly("at+jwt"), ..assertion() };
        for typ in ["at+jwt", "AT+JWT", "application/at+jwt"] {
            assert!(check(&access, Some(typ), json!({})).is_ok(), "{typ}");
        }
        for typ in [None, Some("JWT"), Some("logout+jwt"), Some("at")] {
            assert_eq!(check(&access, typ, json!({})), Err(ClaimsError::Typ), "{typ:?}");
        }
    }

    #[test]
    fn other_rules_hold_where_they_are_chosen() {
        let hint = ExpectedClaims { expiry: Expiry::Ignored, max_life: None, ..assertion() };
        assert!(check(&hint, None, json!({ "iat": 5, "exp": 10 })).is_ok());
        assert_eq!(check(&hint, None, json!({ "exp": null })), Err(ClaimsError::NoExpiry));
        let two = AudienceRule::OneOf(&["https://id.example", "https://id.example/token"]);
        let several = ExpectedClaims { audience: two, jti: Presence::Optional, ..assertion() };
        for aud in [json!("https://id.example/token"), json!(["https://id.example", "https://id.example/token"])] {
            assert!(check(&several, None, json!({ "aud": aud, "jti": null })).is_ok(), "{aud}");
        }
        for aud in [json!([]), json!(["https://id.example", "https://evil.example"]), json!([1]), json!("x")] {
            assert_eq!(check(&several, None, json!({ "aud": aud })), Err(ClaimsError::Audience), "{aud}");
        }
    }
}
