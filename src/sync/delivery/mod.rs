//! Bringing each site to what it should hold.
//!
//! A node takes a *lease* on a site and serves it: it sends the state of now of whatever is due, a few
//! at a time, until nothing is due. What the site confirms is written down with the revision that was
//! read *before* the state, so that a change in between stays due. Nothing is dropped: a site that does
//! not answer is asked again for ever, and an answer that no repetition mends waits for people
//! (`attention`) until something changes.

mod answer;
mod client;
mod housekeeping;
mod model;
mod pace;
mod present;
mod probe;
mod progress;
mod receipts;
mod removal;
mod send;
mod serve;
mod settle;
mod store;
mod swap;
mod worker;

pub use housekeeping::{measure, sweep};
pub use model::{Features, Progress, Target, Waited};
pub use progress::{progress, wait_until_confirmed};
pub use receipts::{BrokenReceipt, verify as verify_receipts};
pub use worker::{Courier, start};

// What a worker asks before it sends anything: public, so that the benchmark times it.
pub use store::{QUESTIONS, items::due, sites::to_be_served};

pub use answer::Trouble;
pub(in crate::sync) use client::Contact;
pub(in crate::sync) use pace::Pace;
pub(in crate::sync) use store::{
    items::rearm,
    sites::{end_rest, target},
};

pub use crate::sync::ledger::retry;
