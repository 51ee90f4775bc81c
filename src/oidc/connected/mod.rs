//! The sites that a person is connected with: what each sees, and how to end it.

mod pages;
mod service;
mod store;

pub(super) use pages::{disconnect, show};
pub use service::kept_of;
