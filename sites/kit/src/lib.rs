//! What the two sample sites share: *Log in with ConneX*, checked as a relying party must check.
//!
//! The kit knows nothing of ConneX's code. It reads what `connex site add --json` printed ([`Settings`]), learns every
//! endpoint and key from the discovery document, and believes nothing in a token before its signature and claims are
//! proven. A site adds its own pages and its own look ([`Pages`]).
//!
//! | A person or ConneX does | File |
//! | --- | --- |
//! | presses *Log in with ConneX* and comes back | `sign_in.rs`, `pending.rs`, `id_token.rs` |
//! | opens a page | `visit.rs`, `session.rs` |
//! | presses *Sign out* and comes back | `sign_out.rs` |
//! | ends the session from elsewhere (back-channel logout) | `backchannel.rs`, `logout_token.rs` |
//! | keeps this site's copies of people and organizations | `scim/`, `copy/` |
//! | signs somebody in of whom the copy is behind | `catch_up.rs` |
//! | is asked for approvals and a resync | `api/` |
//!
//! What the kit refuses is listed, one sentence a test, in `tests/`.

mod api;
mod backchannel;
mod catch_up;
mod claims;
pub mod clock;
mod cookie;
pub mod copy;
mod facts;
mod form;
mod http;
mod id_token;
mod jws;
mod logout_token;
mod page;
mod pending;
mod program;
mod provider;
mod return_path;
mod scim;
mod session;
mod settings;
mod sign_in;
mod sign_out;
mod site;
mod trouble;
mod visit;

pub use api::{ApiError, Connex, Decision, OrganizationState, Organizations, Past, Planned, Resync, Txn, When};
pub use claims::{ConnexClaims, Organization, OrganizationRole, Person, SiteFact};
pub use facts::Facts;
pub use form::Fields;
pub use openidconnect::ClientSecret;
pub use page::{Pages, Problem, page, page_with, see_other};
pub use program::Program;
pub use return_path::ReturnPath;
pub use session::{SESSION_SECONDS, Session};
pub use settings::{AuthMethod, Kind, Settings};
pub use site::Site;
pub use trouble::{Answer, Mishap, Trouble};
pub use visit::{SignedIn, Visit};
