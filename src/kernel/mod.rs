//! Words everyone uses: ids, time, chance, secrets, names, faults.
//!
//! A value belongs here when three slices or more use it. Nothing here waits, reads a clock,
//! speaks HTTP or SQL (the derives that let a value be bound to a statement excepted).

pub mod digest;
pub mod email;
pub mod entropy;
pub mod fault;
pub mod form;
pub mod id;
pub mod json;
pub mod language;
pub mod leaf;
pub mod name;
pub mod secret;
pub mod time;

pub use digest::Digest;
pub use email::{EmailAddress, VerifiedEmail};
pub use entropy::Entropy;
pub use fault::{Doing, Fault};
pub use form::FieldErrors;
pub use id::*;
pub use json::Json;
pub use language::Language;
pub use leaf::Leaf;
pub use name::{AddressLine, OrganizationName, PersonName, Remark, SiteName, Username};
pub use secret::{Secret, Token};
pub use time::{Lifetime, Timestamp};
