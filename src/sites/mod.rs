//! Sites: agencies' web sites that delegate sign-in to ConneX, and how organizations stand to them.

pub mod details;

mod facts;
mod model;
mod service;
mod store;

pub use model::{AgencysWord, ApprovalStatus, Family, Site, SiteUrl, Standing};
pub use service::{NewSite, SiteError, approve, find, link, list, register, remove, unapprove};
