//! Public and private keys as different types (RFC 7517), so that one cannot be published as the other.

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use josekit::jwk::{
    Jwk,
    alg::{ec::EcCurve, ed::EdCurve},
};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{JoseError, SigningAlgorithm, thumbprint::thumbprint};
use crate::kernel::Secret;

/// The size of RSA keys that we make: 112 bits of strength. Who wants more takes ES256, which is
/// stronger and ten times as fast.
const RSA_BITS: u32 = 2048;

/// The members that only the owner of a key may know (RFC 7518 §6.2.2, §6.3.2, §6.4).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// What a public key is made of. No type for the private members exists, so none can slip in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kty")]
pub enum Material {
    /// A point on P-256.
    #[serde(rename = "EC")]
    Ec {
        /// Always `P-256`.
        crv: &'static str,
        /// The first coordinate, 32 bytes.
        x: String,
        /// The second coordinate, 32 bytes.
        y: String,
    },
    /// An RSA key of 2048 to 8192 bits.
    #[serde(rename = "RSA")]
    Rsa {
        /// The modulus.
        n: String,
        /// The exponent.
        e: String,
    },
    /// An Ed25519 key.
    #[serde(rename = "OKP")]
    Okp {
        /// Always `Ed25519`.
        crv: &'static str,
        /// The key, 32 bytes.
        x: String,
    },
}

impl Material {
    /// Reads the public members of a JWK and looks at nothing else.
    ///
    /// # Errors
    /// [`JoseError::Key`] for other curves and kinds, and for sizes that are too small to be
    /// safe or so large that a check would keep a processor busy.
    pub fn from_members(jwk: &Map<String, Value>) -> Result<Self, JoseError> {
        let text = |name| jwk.get(name).and_then(Value::as_str);
        let coordinate = |name| sized(text(name), 32..=32);
        match (text("kty"), text("crv")) {
            (Some("EC"), Some("P-256")) => Ok(Self::Ec { crv: "P-256", x: coordinate("x")?, y: coordinate("y")? }),
            (Some("OKP"), Some("Ed25519")) => Ok(Self::Okp { crv: "Ed25519", x: coordinate("x")? }),
            (Some("RSA"), _) => Ok(Self::Rsa { n: sized(text("n"), 256..=1024)?, e: sized(text("e"), 1..=4)? }),
            _ => Err(JoseError::Key),
        }
    }

    /// The one algorithm that this key is used with.
    #[must_use]
    pub const fn algorithm(&self) -> SigningAlgorithm {
        match self {
            Self::Ec { .. } => SigningAlgorithm::Es256,
            Self::Rsa { .. } => SigningAlgorithm::Rs256,
            Self::Okp { .. } => SigningAlgorithm::EdDsa,
        }
    }
}

/// A base 64 text of as many bytes as `bytes` allows.
fn sized(text: Option<&str>, bytes: std::ops::RangeInclusive<usize>) -> Result<String, JoseError> {
    let text = text.ok_or(JoseError::Key)?;
    let decoded = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| JoseError::Key)?;
    if bytes.contains(&decoded.len()) { Ok(text.to_owned()) } else { Err(JoseError::Key) }
}

/// Whether a JWK has a member that only its owner may know, or is symmetric.
pub(super) fn is_private(jwk: &Map<String, Value>) -> bool {
    PRIVATE_MEMBERS.iter().any(|name| jwk.contains_key(*name)) || jwk.get("kty").is_some_and(|kty| kty == "oct")
}

/// One of our public keys, as it stands in the JWKS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublicJwk {
    #[serde(flatten)]
    material: Material,
    #[serde(rename = "use")]
    usage: &'static str,
    alg: SigningAlgorithm,
    kid: String,
}

impl PublicJwk {
    /// The public key in the members of a JWK; its `kid` is its thumbprint.
    ///
    /// # Errors
    /// [`JoseError::Key`], as [`Material::from_members`].
    pub fn from_members(jwk: &Map<String, Value>) -> Result<Self, JoseError> {
        let material = Material::from_members(jwk)?;
        Ok(Self { usage: "sig", alg: material.algorithm(), kid: thumbprint(&material), material })
    }

    /// The name of the key: its RFC 7638 thumbprint.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The algorithm that it verifies.
    #[must_use]
    pub const fn algorithm(&self) -> SigningAlgorithm {
        self.alg
    }

    /// What the key is made of.
    #[must_use]
    pub const fn material(&self) -> &Material {
        &self.material
    }
}

