//! The table `signing_keys`.

use super::model::{KeyRow, KeyState};
use crate::kernel::{Fault, SigningKeyId};
use crate::platform::store::{Sql, Unit};
use crate::protocol::jose::SigningAlgorithm;

/// A key to be kept.
pub(super) struct NewKey {
    pub(super) kid: String,
    pub(super) algorithm: SigningAlgorithm,
    pub(super) state: KeyState,
    pub(super) public_jwk: String,
    pub(super) sealed_private_jwk: String,
}

fn slot(algorithm: SigningAlgorithm, state: KeyState) -> String {
    format!("{}:{}", algorithm.as_str(), state.as_str())
}

/// Keeps a key, unless the place that it is meant for is taken. Says whether it was kept.
pub(super) async fn insert(unit: &mut Unit, key: NewKey) -> Result<bool, Fault> {
    let now = unit.now();
    let id = SigningKeyId::new(now, &unit.entropy());
    let activated_at = (key.state == KeyState::Current).then_some(now);
    let rows = unit
        .sql(
            "insert into signing_keys (id, kid, algorithm, state, slot, public_jwk, sealed_private_jwk, created_at, activated_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (slot) do nothing",
        )
        .bind(id)
        .bind(key.kid)
        .bind(key.algorithm.as_str())
        .bind(key.state.as_str())
        .bind(slot(key.algorithm, key.state))
        .bind(key.public_jwk)
        .bind(key.sealed_private_jwk)
        .bind(now)
        .bind(activated_at)
        .run()
        .await?;
    Ok(rows == 1)
}

/// All keys that are not removed, oldest first.
pub(super) async fn all(on: &mut impl Sql) -> Result<Vec<KeyRow>, Fault> {
    on.sql(
        "select id, kid, algorithm, state, sealed_private_jwk, created_at, activated_at, retired_at
         from signing_keys where state <> 'removed' order by created_at, id",
    )
    .all()
    .await
}

/// Retires the current key `id`. Only one of those who try at once succeeds.
pub(super) async fn retire_current(unit: &mut Unit, id: SigningKeyId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql("update signing_keys set state = 'retired', slot = null, retired_at = $2 where id = $1 and state = 'current'")
        .bind(id)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Makes the next key of `algorithm` the current one.
pub(super) async fn promote_next(unit: &mut Unit, algorithm: SigningAlgorithm) -> Result<Option<String>, Fault> {
    let now = unit.now();
    unit.sql("update signing_keys set state = 'current', slot = $2, activated_at = $3 where slot = $1 returning kid")
        .bind(slot(algorithm, KeyState::Next))
        .bind(slot(algorithm, KeyState::Current))
        .bind(now)
        .scalar()
        .await
}

/// Takes a key that no longer signs out of the published set.
pub(super) async fn remove(unit: &mut Unit, kid: &str) -> Result<bool, Fault> {
    let rows = unit
        .sql("update signing_keys set state = 'removed', slot = null where kid = $1 and state = 'retired'")
        .bind(kid.to_owned())
        .run()
        .await?;
    Ok(rows == 1)
}
