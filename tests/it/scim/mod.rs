//! What a site reads at `/scim/v2`, and what it does not get to see.

pub mod world;

mod conformance;
mod filters;
mod pages;
mod view;
