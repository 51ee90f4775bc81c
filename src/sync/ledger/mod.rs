//! The ledger: for each site and resource, what the site should hold and what it has confirmed.
//!
//! It is settled at the end of every unit that changed something ([`follow`]), in the same
//! transaction, so a change and its debt to the sites are kept or lost together. Units that settle
//! the same person or organization take turns, because each has to see what the other left: an
//! organization that is approved while somebody joins it must not forget them.

mod follow;
mod mark;
mod model;
mod scope;
pub(in crate::sync) mod store;

pub use follow::follow;
pub(in crate::sync) use mark::hold_feed;
pub use mark::{mark, outrun, retry};
pub use model::{Kind, Reason, Want};
pub use scope::follows;
