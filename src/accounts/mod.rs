//! People: their accounts, how they sign in, the browsers in which they are signed in.

pub mod facts;
pub mod model;
pub mod open;
pub mod rules;
pub mod sessions;
pub mod sign_in;

mod service;
mod state;
mod store;

pub use model::{Account, AccountStatus};
pub use service::{disable, enable, find, get};
pub use sessions::{SessionEnd, SignedIn};
pub use state::Accounts;
