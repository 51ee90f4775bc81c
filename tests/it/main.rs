//! The integration tests: one program, so that it links once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected stops there and says where"
)]

mod attacks;
mod bad_input;
mod floors;
mod oidc;
mod shape;
mod support;
