//! What only the founder does: handing the role over, and deleting the organization; and what the
//! operator does about either.

mod deletion;
mod hand_over;
mod store;

pub mod pages;

pub use deletion::{Blocks, DeleteError, RestoreError, blocks, delete, restore, wipe_old};
pub use hand_over::{
    HandOver, HandOverError, Kind, accept, announce_replacement, cancel, carry_out_due, decline, offer, open_at,
};
