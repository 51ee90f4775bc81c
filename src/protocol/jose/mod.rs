//! What we need of JOSE (RFC 7515 to 7519, 7638, 8725), over josekit, which nobody else imports.
//!
//! Keys are parsed once and kept parsed: parsing costs twenty times a signature. The key decides the
//! algorithm, never the token. Left out on purpose: `none`, symmetric signatures, compressed tokens,
//! encryption to others, and every header that brings its own key.

pub mod algorithm;
pub mod claims;
pub mod jwk;
pub mod jws;
pub mod key_set;
pub mod pack;
pub mod seal;
pub mod thumbprint;
pub mod unverified;

pub use algorithm::SigningAlgorithm;
pub use claims::{AudienceRule, CheckedClaims, ClaimsError, ExpectedClaims, Expiry, Presence, TypRule};
pub use jwk::{PrivateJwk, PublicJwk};
pub use jws::{Header, Signer, Verifier};
pub use key_set::KeySet;
pub use pack::{pack, unpack};
pub use seal::SealingKey;
pub use unverified::{is_unsigned, unverified_subject};

/// Why a token or key is refused.
///
/// The causes stay inside: texts of parsers may quote what they could not parse, and keys and
/// tokens do not belong into logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JoseError {
    /// Longer than 16 KiB.
    #[error("the token is too long")]
    TooLong,
    /// Not the compact form of a token, or its header or payload is not a JSON object.
    #[error("the token is malformed")]
    Malformed,
    /// `alg` is absent, not offered, or not the one of the key.
    #[error("the token is signed with an algorithm that is not accepted")]
    Algorithm,
    /// `crit` or `b64`: the token demands an extension (RFC 7515 §4.1.11, RFC 7797).
    #[error("the token demands an extension that is not offered")]
    Critical,
    /// No key of the signer made this signature.
    #[error("the signature of the token does not hold")]
    Signature,
    /// The key is malformed, too weak, or of a kind that is not offered.
    #[error("the key is not usable")]
    Key,
    /// A public set holds a private or a symmetric key.
    #[error("the key set holds a private or symmetric key")]
    PrivateMember,
    /// The sealed text was altered, or sealed for another purpose or with another key.
    #[error("the sealed text does not open")]
    Sealed,
}
