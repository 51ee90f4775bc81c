//! The provider: OpenID Connect and OAuth 2.0 on top of people, organizations and sites.
//!
//! `docs/protocol.md` lists each standard with its sections, files and tests.

pub mod clients;
pub mod connected;
pub mod facts;
pub mod housekeeping;
pub mod logout;

mod authorize;
mod claims;
mod discovery;
mod gate;
mod grants;
mod hint;
mod introspection;
mod revocation;
mod router;
mod site_principal;
mod state;
mod token;
mod userinfo;

pub use connected::kept_of;
pub use router::routes;
pub use site_principal::{NotASite, SitePrincipal, site_principal};
pub use state::Provider;
