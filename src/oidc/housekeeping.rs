//! What is swept now and then: rows whose time is over.

use super::{Provider, clients, grants, logout};
use crate::accounts::sessions;
use crate::kernel::{Fault, Lifetime};
use crate::platform::store::Sql;

/// How long a logout delivery, or a session that is over, is kept for the operator to see.
const KEPT_FOR: Lifetime = Lifetime::days(30);

/// Sessions that are forgotten in one unit.
const SESSIONS_AT_ONCE: i64 = 500;
/// Units of one sweep: nobody waits for it for long, and the next one goes on.
const BATCHES: usize = 10;

/// Forgets expired grants, tokens, assertions, settled deliveries, and sessions that are long over. Returns how many rows went.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(provider: &Provider) -> Result<u64, Fault> {
    let mut unit = provider.db().write().await?;
    let before = unit.now() - KEPT_FOR;
    let mut rows = grants::forget_expired(&mut unit).await?;
    rows += clients::forget_assertions(&mut unit).await?;
    rows += logout::forget_old(&mut unit, before).await?;
    unit.commit().await?;
    for _ in 0..BATCHES {
        let gone = forget_sessions(provider).await?;
        rows += gone;
        if gone < SESSIONS_AT_ONCE.unsigned_abs() {
            break;
        }
    }
    Ok(rows)
}

/// A session is kept for as long as a refresh token may live that was given in it: the gate asks for it at every refresh.
async fn forget_sessions(provider: &Provider) -> Result<u64, Fault> {
    let mut unit = provider.db().write().await?;
    let before = unit.now() - provider.tokens().refresh_total - KEPT_FOR;
    let gone = sessions::forget_over(&mut unit, before, SESSIONS_AT_ONCE).await?;
    for session in &gone {
        grants::forget_clients(&mut unit, *session).await?;
    }
    unit.commit().await?;
    Ok(u64::try_from(gone.len()).unwrap_or_default())
}
