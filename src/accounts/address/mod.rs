//! The address of an account: proving it, changing it, taking a former one back.
//!
//! A new address counts once its code was typed. The former one hears of it and may take itself back
//! for three days, also from somebody who has taken the account over since.

mod change;
mod prove;
mod store;
mod undo;

pub use change::{AskError, ask, change, finish, resend};
pub use prove::{ask_to_prove, prove};
pub(super) use undo::LIFE as UNDO_LIFE;
pub use undo::{Undo, UndoError, UndoLink, Undone, look, undo};

use crate::kernel::{Fault, Timestamp};
use crate::platform::store::Unit;

/// Forgets changes that could be undone until `before`.
///
/// # Errors
/// When the database refuses it.
pub(super) async fn forget_changes(unit: &mut Unit, before: Timestamp) -> Result<u64, Fault> {
    store::forget_before(unit, before).await
}
