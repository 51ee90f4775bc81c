//! A sample OneGov site: a county's permit desk, to which haulers and movers log in with ConneX.
//!
//! Everything about logging in is in the kit; here are the pages and their look. The library is the same program for
//! those who start several counties in one process.

mod pages;

use std::sync::Arc;

use anyhow::ensure;
use axum::Router;
use axum::routing::get;
use sample_kit::Site;
pub use sample_kit::{Answer, AuthMethod, ClientSecret, Kind, Mishap, Program, Settings, Trouble};
use tokio::net::TcpListener;

/// Serves one county's permit desk on `listener` until `stop` is done. ConneX need not be up yet.
///
/// # Errors
/// When the settings cannot be used or are for another kind of site, or when the listener fails.
pub async fn serve(
    settings: Settings,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    ensure!(settings.kind == Kind::OneGov, "{} is not a OneGov site", settings.name);
    Site::open(settings, pages::PermitDesk).await?.serve(routes(), listener, stop).await
}

fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/", get(pages::home))
        .route("/login", get(pages::log_in))
        .route("/dashboard", get(pages::dashboard))
}
