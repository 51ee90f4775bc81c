//! The integration tests: one program, so that it links once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected stops there and says where"
)]

mod accounts;
mod attacks;
mod audit;
mod bad_input;
mod cli;
mod floors;
mod gallery;
mod jobs;
mod kill;
mod mail;
mod oidc;
mod ops;
mod organizations;
mod people;
mod policy;
mod races;
mod rp_check;
mod scim;
mod serving;
mod sessions;
mod shape;
mod sign_up;
mod site_api;
mod sites;
mod store;
mod support;
mod sync;
