//! What time does: requests expire, replacements of founders fall due, deleted organizations are wiped.

use super::{founder, invitations, joining, sign_up};
use crate::accounts::Accounts;
use crate::kernel::Fault;

/// Does what is due. Returns how many rows it touched.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(accounts: &Accounts) -> Result<u64, Fault> {
    let (db, kit) = (&accounts.db, &accounts.kit);
    let mut rows = joining::sweep(db, kit).await?;
    rows += invitations::sweep(db).await?;
    rows += sign_up::sweep(db).await?;
    rows += founder::carry_out_due(db, kit).await?;
    rows += founder::wipe_old(db).await?;
    Ok(rows)
}
