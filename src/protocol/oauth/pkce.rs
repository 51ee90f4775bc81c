//! Proof Key for Code Exchange (RFC 7636), S256 only (RFC 9700 §2.1.1).

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::kernel::Secret;

/// A `code_challenge`: the SHA-256 of a verifier that only the client knows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Challenge([u8; 32]);

/// A well-formed `code_verifier`: 43 to 128 unreserved characters (RFC 7636 §4.1).
#[derive(Debug, Clone)]
pub struct Verifier(Secret<String>);

/// Why a challenge or verifier is refused. The texts are fit for `error_description`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PkceError {
    /// The method is `plain`, or absent, which means `plain` (RFC 7636 §4.3).
    #[error("code_challenge_method must be S256; plain, which is meant when it is absent, is not accepted")]
    Plain,
    /// The method is none that we know.
    #[error("code_challenge_method must be S256")]
    UnknownMethod,
    /// The challenge is not the encoding of 32 bytes.
    #[error("code_challenge must be 43 characters of the URL-safe base 64 alphabet")]
    Challenge,
    /// The verifier is too short, too long, or has other characters.
    #[error("code_verifier must be 43 to 128 letters, digits or -._~")]
    Verifier,
}

impl Challenge {
    /// Reads `code_challenge_method` and `code_challenge`.
    ///
    /// # Errors
    /// [`PkceError::Plain`], [`PkceError::UnknownMethod`] or [`PkceError::Challenge`].
    pub fn parse(method: Option<&str>, value: &str) -> Result<Self, PkceError> {
        match method {
            Some("S256") => Self::decode(value).ok_or(PkceError::Challenge),
            None | Some("plain") => Err(PkceError::Plain),
            Some(_) => Err(PkceError::UnknownMethod),
        }
    }

    /// Whether `verifier` is the one this challenge was made from (RFC 7636 §4.6), in a time that
    /// does not depend on where they differ.
    #[must_use]
    pub fn answered_by(&self, verifier: &Verifier) -> bool {
        let digest: [u8; 32] = Sha256::digest(verifier.0.expose().as_bytes()).into();
        self.0.ct_eq(&digest).into()
    }

    fn decode(value: &str) -> Option<Self> {
        // 43 characters hold 258 bits; the decoder refuses those whose two spare bits are not zero.
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(value).ok()?;
        bytes.try_into().ok().map(Self)
    }
}

impl Verifier {
    /// Reads `code_verifier`.
    ///
    /// # Errors
    /// [`PkceError::Verifier`].
    pub fn parse(value: &str) -> Result<Self, PkceError> {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if (43..=128).contains(&value.len()) && value.bytes().all(unreserved) {
            Ok(Self(Secret::new(value.to_owned())))
        } else {
            Err(PkceError::Verifier)
        }
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Challenge({self})")
    }
}

impl Serialize for Challenge {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Challenge {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::decode(&String::deserialize(from)?).ok_or_else(|| serde::de::Error::custom(PkceError::Challenge))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_rfcs_verifier_answers_the_rfcs_challenge() {
        let challenge = Challenge::parse(Some("S256"), CHALLENGE).unwrap();
        assert!(challenge.answered_by(&Verifier::parse(VERIFIER).unwrap()));
        assert!(!challenge.answered_by(&Verifier::parse(CHALLENGE).unwrap()));
        let json = serde_json::to_string(&challenge).unwrap();
        assert_eq!(json, format!("\"{CHALLENGE}\""));
        assert_eq!(serde_json::from_str::<Challenge>(&json).unwrap(), challenge);
    }

    #[test]
    fn plain_is_never_accepted() {
        assert_eq!(Challenge::parse(None, CHALLENGE), Err(PkceError::Plain));
        assert_eq!(Challenge::parse(Some("plain"), CHALLENGE), Err(PkceError::Plain));
        assert_eq!(Challenge::parse(Some("s256"), CHALLENGE), Err(PkceError::UnknownMethod));
    }

    #[test]
    fn a_challenge_encodes_32_bytes_exactly() {
        let spare_bits = format!("{}N", &CHALLENGE[..42]);
        for text in ["", "abc", &CHALLENGE[..42], &format!("{CHALLENGE}A"), &format!("{CHALLENGE}="), &spare_bits] {
            assert_eq!(Challenge::parse(Some("S256"), text), Err(PkceError::Challenge), "{text}");
        }
    }

    #[test]
    fn a_verifier_has_43_to_128_unreserved_characters() {
        assert!(Verifier::parse(&"~".repeat(43)).is_ok() && Verifier::parse(&"a".repeat(128)).is_ok());
        for text in ["", &"a".repeat(42), &"a".repeat(129), &"+".repeat(43), &"é".repeat(30)] {
            assert!(Verifier::parse(text).is_err(), "{text}");
        }
        assert!(!format!("{:?}", Verifier::parse(VERIFIER)).contains(VERIFIER));
    }
}
