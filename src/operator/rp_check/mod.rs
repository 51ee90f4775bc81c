//! `connex rp-check`: does a site check what a site must check?
//!
//! It cannot be seen from a sign-in that works. So this module is a provider of its own, with fresh
//! keys and one client, to which a site in its workshop is pointed; and a browser, which begins
//! sign-ins at that site. Then the provider lies, in one thing at a time, and the browser looks
//! whether the site believed it. What the site keeps of people is tried in the same way, as ConneX
//! would send it (`docs/site-sync.md`).
//!
//! | Part | File |
//! | --- | --- |
//! | what is tried, by number | `case.rs`, and how in `cases/` |
//! | how a case ended | `verdict.rs` |
//! | the provider that lies | `provider/`, its lies `lie.rs`, its keys `keys.rs` |
//! | who signs in | `person.rs` |
//! | the browser | `browser.rs` |
//! | what ConneX sends to a site | `push.rs` |
//! | a site's copies of people | `copies.rs` |
//! | all of them together, for a case to work with | `bench.rs` |
//!
//! Nothing here is used by the server.

mod bench;
mod browser;
mod case;
mod cases;
mod copies;
mod keys;
mod lie;
mod options;
mod person;
mod provider;
mod push;
mod sync_token;
mod verdict;

pub use bench::{Bench, Reached};
pub use case::Case;
pub use options::Options;
pub use sync_token::{SYNC_TOKEN_TYP, sync_claims};
pub use verdict::{Outcome, Verdict};

use crate::kernel::Fault;

/// Tries `case` on a site that [`Bench::reach`] has found.
pub async fn judge(bench: &Bench, case: Case) -> Verdict {
    Verdict::of(case, cases::run(bench, case).await)
}

/// Starts the provider that lies. The site has to be told [`Bench::settings`] then.
///
/// # Errors
/// When its address is taken, or keys cannot be made.
pub async fn start(options: Options) -> Result<Bench, Fault> {
    Bench::start(options).await
}
