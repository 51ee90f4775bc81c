//! What is swept, and what is measured.

use super::{Courier, store};
use crate::kernel::{Fault, Lifetime};
use crate::platform::store::{Db, Sql};
use crate::sync::reconcile;

/// How long the delivery log is kept.
const ATTEMPTS_FOR: Lifetime = Lifetime::days(30);
/// How long it is kept what had stood at a site: it holds names and addresses.
const DRIFTS_FOR: Lifetime = Lifetime::days(90);

/// Forgets old attempts and drifts. Returns how many rows went.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(db: &Db) -> Result<u64, Fault> {
    let mut unit = db.write().await?;
    let now = unit.now();
    let mut rows = store::attempts::forget(&mut unit, now - ATTEMPTS_FOR).await?;
    rows += reconcile::forget_drifts(&mut unit, now - DRIFTS_FOR).await?;
    unit.commit().await?;
    Ok(rows)
}

/// Measures what is owed to the sites.
///
/// # Errors
/// When the database does not answer.
pub async fn measure(courier: &Courier) -> Result<(), Fault> {
    let mut reader = courier.provider.db().read().await?;
    let now = reader.now();
    let owed = store::items::owed(&mut reader).await?;
    let waits = owed.oldest_deactivation.map(|since| now.since(since).as_seconds()).unwrap_or_default();
    courier.metrics.sync().set_owed(owed.due, owed.attention, waits);
    courier.metrics.sync().set_open_breakers(store::sites::in_trouble(&mut reader).await?);
    Ok(())
}
