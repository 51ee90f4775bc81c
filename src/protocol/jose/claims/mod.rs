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
mod tests;
