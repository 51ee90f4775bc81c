//! Finding an organization by a part of its name, without telling who is in it.
//!
//! A name is found by tokens that are compared for equality only: one SQL text, no extension, no
//! collation, no scan. What is shown of an organization is its name, city and state.

mod domain;
mod fold;
mod service;
mod store;

pub use domain::domain_of;
pub use service::{Found, Hit, Listing, Typed, alike, catch_up, find, index, note_domain};
pub use store::QUERIES;
