//! The commands that look after an installation: a file a noun, each with its words, its use cases
//! and what it prints.
//!
//! They work on the database itself, so no server has to run; a running one follows within seconds.
//! Reading the command line as a whole, `serve`, `migrate`, `config`, `init` and `demo` belong to the
//! floor above.

pub mod audit;
pub mod client;
pub mod doctor;
pub mod events;
pub mod keys;
pub mod operator;
pub mod org;
pub mod org_resync;
pub mod org_standing;
pub mod org_word;
pub mod rp_check;
pub mod site;
pub mod sync;
pub mod user;

mod context;
mod file;
mod finding;
mod outcome;
mod place;
mod terminal;

pub use context::{Context, OpeningCourier};
pub use outcome::{CliError, Exit};
pub use terminal::Terminal;
