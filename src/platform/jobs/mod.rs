//! Work that is owed after a commit: kept in the database, done at least once.
//!
//! A job is written in the transaction of what caused it, so a crash loses neither. Jobs are
//! idempotent: the same one may run twice after a crash, and is merged with a waiting one of the
//! same kind and key.

mod backoff;
mod model;
mod store;
mod worker;

pub use backoff::wait_before;
pub use model::{Follow, Followed, Follower, Following, LeasedJob, NewJob, Outcome, Subscription, Subscriptions};
pub use store::{count_due, enqueue};
pub use worker::Workers;
