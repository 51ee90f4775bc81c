//! A sample OneOffice site: an agency's plan room, to which contractors, bidders and consultants log in with ConneX, and
//! the agency's employees with a password of this site.
//!
//! Logging in with ConneX and the copies of its people are in the kit; here are the pages, and what is the agency's own.
//! The library is the same program for those who start several agencies in one process.
//!
//! | What | File |
//! | --- | --- |
//! | the public pages | `pages.rs` |
//! | employees, licenses, contracts: types and SQL | `office.rs`, `store.rs`, `seed.rs` |
//! | an employee logs in, chooses a password | `desk.rs`, `login.rs`, `password.rs` |
//! | Administration: records and ConneX Sync | `admin/` |

mod admin;
mod desk;
mod login;
mod office;
mod pages;
mod password;
mod seed;
mod store;

use std::sync::Arc;

use anyhow::ensure;
use axum::routing::{get, post};
use axum::{Extension, Router};
use sample_kit::Site;
pub use sample_kit::{Answer, AuthMethod, ClientSecret, Kind, Mishap, Program, Settings, Trouble};
use tokio::net::TcpListener;

use desk::Desk;

/// Serves one agency's plan room on `listener` until `stop` is done. ConneX need not be up yet.
///
/// # Errors
/// When the settings cannot be used or are for another kind of site, or when the database or the listener fails.
pub async fn serve(
    settings: Settings,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    ensure!(settings.kind == Kind::OneOffice, "{} is not a OneOffice site", settings.name);
    let site = Site::open(settings, pages::PlanRoom).await?;
    store::open(&site.copies).await?;
    if site.settings.demo {
        seed::plant(&site.copies).await?;
    }
    let pages = routes(site.settings.is_on_this_machine());
    site.serve(pages.layer(Extension(Arc::new(Desk::default()))), listener, stop).await
}

fn routes(has_outbox: bool) -> Router<Arc<Site>> {
    let pages = Router::new()
        .route("/", get(pages::home))
        .route("/documents", get(pages::documents))
        .route("/help/user-accounts", get(pages::help))
        .route("/login", get(login::choose))
        .route("/login/employee", post(login::enter))
        .route("/employee/logout", post(login::leave))
        .route("/password/forgot", get(password::ask_page).post(password::ask))
        .route("/password/set", get(password::set_page).post(password::set))
        .route("/password/change", get(password::change_page).post(password::change))
        .merge(admin::routes());
    // The mails of a site that others can reach are not for everybody's eyes.
    if has_outbox { pages.route("/dev/mail", get(pages::outbox)) } else { pages }
}
