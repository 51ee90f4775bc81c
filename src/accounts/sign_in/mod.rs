//! The way in.

pub mod pages;

mod acquaintance;
mod confirm;
mod destination;
mod enter;
mod job;
mod next;
mod service;
mod store;
mod tries;

pub use acquaintance::Browser;
pub(super) use acquaintance::get_to_know;
pub(super) use confirm::confirm_by;
pub use confirm::{ConfirmError, confirm};
pub use destination::unreadable;
pub use enter::enter;
pub use job::{TELL_OWNER, tell_owner};
pub use service::{SignInError, Try, sign_in};
pub(super) use tries::forgive;

/// The authentication context class of a password alone.
pub const ACR_PASSWORD: &str = "urn:connex:acr:1fa";
/// The method of a password (RFC 8176).
pub const AMR_PASSWORD: &str = "pwd";
