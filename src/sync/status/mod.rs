//! How far the copies are: what pages and commands show. Nothing is changed here.

mod store;

pub use store::{
    AttemptEntry, DriftEntry, Filter, ItemEntry, OrganizationAt, PersonAt, ReceiptEntry, SiteStatus, attempts, drifts,
    items, of_organization, of_person, of_site, of_sites, receipts,
};
