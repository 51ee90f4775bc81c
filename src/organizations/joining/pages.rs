//! A request to join, for those who decide. `GET|POST /org/requests/{id}`

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};

use super::{DecideError, Request, accept, deny, request, usual_domain};
use crate::accounts::Accounts;
use crate::kernel::{FieldErrors, JoinRequestId, OrganizationId, Remark};
use crate::organizations::{AssignableRole, Place, extract::Staff, face, rules::domain};
use crate::platform::{
    store::Sql,
    web::{Form, Page, PageError, Routes, Shell, see_other_with},
};

/// The pages of this part.
pub fn routes(accounts: Accounts) -> Routes {
    Routes::new().get("/org/requests/{id}", show).post("/org/requests/{id}", decide).with_state(accounts)
}

#[derive(Template)]
#[template(path = "organizations/request.html")]
struct RequestPage {
    shell: Shell,
    place: Place,
    request: Request,
    /// How many people have an address at the same domain, and how many there are.
    alike: u64,
    users: u64,
    reason: String,
    errors: FieldErrors,
}

impl RequestPage {
    fn decided(&self) -> String {
        self.request.decided.as_ref().map(|decided| face::sentence(decided, self.shell.t)).unwrap_or_default()
    }
}

async fn find(on: &mut impl Sql, organization: OrganizationId, id: &str) -> Result<Request, PageError> {
    let id: JoinRequestId = id.parse().map_err(|_| PageError::not_found())?;
    request(on, organization, id).await?.ok_or_else(PageError::not_found)
}

async fn page(accounts: &Accounts, staff: &Staff, id: &str) -> Result<RequestPage, PageError> {
    let (organization, mut reader) = (staff.place.organization, accounts.db.read().await?);
    let request = find(&mut reader, organization, id).await?;
    let (alike, users) = usual_domain(&mut reader, organization, domain(&request.email)).await?;
    let count = |n: i64| u64::try_from(n).unwrap_or_default();
    Ok(RequestPage {
        shell: staff.shell(accounts),
        place: staff.place.clone(),
        request,
        alike: count(alike),
        users: count(users),
        reason: String::new(),
        errors: FieldErrors::default(),
    })
}

async fn show(State(accounts): State<Accounts>, staff: Staff, Path(id): Path<String>) -> Result<Response, PageError> {
    let page = page(&accounts, &staff, &id).await?;
    Ok(Page::new(&page.shell.clone(), page).into_response())
}

async fn decide(
    State(accounts): State<Accounts>,
    staff: Staff,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let (by, t) = (staff.administrator()?, staff.words(&accounts));
    let reason = match fields.get("reason").map(str::parse::<Remark>).transpose() {
        Ok(reason) => reason,
        Err(_) => return refuse_reason(&accounts, &staff, &id, fields.get("reason").unwrap_or_default()).await,
    };
    let mut unit = accounts.db.write().await?;
    let request = find(&mut unit, by.organization(), &id).await?;
    let notice = match fields.get("decision") {
        Some("accept") => {
            let role = AssignableRole::chosen(fields.get("role"));
            accept(&mut unit, &accounts.kit, by, request.id, role).await?;
            t.join_accepted(&request.person, &request.email)
        }
        Some("deny") => {
            deny(&mut unit, &accounts.kit, by, request.id, reason).await?;
            t.join_denied(&request.person, &request.email)
        }
        _ => return Err(PageError::not_found()),
    };
    unit.commit().await?;
    Ok(see_other_with(&accounts.kit, "/org/users", &notice))
}

async fn refuse_reason(accounts: &Accounts, staff: &Staff, id: &str, reason: &str) -> Result<Response, PageError> {
    let mut page = page(accounts, staff, id).await?;
    page.errors = FieldErrors::one("reason", page.shell.t.join_reason_wrong());
    page.reason = reason.to_owned();
    let status = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    Ok(Page::new(&page.shell.clone(), page).status(status).into_response())
}

impl From<DecideError> for PageError {
    fn from(error: DecideError) -> Self {
        match error {
            DecideError::NotFound => Self::not_found(),
            DecideError::Decided(decided) => face::decided_before(*decided, "/org/users"),
            DecideError::PersonGone => face::conflict(|t| t.join_person_gone().into()),
            DecideError::Refused(refused) => refused.into(),
            DecideError::Fault(fault) => fault.into(),
        }
    }
}
