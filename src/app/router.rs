//! One line a slice.

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use super::App;
use crate::accounts::sign_in;
use crate::oidc;
use crate::platform::{
    mail,
    telemetry::CONTENT_TYPE,
    web::{PageError, Problem, assets},
};

/// All routes.
pub(super) fn routes(app: &App) -> Router {
    Router::new()
        .merge(oidc::router(app.provider.clone()))
        .merge(sign_in::pages::router(app.accounts.clone()))
        .merge(assets::router())
        .merge(mail::router(&app.mail, &app.accounts.kit, &app.db))
        .merge(health(app))
        .fallback(async || PageError::not_found())
}

/// Whether this node is alive, and whether it can answer.
fn health(app: &App) -> Router {
    Router::new().route("/livez", get(async || "alive\n")).route("/readyz", get(ready)).with_state(app.clone())
}

async fn ready(State(app): State<App>) -> Result<Response, Problem> {
    let plan = app.db.migration_plan().await?;
    if !plan.pending.is_empty() {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_migrated", "The database lacks migrations."));
    }
    Ok(([(header::CACHE_CONTROL, "no-store")], "ready\n").into_response())
}

/// The routes of the listener for metrics.
pub(super) fn metrics(app: &App) -> Router {
    Router::new().route("/metrics", get(render_metrics)).with_state(app.clone())
}

async fn render_metrics(State(app): State<App>) -> Result<Response, Problem> {
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], app.metrics.render()?).into_response())
}
