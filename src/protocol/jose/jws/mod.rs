//! Signed tokens in the compact form (RFC 7515, RFC 7519).
//!
//! The envelope is read and written here; josekit only signs and verifies bytes. So no header of a
//! token reaches a library that might act on it: `jku`, `x5u`, `jwk` and `x5c` are not even read.

use std::{fmt, sync::Arc};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use josekit::{
    jwk::Jwk,
    jws::{ES256, EdDSA, JwsSigner, JwsVerifier, RS256},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    JoseError, PrivateJwk, PublicJwk, SigningAlgorithm,
    jwk::{Material, is_private},
};

/// More than any token that we make or accept; looked at before anything is parsed.
const MOST_BYTES: usize = 16 * 1024;

/// A private key, parsed and ready to sign. Cheap to clone.
#[derive(Clone)]
pub struct Signer {
    key: Arc<dyn JwsSigner>,
    algorithm: SigningAlgorithm,
    kid: Arc<str>,
}

/// The header that we write.
#[derive(Serialize)]
struct OwnHeader<'a> {
    alg: SigningAlgorithm,
    kid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    typ: Option<&'a str>,
}

impl Signer {
    /// Parses the key; do it once and keep the result.
    ///
    /// # Errors
    /// [`JoseError::Key`].
    pub fn new(key: &PrivateJwk) -> Result<Self, JoseError> {
        let jwk = key.parsed()?;
        let algorithm = key.public().algorithm();
        let parsed: Result<Arc<dyn JwsSigner>, _> = match algorithm {
            SigningAlgorithm::Es256 => ES256.signer_from_jwk(&jwk).map(|signer| Arc::new(signer) as _),
            SigningAlgorithm::Rs256 => RS256.signer_from_jwk(&jwk).map(|signer| Arc::new(signer) as _),
            SigningAlgorithm::EdDsa => EdDSA.signer_from_jwk(&jwk).map(|signer| Arc::new(signer) as _),
        };
        Ok(Self { key: parsed.map_err(|_| JoseError::Key)?, algorithm, kid: key.public().kid().into() })
    }

    /// Signs `claims`, which serialize as a JSON object. `typ` says what kind of token it is
    /// (RFC 8725 §3.11); ID tokens have none.
    ///
    /// # Errors
    /// [`JoseError::Malformed`] when the claims do not serialize, [`JoseError::Signature`] when
    /// OpenSSL fails.
    pub fn sign(&self, typ: Option<&str>, claims: &impl Serialize) -> Result<String, JoseError> {
        let header = OwnHeader { alg: self.algorithm, kid: &self.kid, typ };
        let header = serde_json::to_vec(&header).map_err(|_| JoseError::Malformed)?;
        let claims = serde_json::to_vec(claims).map_err(|_| JoseError::Malformed)?;
        let mut token = BASE64_URL_SAFE_NO_PAD.encode(header);
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = self.key.sign(token.as_bytes()).map_err(|_| JoseError::Signature)?;
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    /// The algorithm that it signs with.
    #[must_use]
    pub const fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    /// The name of the key.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({} {})", self.algorithm, self.kid)
    }
}

/// What a token says of itself, before its signature is looked at: good for choosing a key, and for
/// nothing else until [`Verifier::verify`] has said yes to the same token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The algorithm, one of ours.
    pub alg: SigningAlgorithm,
    /// The name of the key.
    pub kid: Option<String>,
    /// The kind of token.
    pub typ: Option<String>,
}

/// The members of a header that we look at.
#[derive(Deserialize)]
struct AnyHeader {
    alg: Option<Value>,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
    b64: Option<Value>,
}

impl Header {
    /// Reads the header of a compact token without believing it.
    ///
    /// # Errors
    /// [`JoseError::TooLong`], [`JoseError::Malformed`], [`JoseError::Critical`], and
    /// [`JoseError::Algorithm`] when `alg` is absent or not one of ours.
    pub fn peek(token: &str) -> Result<Self, JoseError> {
        let [header, _, _] = parts(token)?;
        let header: Map<String, Value> = object(header)?;
        let header: AnyHeader = serde_json::from_value(Value::Object(header)).map_err(|_| JoseError::Malformed)?;
        if header.crit.is_some() || header.b64.is_some() {
            return Err(JoseError::Critical);
        }
        let alg = header.alg.as_ref().and_then(Value::as_str).unwrap_or_default();
        let alg = alg.parse().map_err(|_| JoseError::Algorithm)?;
        Ok(Self { alg, kid: header.kid, typ: header.typ })
    }
}

