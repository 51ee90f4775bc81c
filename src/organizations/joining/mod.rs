//! Asking to join an organization, and being accepted or denied.

pub mod pages;

mod model;
mod service;
mod store;

pub use model::{AskError, DecideError, LatestRequest, OpenRequest, RemindError, Request, WaitingRequest};
pub use service::{accept, ask, cancel, deny, remind, sweep};
pub use store::{count_waiting, latest_of, open_of, request, usual_domain, waiting};

pub(super) use service::{cancel_all_at, drop_open_of};
