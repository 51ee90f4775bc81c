//! My account: the pages under `/account` on which people look after their own account.

mod activity;
mod details;
mod devices;
mod email;
mod export;
mod language;
mod overview;
mod password;
mod proof;

pub use activity::{Sentence, sentence};
pub use export::kept_of;
pub use overview::Belonging;

use super::Accounts;
use crate::platform::web::Routes;

/// The pages of this part.
pub fn routes(accounts: Accounts) -> Routes {
    Routes::new()
        .get("/account", overview::show)
        .get("/account/details", details::show)
        .post("/account/details", details::submit)
        .post("/account/email", email::ask)
        .get("/account/email/code", email::show)
        .post("/account/email/code", email::submit)
        .post("/account/email/resend", email::resend)
        .post("/account/email/proof", proof::ask)
        .get("/account/email/proof/code", proof::show)
        .post("/account/email/proof/code", proof::submit)
        .get("/account/password", password::show)
        .post("/account/password", password::submit)
        .get("/account/devices", devices::show)
        .post("/account/devices/others", devices::end_others)
        .post("/account/devices/{id}", devices::end_one)
        .get("/account/activity", activity::show)
        .get("/account/language", language::show)
        .post("/account/language", language::submit)
        .with_state(accounts)
}
