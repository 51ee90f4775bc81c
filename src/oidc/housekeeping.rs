//! What is swept now and then: rows whose time is over.

use super::{Provider, clients, grants, logout};
use crate::kernel::{Fault, Lifetime};
use crate::platform::store::Sql;

/// How long a logout delivery is kept for the operator to see.
const KEPT_FOR: Lifetime = Lifetime::days(30);

/// Forgets expired grants, tokens, assertions and settled deliveries. Returns how many rows went.
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
    Ok(rows)
}
