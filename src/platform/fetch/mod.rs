//! Calls to sites: https, with limits on address, size and time.
//!
//! Whoever registers a site names addresses that we then call from inside the operator's
//! network. So every address is checked: when it is saved, and again where it is dialled.

mod call;
mod error;
mod fetcher;
pub mod guard;
mod look;
mod resolver;
#[cfg(test)]
mod tests;

pub use call::{Call, Reply};
pub use error::FetchError;
pub use fetcher::{Answer, Fetcher};
pub use look::Look;
