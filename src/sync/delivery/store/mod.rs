//! The SQL of deliveries.

pub(in crate::sync) mod attempts;
pub(in crate::sync) mod items;
pub(in crate::sync) mod receipts;
pub(in crate::sync) mod sites;

/// What a worker asks again and again, of a ledger of any size: public, so that tests look at how the
/// database means to answer.
pub const QUESTIONS: [&str; 2] = [sites::TO_BE_SERVED, items::DUE];
