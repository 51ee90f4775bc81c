//! ConneX: single sign-on for OneOffice and OneGov sites.
//!
//! The floors, lowest first. A module uses lower floors and itself, nothing else; the floors
//! test keeps it so. `docs/architecture.md` walks through them.

pub mod accounts;
pub mod app;
pub mod audit;
pub mod kernel;
pub mod oidc;
pub mod operator;
pub mod organizations;
pub mod platform;
pub mod protocol;
pub mod signing;
pub mod sites;
pub mod sync;
