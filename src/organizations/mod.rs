//! Organizations: a founder, administrators, members.

pub mod extract;

mod facts;
mod model;
mod service;
mod store;

pub use model::{Organization, Place, Role};
pub use service::{NewOrganization, OrganizationError, add_user, find, found, place_of};
