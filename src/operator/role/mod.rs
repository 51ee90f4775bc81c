//! Who may use the operator's pages: accounts that took up an invitation from the command line.
//!
//! There is no first operator with a known password, and no form that makes one: whoever can run
//! `connex operator invite` owns the database anyway.

pub mod pages;

mod extract;
mod facts;
mod service;
mod store;

pub use extract::{Desk, OnDuty};
pub use service::{
    AcceptError, Address, Invited, LIFE, Link, OperatorLink, PASSWORD_HOLDS_FOR, accept, addresses, appoint, invite,
    is_operator, list, look, remove,
};
pub use store::Operator;
