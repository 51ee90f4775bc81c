//! Passwords: what may be chosen, and argon2id on threads of our own.
//!
//! Who a password belongs to, and how often it may be tried, is decided elsewhere.

mod password;
mod stored;
mod threads;

pub use password::{Password, PasswordError, PasswordRules};
pub use stored::PasswordHash;
pub use threads::{HashError, Hasher, Params, Verdict};
