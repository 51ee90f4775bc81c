//! Organizations: a founder, administrators, members.
//!
//! Whoever changes something about an organization or its people holds its row first and then looks
//! at rights and guards ([`rights`]), so that of two who decide at the same moment one is second, and
//! an organization that is being deleted takes nobody in.

pub mod closing;
pub mod extract;
pub mod facts;
pub mod founder;
pub mod housekeeping;
pub mod invitations;
pub mod joining;
pub mod limits;
pub mod members;
pub mod profile;
pub mod rights;
pub mod rules;
pub mod search;
pub mod sign_up;
pub mod visiting;

mod export;
mod face;
mod mails;
mod model;
mod service;
mod store;

pub use export::kept_of;
pub use model::{
    AssignableRole, Decided, Named, NotInForm, Organization, PhoneNumber, Place, PostalCode, Profile, Role, UsState,
};
pub use rights::{Administrator, Founder, Refused};
pub use service::{OrganizationError, add_user, deciders, find, found, place_of, set_suspended};

use crate::accounts::Accounts;
use crate::platform::web::Routes;

/// The pages of organizations.
pub fn routes(accounts: Accounts) -> Routes {
    Routes::new()
        .merge(profile::pages::routes(accounts.clone()))
        .merge(members::pages::routes(accounts.clone()))
        .merge(members::leaving::routes(accounts.clone()))
        .merge(closing::routes(accounts.clone()))
        .merge(joining::pages::routes(accounts.clone()))
        .merge(invitations::pages::routes(accounts.clone()))
        .merge(founder::pages::routes(accounts.clone()))
        .merge(sign_up::routes(accounts))
}
