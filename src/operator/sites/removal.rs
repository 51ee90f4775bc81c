//! Removing a site (X83). `GET|POST /ops/sites/{id}/remove`

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::site;
use crate::accounts::Accounts;
use crate::kernel::FieldErrors;
use crate::oidc::clients;
use crate::operator::role::Desk;
use crate::platform::web::{Form, Page, PageError, Shell, see_other_with};
use crate::sites::{self, Site, SiteError};

#[derive(Template)]
#[template(path = "ops/remove.html")]
struct Removal {
    shell: Shell,
    site: Site,
    typed: String,
    errors: FieldErrors,
}

pub(super) async fn show(
    State(accounts): State<Accounts>,
    desk: Desk,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let site = site(&mut accounts.db.read().await?, &id).await?;
    Ok(draw(desk.shell(&accounts), site, String::new(), FieldErrors::default()))
}

fn draw(shell: Shell, site: Site, typed: String, errors: FieldErrors) -> Response {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Page::new(&shell.clone(), Removal { shell, site, typed, errors }).status(status).into_response()
}

pub(super) async fn submit(
    State(accounts): State<Accounts>,
    desk: Desk,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let t = desk.words(&accounts);
    let mut unit = accounts.db.write().await?;
    let site = site(&mut unit, &id).await?;
    let typed = fields.get("site_name").unwrap_or_default().trim().to_owned();
    if typed.to_lowercase() != site.name.folded() {
        let errors = FieldErrors::one("site_name", t.ops_remove_name_wrong(&site.name));
        return Ok(draw(desk.shell(&accounts), site, typed, errors));
    }
    match sites::remove(&mut unit, &desk.actor(), site.id).await {
        Ok(()) => {}
        Err(SiteError::Fault(fault)) => return Err(fault.into()),
        Err(_) => return Err(PageError::not_found()),
    }
    clients::disable_of_site(&mut unit, site.id).await?;
    unit.commit().await?;
    Ok(see_other_with(&accounts.kit, "/ops/sites", &t.ops_removed(&site.name)))
}
