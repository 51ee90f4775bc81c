//! A new password by a mailed link.
//!
//! Whoever asks learns nothing: the page does the same for every name, and a job looks afterwards
//! whether there is an account. A link is good for half an hour, once, and only the newest one of an
//! account; opening it changes nothing, so that a mail scanner may.

mod job;
mod link_pages;
mod pages;
mod service;
mod store;
mod undo_pages;

pub use job::{SEND_LINK, send_link};
pub use service::{Link, ResetError, look, reset};

use super::Accounts;
use crate::kernel::{AccountId, Fault, Lifetime, Timestamp};
use crate::platform::{store::Unit, web::Routes};

/// The pages of this part.
pub fn routes(accounts: Accounts) -> Routes {
    Routes::new()
        .get("/recover", pages::show)
        .post("/recover", pages::submit)
        .get("/recover/sent", pages::sent)
        .get("/recover/{token}", link_pages::show)
        .post("/recover/{token}", link_pages::submit)
        .get("/recover/address/{token}", undo_pages::show)
        .post("/recover/address/{token}", undo_pages::submit)
        .with_state(accounts)
}

/// How long a link is good.
pub(super) const LIFE: Lifetime = Lifetime::minutes(30);

/// The kind of the token in the link.
pub struct PasswordLink;

/// Makes the links of an account worthless.
///
/// # Errors
/// When the database refuses it.
pub(super) async fn void_links(unit: &mut Unit, account: AccountId) -> Result<(), Fault> {
    store::void(unit, account).await
}

/// Forgets links that expired before `before`.
///
/// # Errors
/// When the database refuses it.
pub(super) async fn forget_expired(unit: &mut Unit, before: Timestamp) -> Result<u64, Fault> {
    store::forget_expired(unit, before).await
}
