//! The register of sites: which there are, of which family, where.

mod model;
mod service;
mod store;

pub use model::{Family, NotASiteUrl, Site, SiteUrl};
pub use service::{NewSite, find, list, register, remove};
