//! How often something may be asked for: a count over a window, kept in the database so that it
//! holds on every node.

mod local;
mod store;

pub use local::Pace;

use sha2::{Digest, Sha256};

use crate::kernel::{Fault, Lifetime};
use crate::platform::store::{Sql, Unit};

/// Counts one more of `what` (`"sign_up.mail"`) for `whom` (an address, a network, an id), of which
/// there may be `most` in `window`. `Some` when it is one too many: how long to wait. What is
/// refused is not counted.
///
/// Callers ask only when `[limits] enabled` is true.
///
/// The key is a digest: no address stands in the table.
///
/// # Errors
/// When the database refuses it.
pub async fn take(
    unit: &mut Unit,
    (what, whom): (&str, &str),
    most: u32,
    window: Lifetime,
) -> Result<Option<Lifetime>, Fault> {
    let key: String = Sha256::digest(format!("{what} {whom}")).iter().map(|byte| format!("{byte:02x}")).collect();
    let now = unit.now();
    if store::count(unit, &key, i64::from(most), window).await? {
        return Ok(None);
    }
    let began = store::began(unit, &key).await?.unwrap_or(now);
    Ok(Some((began + window).since(now)))
}

/// Forgets counts whose window has passed. Returns how many.
///
/// # Errors
/// When the database refuses it.
pub async fn sweep(unit: &mut Unit) -> Result<u64, Fault> {
    store::sweep(unit).await
}
