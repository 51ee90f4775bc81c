//! How far the copies are: what pages and commands show. Nothing is changed here.

mod health;
mod store;

pub use health::{Condition, SiteHealth};
pub use store::{DriftEntry, ReceiptEntry, drifts, of_site, of_sites, receipts};
