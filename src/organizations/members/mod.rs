//! The people of an organization: what an administrator does about one of them.

mod model;
mod service;

pub mod leaving;
pub mod pages;

pub use model::{Member, MemberError};
pub use service::{RELIST, delete_account, disable, enable, find, leave, relist, remove, set_role};

pub(crate) use super::store::memberships::of_account;
