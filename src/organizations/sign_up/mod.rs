//! Signing up, step by step: the address and its code, the organization, the login credentials, the
//! answers once more, and then account, place and session in one unit of work.
//!
//! Answers are kept on the server for a day ([`store`]); the steps are taken in order ([`rules`]).
//! People with an account and without an organization take the same middle steps ([`member`]), and
//! who comes by the link of an invitation takes them all on one page ([`invite`]).

mod check;
mod code;
mod credentials;
mod email;
mod finish;
mod held;
mod invitations;
mod invite;
mod member;
mod model;
mod new_organization;
mod onward;
mod organization;
mod ready;
mod rules;
mod service;
mod store;

pub use service::sweep;

use crate::accounts::Accounts;
use crate::platform::web::Routes;

/// The pages of this part.
#[must_use]
pub fn routes(accounts: Accounts) -> Routes {
    Routes::new()
        .get("/signup", email::show)
        .post("/signup", email::submit)
        .get("/signup/code", code::show)
        .post("/signup/code", code::submit)
        .get("/signup/invitations", invitations::show)
        .post("/signup/invitations", invitations::submit)
        .get("/signup/organization", organization::show)
        .post("/signup/organization", organization::submit)
        .get("/signup/organization/new", new_organization::show)
        .post("/signup/organization/new", new_organization::submit)
        .get("/signup/credentials", credentials::show)
        .post("/signup/credentials", credentials::submit)
        .get("/signup/check", check::show)
        .post("/signup/check", check::submit)
        .get("/signup/ready", ready::show)
        .post("/signup/ready", ready::submit)
        .get("/invite/{token}", invite::show)
        .post("/invite/{token}", invite::submit)
        .get("/account/organization", member::show)
        .post("/account/organization", member::submit)
        .get("/account/organization/new", member::show_new)
        .post("/account/organization/new", member::submit_new)
        .with_state(accounts)
}
