//! The record of somebody from ConneX: what ConneX says can be read, what is this site's own can be changed.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use sample_kit::copy::{Kind, PersonView};
use sample_kit::{Fields, Site, page, page_with, see_other};

use super::lines::{self, Line};
use super::{USERS, gone};
use crate::desk::{Admin, Broken, Desk, Frame};
use crate::office::{LOCAL_ROLES, chosen_roles};

#[derive(Template)]
#[template(path = "guest.html")]
struct Guest<'a> {
    frame: &'a Frame,
    person: &'a PersonView,
    issuer: &'a str,
    log: Vec<Line>,
    fault: Option<String>,
}

impl Guest<'_> {
    fn roles(&self) -> [(&'static str, bool); 3] {
        LOCAL_ROLES.map(|role| (role, self.person.local_roles.split(", ").any(|own| own == role)))
    }
}

/// `GET /admin/users/connex/{id}`
pub(super) async fn edit_page(
    State(site): State<Arc<Site>>,
    admin: Admin,
    Path(id): Path<String>,
) -> Result<Response, Broken> {
    let Some(person) = site.copies.person(&id).await? else { return Ok(gone(&site)) };
    show(&site, &admin.frame, &person, None).await
}

async fn show(site: &Site, frame: &Frame, person: &PersonView, fault: Option<String>) -> Result<Response, Broken> {
    let log = match &person.external_id {
        Some(id) => lines::of(site.copies.changes_in(Kind::User, id, 20).await?),
        None => Vec::new(),
    };
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(page_with(status, &Guest { frame, person, issuer: &site.settings.issuer, log, fault }))
}

/// `POST /admin/users/connex/{id}`: *Save*, *Disable User* or *Enable*. Whatever else a form carries is passed over.
pub(super) async fn save(
    State(site): State<Arc<Site>>,
    Extension(desk): Extension<Arc<Desk>>,
    admin: Admin,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Broken> {
    let Some(person) = site.copies.person(&id).await? else { return Ok(gone(&site)) };
    let notices = if fields.has("disable") || fields.has("enable") {
        block(&site, &person, fields.has("disable")).await?
    } else {
        let (roles, unknown) = chosen_roles(fields.all("role"), fields.get("more_roles"), &LOCAL_ROLES);
        if !unknown.is_empty() {
            let known = LOCAL_ROLES.join(", ");
            let fault = format!("There is no role {}. The roles are {known}.", unknown.join(", "));
            return show(&site, &admin.frame, &person, Some(fault)).await;
        }
        let notes: String = fields.get("notes").chars().take(2000).collect();
        site.copies.annotate(&id, &roles.join(", "), &notes).await?;
        vec![format!("{} was saved. ConneX does not touch what this site notes.", person.display_name())]
    };
    desk.say(&admin.employee.id, notices);
    Ok(see_other(&format!("/admin/users/connex/{id}")))
}

/// The site's own *Disable User*: sessions end at once, and ConneX is told so that the organization can see it.
async fn block(site: &Site, person: &PersonView, is_blocked: bool) -> Result<Vec<String>, Broken> {
    site.copies.block(&person.id, is_blocked).await?;
    let name = person.display_name();
    let mut notices = vec![if is_blocked {
        site.end_sessions(person.external_id.as_deref());
        format!("{name} was disabled at this site and is signed out. A sync does not change this.")
    } else {
        format!("{name} was enabled.")
    }];
    if let Some(sub) = &person.external_id
        && let Err(error) = site.connex().standing(sub, is_blocked).await
    {
        notices.push(format!("The organization does not see it in ConneX yet: {}", error.words()));
    }
    Ok(notices)
}

#[derive(Template)]
#[template(path = "delete-guest.html")]
struct Delete<'a> {
    frame: &'a Frame,
    person: &'a PersonView,
}

/// `GET /admin/users/connex/{id}/delete`
pub(super) async fn delete_page(
    State(site): State<Arc<Site>>,
    admin: Admin,
    Path(id): Path<String>,
) -> Result<Response, Broken> {
    let Some(person) = site.copies.person(&id).await? else { return Ok(gone(&site)) };
    Ok(page(&Delete { frame: &admin.frame, person: &person }))
}

/// `POST /admin/users/connex/{id}/delete`
pub(super) async fn delete(
    State(site): State<Arc<Site>>,
    Extension(desk): Extension<Arc<Desk>>,
    admin: Admin,
    Path(id): Path<String>,
) -> Result<Response, Broken> {
    let Some(person) = site.copies.person(&id).await? else { return Ok(gone(&site)) };
    match site.copies.delete_here(&id, &admin.employee.name()).await {
        Ok(effect) => site.end_sessions(effect.ends_sessions_of.as_deref()),
        Err(error) => {
            tracing::error!(reason = %error, "a copy cannot be deleted");
            return Err(Broken);
        }
    }
    desk.say(&admin.employee.id, vec![format!("{} was deleted here. Documents keep the name.", person.display_name())]);
    Ok(see_other(USERS))
}
