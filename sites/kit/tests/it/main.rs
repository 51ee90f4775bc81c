//! What a relying party must do and must refuse, one sentence a test: a site, a browser, and a provider that can lie.
//! Writers of other sites may read this folder as the list of checks that theirs should pass.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod catching_up;
mod copies;
mod digests;
mod logout_tokens;
mod provider;
mod scim;
mod sign_in;
mod sign_out;
mod sync_tokens;
mod world;
