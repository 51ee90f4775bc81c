//! What a site's copy of a person or an organization says.
//!
//! One type renders what is pushed to a site, what the site may pull, and the digest by which the two
//! are compared, so that they cannot disagree. What it says is read from the tables of people,
//! organizations and approvals at this moment, never from a message that was written down earlier.
//!
//! A copy that no longer counts is told nothing more: what a person does elsewhere is none of that
//! site's business. So an inactive copy says what the site was told last, and that it does not count.

mod model;
mod names;
mod service;
mod store;

pub use model::{Copy, EXTENSION_OF_ORGANIZATIONS, EXTENSION_OF_USERS, Organization, User, digest_of, managed_of};
pub use names::Names;
pub use service::{Held, load, load_with, page};
