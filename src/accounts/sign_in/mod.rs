//! The way in.

pub mod pages;

mod service;
mod store;

pub use service::{SignInError, Try, sign_in};

/// The authentication context class of a password alone.
pub const ACR_PASSWORD: &str = "urn:connex:acr:1fa";
/// The method of a password (RFC 8176).
pub const AMR_PASSWORD: &str = "pwd";
