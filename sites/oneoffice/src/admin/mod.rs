//! Administration: the tabs *Records* and *ConneX Sync*, for employees with the role Admin.

mod employees;
mod guests;
mod licenses;
mod lines;
mod profiles;
mod records;
mod sync;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use sample_kit::{Problem, Site, see_other};

/// The pages of Administration.
pub(crate) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/admin", get(async || see_other("/admin/records?zone=Core&table=User")))
        .route("/admin/records", get(records::list))
        .route("/admin/users/new", get(employees::new_page).post(employees::create))
        .route("/admin/users/employee/{id}", get(employees::edit_page).post(employees::save))
        .route("/admin/users/employee/{id}/delete", get(employees::delete_page).post(employees::delete))
        .route("/admin/users/connex/{id}", get(guests::edit_page).post(guests::save))
        .route("/admin/users/connex/{id}/delete", get(guests::delete_page).post(guests::delete))
        .route("/admin/licenses", post(licenses::change))
        .route("/admin/profiles/{id}", get(profiles::edit_page).post(profiles::save))
        .route("/admin/sync", get(sync::list))
        .route("/admin/sync/log", get(sync::log))
        .route("/admin/sync/results/{id}", get(sync::result))
        .route("/admin/sync/organizations/{id}", get(sync::organization).post(sync::act))
}

/// Where the list of users is.
const USERS: &str = "/admin/records?zone=Core&table=User";

/// The page for a record that is not there, or not any more.
fn gone(site: &Site) -> axum::response::Response {
    site.problem(&Problem::new(
        axum::http::StatusCode::NOT_FOUND,
        "There is no such record",
        "It may have been deleted meanwhile. Open Administration and look for it there.",
    ))
}
