//! The keys in memory: parsed once, published as ready bytes.

use std::sync::{Arc, PoisonError, RwLock};

use axum::body::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{
    model::{KeyRow, KeyState},
    rotation,
    service::PURPOSE,
    store,
};
use crate::kernel::{Fault, Lifetime, Secret};
use crate::platform::store::Db;
use crate::protocol::jose::{Header, PrivateJwk, PublicJwk, SealingKey, Signer, SigningAlgorithm, Verifier};

/// The keys of the installation. Cheap to clone; clones see the same keys.
#[derive(Clone)]
pub struct Keys(Arc<Inside>);

struct Inside {
    db: Db,
    sealing: SealingKey,
    verifies_for: Lifetime,
    loaded: RwLock<Arc<Loaded>>,
}

/// The key set as it is served.
#[derive(Clone)]
pub struct PublishedKeys {
    /// The JSON document.
    pub body: Bytes,
    /// Its entity tag, quoted.
    pub etag: String,
}

struct Loaded {
    /// Which keys these are, and their states: parsing them again is dear.
    rows: Vec<(String, String)>,
    signers: Vec<(SigningAlgorithm, Signer)>,
    verifiers: Vec<(String, Verifier)>,
    published: PublishedKeys,
}

/// The claims of a token that one of our keys signed.
pub struct Signed {
    /// The claims; nothing but the signature was checked.
    pub claims: Map<String, Value>,
    /// The `typ` of its header, as `at+jwt`.
    pub typ: Option<String>,
    /// The key that signed it.
    pub kid: String,
}

impl Keys {
    /// Loads the keys. `verifies_for` is how long a retired key stays published.
    ///
    /// # Errors
    /// When the database does not answer, or a key cannot be unsealed (a wrong sealing key).
    pub async fn load(db: Db, sealing: SealingKey, verifies_for: Lifetime) -> Result<Self, Fault> {
        let loaded = parse(&published_rows(&db, verifies_for).await?, &sealing)?;
        Ok(Self(Arc::new(Inside { db, sealing, verifies_for, loaded: RwLock::new(Arc::new(loaded)) })))
    }

    /// Looks at the table again.
    ///
    /// # Errors
    /// As [`load`](Self::load); the keys at hand stay.
    pub async fn refresh(&self) -> Result<(), Fault> {
        let rows = published_rows(&self.0.db, self.0.verifies_for).await?;
        if self.loaded().rows == names(&rows) {
            return Ok(());
        }
        let fresh = parse(&rows, &self.0.sealing)?;
        *self.0.loaded.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
        Ok(())
    }

    /// The key set, ready to be served.
    #[must_use]
    pub fn published(&self) -> PublishedKeys {
        self.loaded().published.clone()
    }

    /// Signs `claims` with the current key of `algorithm`, as a token of type `typ`.
    ///
    /// # Errors
    /// When there is no such key, which is a defect.
    pub fn sign(
        &self,
        algorithm: SigningAlgorithm,
        typ: Option<&str>,
        claims: &impl Serialize,
    ) -> Result<String, Fault> {
        let loaded = self.loaded();
        let signer = loaded.signers.iter().find(|(of, _)| *of == algorithm).map(|(_, signer)| signer);
        let signer = signer.ok_or_else(|| Fault::new("find the signing key"))?;
        signer.sign(typ, claims).map_err(|cause| Fault::of("sign a token", cause))
    }

    /// The claims of `token`, when one of our published keys signed it; `None` otherwise.
    #[must_use]
    pub fn verify(&self, token: &str) -> Option<Signed> {
        let header = Header::peek(token).ok()?;
        let kid = header.kid?;
        let loaded = self.loaded();
        let (_, verifier) = loaded.verifiers.iter().find(|(known, _)| *known == kid)?;
        let claims = verifier.verify(token).ok()?;
        Some(Signed { claims, typ: header.typ, kid })
    }

    /// Whether what the key `kid` signed is still believed.
    #[must_use]
    pub fn believes(&self, kid: &str) -> bool {
        self.loaded().verifiers.iter().any(|(known, _)| known == kid)
    }

    fn loaded(&self) -> Arc<Loaded> {
        self.0.loaded.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn published_rows(db: &Db, verifies_for: Lifetime) -> Result<Vec<KeyRow>, Fault> {
    let mut rows = store::all(&mut db.read().await?).await?;
    rows.retain(|row| rotation::is_published(row, verifies_for, db.now()));
    Ok(rows)
}

fn names(rows: &[KeyRow]) -> Vec<(String, String)> {
    rows.iter().map(|row| (row.kid.clone(), row.state.clone())).collect()
}

fn parse(rows: &[KeyRow], sealing: &SealingKey) -> Result<Loaded, Fault> {
    let (mut signers, mut verifiers, mut public) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let private = unseal(sealing, row)?;
        let jwk = private.public().clone();
        let verifier = Verifier::new(&jwk).map_err(|cause| Fault::of("read a signing key", cause))?;
        if let (Some(KeyState::Current), Some(algorithm)) = (row.state(), row.algorithm()) {
            let signer = Signer::new(&private).map_err(|cause| Fault::of("read a signing key", cause))?;
            signers.push((algorithm, signer));
        }
        verifiers.push((row.kid.clone(), verifier));
        public.push(jwk);
    }
    Ok(Loaded { rows: names(rows), signers, verifiers, published: publish(&public)? })
}

fn unseal(sealing: &SealingKey, row: &KeyRow) -> Result<PrivateJwk, Fault> {
    let doing = "unseal a signing key: is this the sealing key that it was sealed with";
    let text = sealing.open(PURPOSE, &row.sealed_private_jwk).map_err(|cause| Fault::of(doing, cause))?;
    let text = std::str::from_utf8(&text).map_err(|cause| Fault::of(doing, cause))?;
    PrivateJwk::from_json(Secret::new(text.to_owned())).map_err(|cause| Fault::of(doing, cause))
}

fn publish(keys: &[PublicJwk]) -> Result<PublishedKeys, Fault> {
    let body = serde_json::to_vec(&serde_json::json!({ "keys": keys }))
        .map_err(|cause| Fault::of("write the key set", cause))?;
    let etag = Sha256::digest(&body).iter().take(12).map(|byte| format!("{byte:02x}")).collect::<String>();
    Ok(PublishedKeys { body: Bytes::from(body), etag: format!("\"{etag}\"") })
}
