//! Making, rotating and retiring keys.

use super::{
    facts,
    model::{KeyRow, KeyState, SigningKey},
    rotation,
    store::{self, NewKey},
};
use crate::audit::{self, Actor};
use crate::kernel::{Doing, Fault, Timestamp};
use crate::platform::store::{Db, Sql, Unit};
use crate::protocol::jose::{PrivateJwk, SealingKey, SigningAlgorithm};

/// Both are published, and each client is served with the one that it registered for.
pub(super) const ALGORITHMS: [SigningAlgorithm; 2] = [SigningAlgorithm::Es256, SigningAlgorithm::Rs256];
/// What private keys are sealed for.
pub(super) const PURPOSE: &str = "signing-key";

/// Why a key was not rotated or retired.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The next key is so new that sites may not know it.
    #[error(
        "the next key was published a moment ago, and sites may not have fetched it; try again at {0}, or force it"
    )]
    TooSoon(Timestamp),
    /// There is no key of that name that no longer signs.
    #[error(
        "no retired key has that kid; `connex keys list` shows them, and `connex keys rotate` retires the current one"
    )]
    NotRetired,
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Sees to it that each algorithm has a current and a next key. Nodes that start at once make one.
///
/// # Errors
/// When a key cannot be made, sealed or kept.
pub async fn ensure(db: &Db, sealing: &SealingKey) -> Result<(), Fault> {
    let rows = store::all(&mut db.read().await?).await?;
    for algorithm in ALGORITHMS {
        for state in [KeyState::Current, KeyState::Next] {
            if !rows.iter().any(|row| row.algorithm() == Some(algorithm) && row.state() == Some(state)) {
                let key = make(sealing, algorithm, state).await?;
                let mut unit = db.write().await?;
                store::insert(&mut unit, key).await?;
                unit.commit().await?;
            }
        }
    }
    Ok(())
}

/// Makes a key outside any unit, and on a thread that nobody else waits for: an RSA key takes its time.
async fn make(sealing: &SealingKey, algorithm: SigningAlgorithm, state: KeyState) -> Result<NewKey, Fault> {
    let sealing = sealing.clone();
    tokio::task::spawn_blocking(move || generate(&sealing, algorithm, state)).await.doing("make a signing key")?
}

fn generate(sealing: &SealingKey, algorithm: SigningAlgorithm, state: KeyState) -> Result<NewKey, Fault> {
    let doing = |cause| Fault::of("make a signing key", cause);
    let private = PrivateJwk::generate(algorithm).map_err(doing)?;
    let public = private.public();
    let sealed = sealing.seal(PURPOSE, private.to_json().expose().as_bytes()).map_err(doing)?;
    let public_jwk = serde_json::to_string(public).map_err(|cause| Fault::of("write a public key", cause))?;
    Ok(NewKey { kid: public.kid().to_owned(), algorithm, state, public_jwk, sealed_private_jwk: sealed })
}

/// All keys that are published or may be.
///
/// # Errors
/// When the database does not answer.
pub async fn list(on: &mut impl Sql) -> Result<Vec<SigningKey>, Fault> {
    Ok(store::all(on).await?.iter().filter_map(KeyRow::shown).collect())
}

/// Lets the next key of `algorithm` sign, and publishes a new next one. Returns the `kid` that
/// signs now; of several nodes that rotate at once, one does, and all get the same answer.
///
/// # Errors
/// [`KeyError::TooSoon`] unless `force`, when sites may not know the next key yet.
pub async fn rotate(
    db: &Db,
    sealing: &SealingKey,
    algorithm: SigningAlgorithm,
    force: bool,
    actor: &Actor,
) -> Result<String, KeyError> {
    ensure(db, sealing).await?;
    let rows = store::all(&mut db.read().await?).await?;
    let of = |state| rows.iter().find(move |row| row.algorithm() == Some(algorithm) && row.state() == Some(state));
    let (Some(current), Some(next)) = (of(KeyState::Current), of(KeyState::Next)) else {
        return Err(Fault::new("find the keys to rotate").into());
    };
    if !force && !rotation::is_known_to_sites(next, current, db.now()) {
        return Err(KeyError::TooSoon(next.created_at + rotation::PUBLISHED_BEFORE));
    }
    let fresh = make(sealing, algorithm, KeyState::Next).await?;
    let mut unit = db.write().await?;
    if !store::retire_current(&mut unit, current.id).await? {
        // Another node was faster; what it made current is what was next here.
        return Ok(next.kid.clone());
    }
    let kid = promote_and_refill(&mut unit, algorithm, fresh).await?;
    audit::record(&mut unit, actor, facts::rotated(&kid, algorithm)).await?;
    unit.commit().await?;
    Ok(kid)
}

async fn promote_and_refill(unit: &mut Unit, algorithm: SigningAlgorithm, fresh: NewKey) -> Result<String, Fault> {
    let kid = store::promote_next(unit, algorithm).await?.ok_or_else(|| Fault::new("find the next key"))?;
    store::insert(unit, fresh).await?;
    Ok(kid)
}

/// Rotates what has signed for long enough.
///
/// # Errors
/// When the database does not answer or a key cannot be made.
pub async fn rotate_when_due(db: &Db, sealing: &SealingKey) -> Result<(), Fault> {
    let now = db.now();
    let due: Vec<_> = store::all(&mut db.read().await?)
        .await?
        .iter()
        .filter(|row| row.state() == Some(KeyState::Current) && rotation::is_due(row, now))
        .filter_map(KeyRow::algorithm)
        .collect();
    for algorithm in due {
        match rotate(db, sealing, algorithm, false, &Actor::Program).await {
            Ok(_) | Err(KeyError::TooSoon(_) | KeyError::NotRetired) => {}
            Err(KeyError::Fault(fault)) => return Err(fault),
        }
    }
    Ok(())
}

/// Takes a retired key out of the published set at once: what it signed is believed no more.
///
/// # Errors
/// [`KeyError::NotRetired`] when no such key is retired.
pub async fn retire(db: &Db, kid: &str, actor: &Actor) -> Result<(), KeyError> {
    let mut unit = db.write().await?;
    if !store::remove(&mut unit, kid).await? {
        return Err(KeyError::NotRetired);
    }
    audit::record(&mut unit, actor, facts::removed(kid)).await?;
    Ok(unit.commit().await?)
}
