//! One line a slice.

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use super::{App, export, help};
use crate::accounts::{recovery, settings, sign_in};
use crate::oidc;
use crate::operator;
use crate::organizations;
use crate::platform::{
    mail,
    telemetry::CONTENT_TYPE,
    web::{Problem, Routes, assets},
};
use crate::sync;

/// All routes.
pub(super) fn routes(app: &App) -> Routes {
    Routes::new()
        .merge(oidc::routes(app.provider.clone()))
        .merge(sign_in::pages::routes(app.accounts.clone()))
        .merge(recovery::routes(app.accounts.clone()))
        .merge(settings::routes(app.accounts.clone()))
        .merge(organizations::routes(app.accounts.clone()))
        .merge(sync::routes(app.courier()))
        .merge(sync::pages::routes(app.accounts.clone()))
        .merge(operator::routes(app.accounts.clone()))
        .merge(assets::routes())
        .merge(mail::routes(&app.mail, &app.accounts.kit, &app.db))
        .merge(help::routes(app))
        .merge(export::routes(app))
        .merge(health(app))
}

/// Whether this node is alive, and whether it can answer.
fn health(app: &App) -> Routes {
    Routes::new().get("/livez", async || "alive\n").get("/readyz", ready).with_state(app.clone())
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
