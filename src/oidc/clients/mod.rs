//! Clients: the OAuth registrations of sites and of others.

mod amend;
mod authenticate;
mod cache;
mod keys;
mod model;
mod service;
mod store;

pub use amend::{Amendment, amend, former_secret_until};
pub use authenticate::{Authenticated, authenticate};
pub use cache::ClientCache;
pub(super) use keys::verify_with_client_keys;
pub use model::{Client, ClientStatus};
pub use service::{
    ClientError, NewClient, Registered, disable_of_site, ids_of_site, load, load_also_disabled, of_site, register,
    rotate_secret,
};
pub(super) use service::{forget_assertions, parse};
pub(super) use store::ClientRow;
