//! The plan room as its people use it: visitors, an administrator, an employee, and ConneX, which writes here.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod employees;
mod guests;
mod office;
mod pages;
#[allow(dead_code, reason = "the kit's provider, of which these tests use a part")]
#[path = "../../../kit/tests/it/provider.rs"]
mod provider;
#[allow(dead_code, reason = "the kit's client, of which these tests use a part")]
#[path = "../../../kit/tests/it/scim.rs"]
mod scim;
mod sync;
