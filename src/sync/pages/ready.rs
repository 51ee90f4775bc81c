//! Where one person is ready. `GET /org/users/{id}/sites`

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};

use super::store::people::{self, ThereRow};
use crate::accounts::Accounts;
use crate::kernel::MembershipId;
use crate::organizations::{
    Place,
    extract::Staff,
    members::{self, Member},
};
use crate::platform::web::{Page, PageError, Routes, Shell};
use crate::sites::Family;

/// The pages of this part.
pub(super) fn routes(accounts: Accounts) -> Routes {
    Routes::new().get("/org/users/{id}/sites", show).with_state(accounts)
}

#[derive(Template)]
#[template(path = "sync/ready.html")]
struct Ready {
    shell: Shell,
    place: Place,
    member: Member,
    sites: Vec<ThereRow>,
}

impl Ready {
    fn family(&self, row: &ThereRow) -> &'static str {
        row.kind.parse().map_or("", Family::shown)
    }
}

async fn show(State(accounts): State<Accounts>, staff: Staff, Path(id): Path<String>) -> Result<Response, PageError> {
    let id: MembershipId = id.parse().map_err(|_| PageError::not_found())?;
    let organization = staff.place.organization;
    let mut reader = accounts.db.read().await?;
    let member = members::find(&mut reader, organization, id).await?.ok_or_else(PageError::not_found)?;
    let sites = people::of_person(&mut reader, organization, member.account).await?;
    drop(reader);
    let shell = staff.shell(&accounts);
    let page = Ready { shell: shell.clone(), place: staff.place, member, sites };
    Ok(Page::new(&shell, page).into_response())
}
