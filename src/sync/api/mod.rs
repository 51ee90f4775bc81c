//! `/api/v1`: what a site's own pages ask ConneX and tell it: organizations and what the agency
//! decides of them, its own Disable, what it let ConneX put back. And `/sync/v1/orgs`, `/sync/v1/txns`:
//! having the copies of an organization made right, and how far that is.

mod approval;
mod input;
mod once;
mod organizations;
mod put_backs;
mod reference;
mod resync;
mod standing;
mod store;
mod txns;

use crate::kernel::Fault;
use crate::platform::{
    store::Unit,
    web::{Problem, Routes},
};
use crate::sync::delivery::Courier;

/// Where it answers.
pub(super) fn routes(courier: Courier) -> Routes {
    let provider = courier.provider.clone();
    let looking_at_the_site = Routes::new().post("/sync/v1/orgs/{org}/resync", resync::post).with_state(courier);
    Routes::new()
        .get("/api/openapi.json", reference::openapi)
        .get("/api/v1/organizations", organizations::search)
        .get("/api/v1/organizations/{org}", organizations::one)
        .put("/api/v1/organizations/{org}/approval", approval::put)
        .put("/api/v1/users/{sub}/standing", standing::put)
        .post("/api/v1/put-backs", put_backs::post)
        .get("/sync/v1/txns/{txn}", txns::one)
        .with_state(provider)
        .merge(looking_at_the_site)
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
