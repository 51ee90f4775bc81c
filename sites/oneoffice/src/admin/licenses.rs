//! Licenses: an employee's account is complete with one. People from ConneX need none and are not offered.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use sample_kit::{Fields, Site, see_other};

use crate::desk::{Admin, Broken, Desk};
use crate::office::APPLICATIONS;
use crate::store;

/// `POST /admin/licenses`: gives one or takes one back.
pub(super) async fn change(
    State(site): State<Arc<Site>>,
    Extension(desk): Extension<Arc<Desk>>,
    admin: Admin,
    fields: Fields,
) -> Result<Response, Broken> {
    let application = APPLICATIONS.into_iter().find(|name| *name == fields.get("application"));
    let employee = store::employee(&site.copies, fields.get("employee")).await?;
    let notice = match (application, employee) {
        (Some(application), Some(employee)) if fields.has("remove") => {
            store::take_license(&site.copies, application, &employee.id).await?;
            format!("{} has no {application} license any more.", employee.name())
        }
        (Some(application), Some(employee)) => {
            let is_read_only = fields.has("read_only");
            if store::give_license(&site.copies, application, &employee.id, is_read_only).await? {
                let kind = if is_read_only { "read-only " } else { "" };
                format!("{} has a {kind}{application} license.", employee.name())
            } else {
                format!("No {application} license is left. Take one back first, or buy more.")
            }
        }
        _ => "Choose an application and an employee. People from ConneX need no license.".to_owned(),
    };
    desk.say(&admin.employee.id, vec![notice]);
    Ok(see_other("/admin/records?zone=Core&table=License"))
}
