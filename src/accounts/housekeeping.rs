//! What is swept now and then: codes, links and reservations whose time is over.

use super::{Accounts, address, codes, recovery, store};
use crate::kernel::{Fault, Lifetime};
use crate::platform::store::Sql;

/// How long a code or link is kept when it is over, so that its page can still say so.
const KEPT_FOR: Lifetime = Lifetime::days(1);

/// Forgets codes, links, changes that cannot be undone any more, and former addresses that anybody
/// may take again. Returns how many rows went.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(accounts: &Accounts) -> Result<u64, Fault> {
    let mut unit = accounts.db.write().await?;
    let before = unit.now() - KEPT_FOR;
    let mut rows = codes::forget_expired(&mut unit, before).await?;
    rows += recovery::forget_expired(&mut unit, before).await?;
    rows += address::forget_changes(&mut unit, before).await?;
    rows += store::forget_former_addresses(&mut unit).await?;
    unit.commit().await?;
    Ok(rows)
}
