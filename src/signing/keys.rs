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
}

impl Keys {
    /// Loads the keys. `verifies_for` is how long a retired key stays published.
    ///
    /// # Errors
    /// When the database does not answer, or a key cannot be unsealed (a wrong sealing key).
    pub async fn published_rows(db: &Db, verifies_for: Lifetime) -> Result<Vec<KeyRow>, Fault> {
    let mut rows = store::all(&mut db.read().await?).await?;
    rows.retain(|row| rotation::is_published(row, verifies_for, db.now()));
    Ok(rows)
}

fn names(rows: &[KeyRow]) -> Vec<(String, String)> {
    rows.iter().map(|row| (row.kid.clone(), row.state.clone())).collect()
}

fn load(rows: &[KeyRow], sealing: &SealingKey) -> Result<Loaded, Fault> {
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
    let body = serde_json::to_vec(&serde_json::json!({ "keys": keys })).map_err(|cause| Fault::of("write the key set", cause))?;
    let etag = Sha256::digest(&body).iter().take(12).map(|byte| format!("{byte:02x}")).collect::<String>();
    Ok(PublishedKeys { body: Bytes::from(body), etag: format!("\"{etag}\"") })
}
