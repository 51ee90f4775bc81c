//! The provider's keys. They are made when it starts, and nobody keeps them.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use super::lie::Forgery;
use crate::kernel::{Doing, Fault};
use crate::protocol::jose::{PrivateJwk, PublicJwk, SigningAlgorithm, jws::Signer};

/// The key that signs, those that are published, and one that is not.
#[derive(Debug)]
pub(super) struct Keys {
    algorithm: SigningAlgorithm,
    signer: Signer,
    former: Option<Signer>,
    stranger: Signer,
    published: Vec<PublicJwk>,
}

impl Keys {
    pub(super) fn make(algorithm: SigningAlgorithm) -> Result<Self, Fault> {
        let (signer, public) = fresh(algorithm)?;
        let (stranger, _) = fresh(algorithm)?;
        Ok(Self { algorithm, signer, former: None, stranger, published: vec![public] })
    }

    /// Signs with a new key from now on. The key before stays published, as with ConneX.
    pub(super) fn rotate(&mut self) -> Result<(), Fault> {
        let (signer, public) = fresh(self.algorithm)?;
        self.former = Some(std::mem::replace(&mut self.signer, signer));
        self.published.push(public);
        Ok(())
    }

    /// Signs with the key before again: for a site that does not learn the new one, so that nothing
    /// else is held against it.
    pub(super) fn take_back(&mut self) {
        if let Some(former) = self.former.take() {
            self.signer = former;
        }
    }

    /// The key set.
    pub(super) fn published(&self) -> Value {
        json!({ "keys": self.published })
    }

    pub(super) const fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    /// A token with these claims that is right but for the `forgery`.
    pub(super) fn sign(
        &self,
        typ: Option<&str>,
        mut claims: Map<String, Value>,
        forgery: Option<&Forgery>,
    ) -> Result<String, Fault> {
        let sign = |signer: &Signer, typ, claims: &Map<String, Value>| signer.sign(typ, claims).doing("sign a token");
        match forgery {
            None => sign(&self.signer, typ, &claims),
            Some(Forgery::Claim(name, value)) => {
                match value {
                    Some(value) => _ = claims.insert((*name).to_owned(), value.clone()),
                    None => _ = claims.remove(*name),
                }
                sign(&self.signer, typ, &claims)
            }
            Some(Forgery::Typ(other)) => sign(&self.signer, *other, &claims),
            Some(Forgery::Unsigned) => Ok(unsigned(typ, &claims)),
            Some(Forgery::UnknownKey) => sign(&self.stranger, typ, &claims),
            Some(Forgery::Tampered) => sign(&self.signer, typ, &claims).map(|token| tampered(&token)),
        }
    }
}

fn fresh(algorithm: SigningAlgorithm) -> Result<(Signer, PublicJwk), Fault> {
    let key = PrivateJwk::generate(algorithm).doing("make a key")?;
    Ok((Signer::new(&key).doing("read a fresh key")?, key.public().clone()))
}

/// `alg` `none` (RFC 7519 §6). `protocol::jose` cannot name it, so it is written by hand.
fn unsigned(typ: Option<&str>, claims: &Map<String, Value>) -> String {
    let mut header = json!({ "alg": "none" });
    if let (Some(typ), Some(header)) = (typ, header.as_object_mut()) {
        header.insert("typ".to_owned(), typ.into());
    }
    let encode = |part: &str| BASE64_URL_SAFE_NO_PAD.encode(part);
    format!("{}.{}.", encode(&header.to_string()), encode(&Value::Object(claims.clone()).to_string()))
}

/// The token with the first byte of its signature changed.
fn tampered(token: &str) -> String {
    let Some((signed, signature)) = token.rsplit_once('.') else { return token.to_owned() };
    let other = if signature.starts_with('A') { "B" } else { "A" };
    format!("{signed}.{other}{}", signature.get(1..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::jose::{Header, KeySet, is_unsigned};

    #[test]
    fn a_forged_token_is_wrong_in_one_thing() {
        let mut keys = Keys::make(SigningAlgorithm::Es256).unwrap();
        let claims = Map::from_iter([("sub".to_owned(), json!("dana"))]);
        let verify = |keys: &Keys, token: &str| {
            let header = Header::peek(token).unwrap();
            let set = KeySet::from_json(&keys.published()).unwrap();
            let verified = set.candidates(header.alg, header.kid.as_deref()).find_map(|key| key.verify(token).ok());
            (verified.map(Value::Object), header.typ)
        };
        let sign = |keys: &Keys, forgery: Option<&Forgery>| keys.sign(Some("x"), claims.clone(), forgery).unwrap();
        let good = (Some(json!({ "sub": "dana" })), Some("x".to_owned()));
        assert_eq!(verify(&keys, &sign(&keys, None)), good);
        let other = Forgery::Claim("sub", Some(json!("eve")));
        assert_eq!(verify(&keys, &sign(&keys, Some(&other))).0, Some(json!({ "sub": "eve" })));
        assert_eq!(verify(&keys, &sign(&keys, Some(&Forgery::Claim("sub", None)))).0, Some(json!({})));
        assert_eq!(verify(&keys, &sign(&keys, Some(&Forgery::Typ(None)))), (good.0.clone(), None));
        for forgery in [Forgery::UnknownKey, Forgery::Tampered] {
            assert_eq!(verify(&keys, &sign(&keys, Some(&forgery))).0, None, "{forgery:?}");
        }
        assert!(is_unsigned(&sign(&keys, Some(&Forgery::Unsigned))));
        let old = sign(&keys, None);
        keys.rotate().unwrap();
        assert_eq!(verify(&keys, &old), good);
        assert_eq!(verify(&keys, &sign(&keys, None)), good);
        assert_ne!(Header::peek(&old).unwrap().kid, Header::peek(&sign(&keys, None)).unwrap().kid);
        keys.take_back();
        assert_eq!(Header::peek(&old).unwrap().kid, Header::peek(&sign(&keys, None)).unwrap().kid);
    }
}
