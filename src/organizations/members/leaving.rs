//! Leaving an organization by oneself. `GET|POST /org/leave`

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};

use super::leave;
use crate::accounts::Accounts;
use crate::organizations::{Place, Role, extract::Staff, face};
use crate::platform::web::{Form, Page, PageError, Routes, Shell, see_other_with};

/// The pages of this part.
pub fn routes(accounts: Accounts) -> Routes {
    Routes::new().get("/org/leave", show).post("/org/leave", submit).with_state(accounts)
}

#[derive(Template)]
#[template(path = "organizations/leave.html")]
struct Leaving {
    shell: Shell,
    place: Place,
}

impl Leaving {
    fn is_founder(&self) -> bool {
        self.place.role == Role::Founder
    }
}

async fn show(State(accounts): State<Accounts>, staff: Staff) -> Response {
    let page = Leaving { shell: staff.shell(&accounts), place: staff.place };
    Page::new(&page.shell.clone(), page).into_response()
}

async fn submit(State(accounts): State<Accounts>, staff: Staff, Form(_): Form) -> Result<Response, PageError> {
    let mut unit = accounts.db.write().await?;
    if !leave(&mut unit, &staff.place).await? {
        return Err(face::conflict(|t| t.users_founder_stays().into()));
    }
    unit.commit().await?;
    let notice = staff.words(&accounts).users_left(&staff.place.name);
    Ok(see_other_with(&accounts.kit, "/", &notice))
}