/// Header, payload and signature of a token, still encoded; the signature may be empty.
pub(super) fn split(token: &str) -> Result<[&str; 3], JoseError> {
    if token.len() > MOST_BYTES {
        return Err(JoseError::TooLong);
    }
    let mut parts = token.split('.');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(header), Some(payload), Some(signature), None) if !header.is_empty() && !payload.is_empty() => {
            Ok([header, payload, signature])
        }
        _ => Err(JoseError::Malformed),
    }
}

/// The same parts, none of them empty.
fn parts(token: &str) -> Result<[&str; 3], JoseError> {
    split(token).and_then(|parts| if parts[2].is_empty() { Err(JoseError::Malformed) } else { Ok(parts) })
}

/// Decodes a part that is a JSON object.
pub(super) fn object(part: &str) -> Result<Map<String, Value>, JoseError> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| JoseError::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| JoseError::Malformed)
}

/// A public key, parsed and ready to verify. Cheap to clone.
#[derive(Clone)]
pub struct Verifier {
    key: Arc<dyn JwsVerifier>,
    algorithm: SigningAlgorithm,
    kid: Option<Arc<str>>,
}

impl Verifier {
    /// The verifier of one of our own keys.
    ///
    /// # Errors
    /// [`JoseError::Key`].
    pub fn new(key: &PublicJwk) -> Result<Self, JoseError> {
        Self::of(key.material(), Some(key.kid()))
    }

    /// The verifier of somebody else's public JWK.
    ///
    /// # Errors
    /// [`JoseError::PrivateMember`] when the key should never have been shown, [`JoseError::Key`]
    /// when it is meant for another use or algorithm than ours.
    pub fn from_members(jwk: &Map<String, Value>) -> Result<Self, JoseError> {
        if is_private(jwk) {
            return Err(JoseError::PrivateMember);
        }
        let material = Material::from_members(jwk)?;
        let is_text = |name, wanted: &str| jwk.get(name).is_none_or(|value| value == wanted);
        let may_verify = jwk.get("key_ops").is_none_or(|operations| {
            operations.as_array().is_some_and(|operations| operations.iter().any(|operation| operation == "verify"))
        });
        if !is_text("use", "sig") || !is_text("alg", material.algorithm().as_str()) || !may_verify {
            return Err(JoseError::Key);
        }
        Self::of(&material, jwk.get("kid").and_then(Value::as_str))
    }

    fn of(material: &Material, kid: Option<&str>) -> Result<Self, JoseError> {
        let Ok(Value::Object(members)) = serde_json::to_value(material) else { return Err(JoseError::Key) };
        // Without a `kid`: a verifier that knows one refuses every token that names none.
        let jwk = Jwk::from_map(members).map_err(|_| JoseError::Key)?;
        let algorithm = material.algorithm();
        let parsed: Result<Arc<dyn JwsVerifier>, _> = match algorithm {
            SigningAlgorithm::Es256 => ES256.verifier_from_jwk(&jwk).map(|verifier| Arc::new(verifier) as _),
            SigningAlgorithm::Rs256 => RS256.verifier_from_jwk(&jwk).map(|verifier| Arc::new(verifier) as _),
            SigningAlgorithm::EdDsa => EdDSA.verifier_from_jwk(&jwk).map(|verifier| Arc::new(verifier) as _),
        };
        Ok(Self { key: parsed.map_err(|_| JoseError::Key)?, algorithm, kid: kid.map(Into::into) })
    }

    /// Verifies a token and gives its claims, which say nothing yet about time, audience and kind:
    /// that is for [`ExpectedClaims`](super::ExpectedClaims).
    ///
    /// # Errors
    /// Those of [`Header::peek`]; [`JoseError::Algorithm`] when `alg` is not the one of the key;
    /// [`JoseError::Signature`].
    pub fn verify(&self, token: &str) -> Result<Map<String, Value>, JoseError> {
        if Header::peek(token)?.alg != self.algorithm {
            return Err(JoseError::Algorithm);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JoseError::Malformed)?;
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| JoseError::Malformed)?;
        self.key.verify(signed.as_bytes(), &signature).map_err(|_| JoseError::Signature)?;
        let [_, payload, _] = parts(token)?;
        object(payload)
    }

    /// The algorithm that the key is used with.
    #[must_use]
    pub const fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    /// The name of the key, if its owner gave it one.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({} {:?})", self.algorithm, self.kid)
    }
}

#[cfg(test)]
mod tests;
