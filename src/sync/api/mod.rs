//! `/api/v1`: what a site's own pages ask ConneX and tell it: organizations and what the agency
//! decides of them, its own Disable, what it let ConneX put back.

mod approval;
mod input;
mod once;
mod organizations;
mod put_backs;
mod reference;
mod standing;
mod store;

use crate::kernel::Fault;
use crate::oidc::Provider;
use crate::platform::{
    store::Unit,
    web::{Problem, Routes},
};

/// Where it answers.
pub(super) fn routes(provider: Provider) -> Routes {
    Routes::new()
        .get("/api/openapi.json", reference::openapi)
        .get("/api/v1/organizations", organizations::search)
        .get("/api/v1/organizations/{org}", organizations::one)
        .put("/api/v1/organizations/{org}/approval", approval::put)
        .put("/api/v1/users/{sub}/standing", standing::put)
        .post("/api/v1/put-backs", put_backs::post)
        .with_state(provider)
}

/// Forgets answers for which nobody will come again. Returns how many.
///
/// # Errors
/// When the database refuses it.
pub async fn sweep(unit: &mut Unit) -> Result<u64, Fault> {
    once::sweep(unit).await
}

/// Nothing of that name for this site.
fn not_found() -> Problem {
    Problem::new(axum::http::StatusCode::NOT_FOUND, "not_found", "There is no such thing for this site.")
}
