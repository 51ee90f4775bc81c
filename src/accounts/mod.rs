//! People: their accounts, how they sign in, the browsers in which they are signed in.

pub mod address;
pub mod codes;
pub mod device;
pub mod facts;
pub mod housekeeping;
pub mod model;
pub mod open;
pub mod password;
pub mod recovery;
pub mod rules;
pub mod sessions;
pub mod settings;
pub mod sign_in;

mod letters;
mod service;
mod state;
mod store;

pub use model::{Account, AccountStatus};
pub use service::{
    close, close_by_person, disable, enable, enable_for_organization, find, get, is_free, rename, set_language,
};
pub use sessions::{SessionEnd, SignedIn};
pub use state::Accounts;
