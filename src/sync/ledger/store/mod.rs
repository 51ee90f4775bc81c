//! The ledger's SQL: who concerns which sites, whose turn it is, and what should stand where.

pub(super) mod feeds;
pub(super) mod marks;
pub(super) mod organizations;
pub(super) mod people;
pub(super) mod scope;
pub(in crate::sync) mod wanted;
