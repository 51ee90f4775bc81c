//! Writing to people when a site does not take what it is told. The ledger goes on trying for ever; what changes with
//! the age of a trouble is who hears of it.

mod letters;
mod rules;
mod service;
mod store;

pub use rules::Kind;
pub use service::{look, sweep};
