//! Claims that others forgot to look at, as tables (the rows J-10 and J-12 of the security requirements).

use super::*;
use crate::protocol::jose::SigningAlgorithm;
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