/// One of our private keys. Its text is wiped when dropped, and never printed.
#[derive(Clone)]
pub struct PrivateJwk {
    json: Secret<String>,
    public: PublicJwk,
}

impl PrivateJwk {
    /// Makes a key. OpenSSL draws it: a key must not depend on a source that a test can seed.
    ///
    /// # Errors
    /// [`JoseError::Key`] when OpenSSL fails.
    pub fn generate(algorithm: SigningAlgorithm) -> Result<Self, JoseError> {
        let jwk = match algorithm {
            SigningAlgorithm::Es256 => Jwk::generate_ec_key(EcCurve::P256),
            SigningAlgorithm::Rs256 => Jwk::generate_rsa_key(RSA_BITS),
            SigningAlgorithm::EdDsa => Jwk::generate_ed_key(EdCurve::Ed25519),
        };
        Self::from_json(Secret::new(jwk.map_err(|_| JoseError::Key)?.to_string()))
    }

    /// Reads a key that [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    /// [`JoseError::Key`] when it is no private key of an offered kind.
    pub fn from_json(json: Secret<String>) -> Result<Self, JoseError> {
        let members: Map<String, Value> = serde_json::from_str(json.expose()).map_err(|_| JoseError::Key)?;
        let public = PublicJwk::from_members(&members)?;
        if !members.get("d").is_some_and(Value::is_string) {
            return Err(JoseError::Key);
        }
        Ok(Self { json, public })
    }

    /// The whole key, to be sealed before it is stored.
    #[must_use]
    pub fn to_json(&self) -> Secret<String> {
        self.json.clone()
    }

    /// The half that is published.
    #[must_use]
    pub const fn public(&self) -> &PublicJwk {
        &self.public
    }

    /// josekit's form of the key, without a `kid`: we write headers ourselves.
    pub(super) fn parsed(&self) -> Result<Jwk, JoseError> {
        let mut jwk = Jwk::from_bytes(self.json.expose().as_bytes()).map_err(|_| JoseError::Key)?;
        jwk.set_algorithm(self.public.alg.as_str());
        Ok(jwk)
    }
}

impl fmt::Debug for PrivateJwk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateJwk({})", self.public.kid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_published_holds_nothing_private() {
        for algorithm in SigningAlgorithm::ALL {
            let key = PrivateJwk::generate(*algorithm).unwrap();
            let published = serde_json::to_value(key.public()).unwrap();
            let published = published.as_object().unwrap();
            assert!(!is_private(published), "{published:?}");
            assert_eq!(published["kid"], key.public().kid());
            assert_eq!((&published["use"], &published["alg"]), (&json!("sig"), &json!(algorithm.as_str())));
            assert_eq!(PublicJwk::from_members(published).unwrap(), *key.public());
            let again = PrivateJwk::from_json(key.to_json()).unwrap();
            assert_eq!(again.public(), key.public());
            assert_eq!(format!("{key:?}"), format!("PrivateJwk({})", key.public().kid()));
        }
    }

    #[test]
    fn keys_that_are_weak_or_of_another_kind_are_refused() {
        let b64 = |bytes: usize| BASE64_URL_SAFE_NO_PAD.encode(vec![0xFF; bytes]);
        for key in [
            json!({ "kty": "RSA", "n": b64(128), "e": "AQAB" }),
            json!({ "kty": "RSA", "n": b64(2048), "e": "AQAB" }),
            json!({ "kty": "RSA", "n": b64(256), "e": b64(256) }),
            json!({ "kty": "RSA", "n": b64(256) }),
            json!({ "kty": "EC", "crv": "P-256", "x": b64(32), "y": b64(31) }),
            json!({ "kty": "EC", "crv": "secp256k1", "x": b64(32), "y": b64(32) }),
            json!({ "kty": "EC", "crv": "P-256", "x": "\"}", "y": b64(32) }),
            json!({ "kty": "OKP", "crv": "X25519", "x": b64(32) }),
            json!({ "kty": "oct", "k": b64(32) }),
            json!({}),
        ] {
            assert_eq!(Material::from_members(key.as_object().unwrap()), Err(JoseError::Key), "{key}");
        }
    }

    #[test]
    fn a_public_key_is_no_private_key() {
        let public = serde_json::to_string(PrivateJwk::generate(SigningAlgorithm::Es256).unwrap().public()).unwrap();
        assert_eq!(PrivateJwk::from_json(Secret::new(public)).unwrap_err(), JoseError::Key);
        assert!(PrivateJwk::from_json(Secret::new("[]".to_owned())).is_err());
    }
}
