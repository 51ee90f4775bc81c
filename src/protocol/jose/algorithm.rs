//! The signature algorithms: a closed list.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An algorithm that we sign with or accept. `none` and the symmetric ones cannot be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SigningAlgorithm {
    /// ECDSA on P-256 with SHA-256: the default.
    #[serde(rename = "ES256")]
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256: what OpenID Connect demands of every provider.
    #[serde(rename = "RS256")]
    Rs256,
    /// Ed25519 (RFC 8037): accepted from clients.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

/// The text names no algorithm that is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the algorithm is ES256, RS256 or EdDSA")]
pub struct UnknownAlgorithm;

impl SigningAlgorithm {
    /// Every algorithm, the preferred first.
    pub const ALL: &[Self] = &[Self::Es256, Self::Rs256, Self::EdDsa];

    /// The value of `alg` (RFC 7518 §3.1, RFC 8037 §3.1).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::EdDsa => "EdDSA",
        }
    }
}

impl FromStr for SigningAlgorithm {
    type Err = UnknownAlgorithm;
    fn from_str(text: &str) -> Result<Self, UnknownAlgorithm> {
        Self::ALL.iter().copied().find(|algorithm| algorithm.as_str() == text).ok_or(UnknownAlgorithm)
    }
}

impl fmt::Display for SigningAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_closed() {
        for algorithm in SigningAlgorithm::ALL {
            assert_eq!(algorithm.as_str().parse(), Ok(*algorithm));
            assert_eq!(serde_json::to_string(algorithm).unwrap(), format!("\"{algorithm}\""));
        }
        for text in ["none", "None", "NONE", "", "HS256", "HS512", "es256", "RS1", "PS256", "ES256K", "EdDSA "] {
            assert_eq!(text.parse::<SigningAlgorithm>(), Err(UnknownAlgorithm), "{text}");
        }
    }
}
