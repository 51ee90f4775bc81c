//! Unlinking a site, with what follows from it. `GET|POST /org/sites/{id}/unlink`

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};

use super::{site, stands::SiteLine};
use crate::accounts::Accounts;
use crate::organizations::{Place, extract::Staff};
use crate::platform::web::{Form, Page, PageError, Routes, Shell, see_other_with};
use crate::sites::{SiteError, links};

/// The pages of this part.
pub(super) fn routes(accounts: Accounts) -> Routes {
    Routes::new().get("/org/sites/{id}/unlink", show).post("/org/sites/{id}/unlink", submit).with_state(accounts)
}

#[derive(Template)]
#[template(path = "sync/unlink.html")]
struct Unlinking {
    shell: Shell,
    place: Place,
    line: SiteLine,
}

async fn show(State(accounts): State<Accounts>, staff: Staff, Path(id): Path<String>) -> Result<Response, PageError> {
    let line = site::line(&accounts, &staff, &id).await?;
    let shell = site::shell(&accounts, &staff, &line);
    let page = Unlinking { shell: shell.clone(), place: staff.place, line };
    Ok(Page::new(&shell, page).into_response())
}

async fn submit(
    State(accounts): State<Accounts>,
    staff: Staff,
    Path(id): Path<String>,
    Form(_): Form,
) -> Result<Response, PageError> {
    let (by, t) = (staff.administrator()?, staff.words(&accounts));
    let line = site::line(&accounts, &staff, &id).await?;
    let mut unit = accounts.db.write().await?;
    by.hold_as_it_is(&mut unit).await?;
    let notice = match links::unlink(&mut unit, &by.actor(), line.id, by.organization()).await {
        Ok(true) => t.sync_unlinked(&line.name),
        Ok(false) => t.sync_was_not_linked(&line.name),
        Err(SiteError::Fault(fault)) => return Err(fault.into()),
        Err(_) => t.sync_only_agency_ends(&line.name),
    };
    unit.commit().await?;
    Ok(see_other_with(&accounts.kit, &format!("/org/sites/{}", line.id), &notice))
}
