//! The people of an organization: what an administrator does about one of them.

mod model;
mod service;

pub mod pages;

pub use model::{Member, MemberError};
pub use service::{delete_account, disable, enable, find, leave, relist, remove, set_role, RELIST};
