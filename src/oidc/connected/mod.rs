//! The sites that a person is connected with: what each sees, and how it ends.

mod job;
mod pages;
mod service;
mod store;

pub use job::{END_ACCESS, end_access};
pub(super) use pages::{disconnect, show};
pub use service::kept_of;
