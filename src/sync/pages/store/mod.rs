//! What the pages read, across slices and read-only (decision 8): the ledger beside sites, approvals,
//! links and people.

pub(super) mod endings;
pub(super) mod people;
pub(super) mod sites;
pub(super) mod timeline;
