//! Names to addresses, and none that may not be dialled.

use std::{fmt, net::SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::guard::{self, Reason};

/// Resolves by the system, and refuses a name that leads to a forbidden address.
///
/// The addresses that are checked are those that are dialled: an answer that changes between
/// check and use (DNS rebinding) changes nothing.
pub(super) struct Resolver {
    pub(super) allow_private: bool,
}

/// A name led to an address that may not be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ForbiddenAddress(pub(super) Reason);

impl fmt::Display for ForbiddenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the address {}", self.0)
    }
}

impl std::error::Error for ForbiddenAddress {}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            // One forbidden address spoils the name: an honest site has none.
            for address in &found {
                guard::check_address(address.ip(), allow_private).map_err(ForbiddenAddress)?;
            }
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}
