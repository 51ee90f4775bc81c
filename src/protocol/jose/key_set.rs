//! The public keys of one party (RFC 7517 §5).

use serde_json::{Map, Value};

use super::{Header, JoseError, SigningAlgorithm, Verifier};

/// More keys than any client rotates; each costs some time to parse.
const MOST_KEYS: usize = 30;

/// The keys of one party that can verify, parsed.
#[derive(Debug, Clone, Default)]
pub struct KeySet(Vec<Verifier>);

impl KeySet {
    /// Reads `{"keys": […]}`. Keys of other kinds, sizes and uses are skipped, as the standard says.
    ///
    /// # Errors
    /// [`JoseError::PrivateMember`] when any key is private or symmetric: it is known to others now,
    /// and its owner has to learn that. [`JoseError::Key`] when there is no list, or a longer one
    /// than 30.
    pub fn from_json(set: &Value) -> Result<Self, JoseError> {
        let keys = set.get("keys").and_then(Value::as_array).ok_or(JoseError::Key)?;
        if keys.len() > MOST_KEYS {
            return Err(JoseError::Key);
        }
        let mut usable = Vec::new();
        for key in keys.iter().filter_map(Value::as_object) {
            match Verifier::from_members(key) {
                Ok(verifier) => usable.push(verifier),
                Err(JoseError::PrivateMember) => return Err(JoseError::PrivateMember),
                Err(_) => {}
            }
        }
        Ok(Self(usable))
    }

    /// Whether no key is usable.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The keys that may have signed a token with this header: those of its algorithm, and of its
    /// `kid`. Keys without a name are candidates for every token.
    pub fn candidates<'a>(&'a self, alg: SigningAlgorithm, kid: Option<&'a str>) -> impl Iterator<Item = &'a Verifier> {
        self.0.iter().filter(move |key| {
            let same_name = match (key.kid(), kid) {
                (Some(own), Some(wanted)) => own == wanted,
                _ => true,
            };
            key.algorithm() == alg && same_name
        })
    }

    /// Verifies a token with the key that signed it.
    ///
    /// # Errors
    /// Those of [`Verifier::verify`]; [`JoseError::Signature`] also when no key is a candidate, in
    /// which case a fresh copy of the set may help.
    pub fn verify(&self, token: &str) -> Result<Map<String, Value>, JoseError> {
        let header = Header::peek(token)?;
        let mut outcomes = self.candidates(header.alg, header.kid.as_deref()).map(|key| key.verify(token));
        outcomes.find(|outcome| *outcome != Err(JoseError::Signature)).unwrap_or(Err(JoseError::Signature))
    }
}

impl FromIterator<Verifier> for KeySet {
    /// A set of keys that are parsed already, such as our own.
    fn from_iter<I: IntoIterator<Item = Verifier>>(keys: I) -> Self {
        Self(keys.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PrivateJwk, Signer};
    use super::*;
    use serde_json::json;

    fn key(algorithm: SigningAlgorithm) -> (PrivateJwk, Value) {
        let key = PrivateJwk::generate(algorithm).unwrap();
        let public = serde_json::to_value(key.public()).unwrap();
        (key, public)
    }

    fn with(mut key: Value, member: &str, value: Value) -> Value {
        key[member] = value;
        key
    }

    #[test]
    fn the_right_key_of_several_is_found() {
        let (first, first_public) = key(SigningAlgorithm::Es256);
        let (second, second_public) = key(SigningAlgorithm::Es256);
        let (third, third_public) = key(SigningAlgorithm::EdDsa);
        let mut nameless = second_public.clone();
        nameless.as_object_mut().unwrap().remove("kid");
        let set =
            KeySet::from_json(&json!({ "keys": [first_public, nameless, third_public, {"kty": "new"}] })).unwrap();
        for key in [&first, &second, &third] {
            let token = Signer::new(key).unwrap().sign(None, &json!({ "sub": "site" })).unwrap();
            assert_eq!(set.verify(&token).unwrap()["sub"], "site");
        }
        let (stranger, _) = key(SigningAlgorithm::Es256);
        let token = Signer::new(&stranger).unwrap().sign(None, &json!({})).unwrap();
        assert_eq!(set.verify(&token), Err(JoseError::Signature));
        assert_eq!(set.candidates(SigningAlgorithm::Es256, Some(first.public().kid())).count(), 2);
        assert_eq!(set.candidates(SigningAlgorithm::Es256, None).count(), 2);
        assert_eq!(set.candidates(SigningAlgorithm::Rs256, None).count(), 0);
    }

    #[test]
    fn keys_for_other_uses_are_skipped() {
        let (_, public) = key(SigningAlgorithm::Es256);
        for (member, value) in [
            ("use", json!("enc")),
            ("alg", json!("ES384")),
            ("alg", json!("none")),
            ("key_ops", json!(["encrypt"])),
            ("crv", json!("P-384")),
            ("x", json!("AAAA")),
            ("y", public["x"].clone()),
        ] {
            let set = KeySet::from_json(&json!({ "keys": [with(public.clone(), member, value.clone())] })).unwrap();
            assert!(set.is_empty(), "{member} {value}");
        }
    }

    #[test]
    fn a_set_that_shows_a_secret_is_refused() {
        let (private, public) = key(SigningAlgorithm::Es256);
        let private: Value = serde_json::from_str(private.to_json().expose()).unwrap();
        for key in [private, json!({ "kty": "oct", "k": "AAAA" }), json!({ "kty": "RSA", "p": "AAAA" })] {
            let set = json!({ "keys": [public.clone(), key] });
            assert_eq!(KeySet::from_json(&set).unwrap_err(), JoseError::PrivateMember);
        }
        for set in [json!({}), json!([]), json!({ "keys": {} }), json!({ "keys": vec![public; 31] })] {
            assert_eq!(KeySet::from_json(&set).unwrap_err(), JoseError::Key);
        }
    }
}
