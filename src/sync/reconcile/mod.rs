//! Proof that a site holds what it should: comparing, putting back, asking when it is too much.
//!
//! A site that takes part in the digest exchange is compared every hour with one small request for
//! each kind; a plain SCIM site is read page by page once a day. What a site has changed by itself is
//! put back, and written down with what stood there; more than a few such edits at once are a
//! decision of people.

mod compare;
mod conclude;
mod digest;
mod limits;
mod model;
mod paging;
mod plan;
mod resync;
mod store;

pub(super) use compare::{compare, could_not_compare};
pub use conclude::resume;
pub use model::{Action, AttributeChange, Change, Plan, Resynced, State};
pub use plan::plan;
pub use resync::{Resync, ResyncError, resync};
pub(super) use store::forget_drifts;
