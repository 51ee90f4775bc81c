//! How far the copies are: what pages and commands show. Nothing is changed here.

mod health;
mod store;
mod words;

pub use health::{Condition, SiteHealth};
pub use store::{of_site, of_sites};
pub use words::{attribute, value};
