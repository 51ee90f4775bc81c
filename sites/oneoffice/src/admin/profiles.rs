//! Profiles: how people can be reached. The agency may note another telephone number here; the next sync puts ConneX's
//! back, and the log says so.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use sample_kit::copy::{Edit, PersonView};
use sample_kit::{Fields, Site, page, see_other};

use super::gone;
use crate::desk::{Admin, Broken, Desk, Frame};

#[derive(Template)]
#[template(path = "profile.html")]
struct Profile<'a> {
    frame: &'a Frame,
    person: &'a PersonView,
    issuer: &'a str,
}

/// `GET /admin/profiles/{id}`
pub(super) async fn edit_page(
    State(site): State<Arc<Site>>,
    admin: Admin,
    Path(id): Path<String>,
) -> Result<Response, Broken> {
    let Some(person) = site.copies.person(&id).await? else { return Ok(gone(&site)) };
    Ok(page(&Profile { frame: &admin.frame, person: &person, issuer: &site.settings.issuer }))
}

/// `POST /admin/profiles/{id}`
pub(super) async fn save(
    State(site): State<Arc<Site>>,
    Extension(desk): Extension<Arc<Desk>>,
    admin: Admin,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Broken> {
    let Some(person) = site.copies.person(&id).await? else { return Ok(gone(&site)) };
    let phone: String = fields.get("phone").chars().filter(|c| !c.is_control()).take(40).collect();
    let edit = Edit::Phone(Some(phone).filter(|phone| !phone.is_empty()));
    if let Err(error) = site.copies.edit_here(&id, edit, &admin.employee.name()).await {
        tracing::error!(reason = %error, "a profile cannot be changed");
        return Err(Broken);
    }
    let name = person.display_name();
    desk.say(
        &admin.employee.id,
        vec![format!("The phone number of {name} was changed here. The next auto sync puts ConneX\u{2019}s back.")],
    );
    Ok(see_other("/admin/records?zone=OneOffice&table=Profile"))
}
