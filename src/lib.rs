//! ConneX: single sign-on for OneOffice and OneGov sites.
//!
//! The floors, lowest first. A module uses lower floors and itself, nothing else; the floors
//! test keeps it so. `docs/architecture.md` walks through them.

pub mod kernel;
pub mod protocol;
pub mod platform;
pub mod audit;
pub mod signing;
pub mod accounts;
pub mod organizations;
pub mod sites;
