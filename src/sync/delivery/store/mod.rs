//! The SQL of deliveries.

pub(in crate::sync) mod attempts;
pub(in crate::sync) mod items;
pub(in crate::sync) mod receipts;
pub(in crate::sync) mod sites;
