//! The overview of an organization, and its form. `GET /org`, `GET|POST /org/edit`

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::form::Typed;
use crate::accounts::Accounts;
use crate::kernel::{Fault, FieldErrors};
use crate::organizations::{
    Named, Place, Profile, Refused, Role,
    extract::Staff,
    joining,
    store::{
        self,
        people::{self, AdministratorRow},
    },
};
use crate::platform::{
    store::Reader,
    web::{Form, Page, PageError, Routes, Shell, see_other_with},
};

/// The pages of this part.
pub fn routes(accounts: Accounts) -> Routes {
    Routes::new().get("/org", overview).get("/org/edit", show).post("/org/edit", submit).with_state(accounts)
}

#[derive(Template)]
#[template(path = "organizations/overview.html")]
struct Overview {
    shell: Shell,
    place: Place,
    profile: Profile,
    founder: String,
    administrators: Vec<String>,
    users: u64,
    invitations: u64,
    requests: u64,
    sites: u64,
}

impl Overview {
    /// Whether agencies miss something that they print on documents.
    const fn lacks_address(&self) -> bool {
        self.profile.street.is_none() || self.profile.city.is_none() || self.profile.email.is_none()
    }

    const fn has_to_do(&self) -> bool {
        self.place.role.administers()
            && (self.requests > 0 || self.users < 2 || self.sites == 0 || self.lacks_address())
    }
}

fn named(row: &AdministratorRow) -> String {
    Named { given_name: row.given_name.clone(), family_name: row.family_name.clone() }.to_string()
}

async fn overview(State(accounts): State<Accounts>, staff: Staff) -> Result<Response, PageError> {
    let (organization, mut reader) = (staff.place.organization, accounts.db.read().await?);
    let profile = profile(&mut reader, &staff.place).await?;
    let deciding = people::administrators(&mut reader, organization).await?;
    let (users, invitations) = people::count(&mut reader, organization).await?;
    let requests = joining::count_waiting(&mut reader, organization).await?;
    let sites = store::count_sites(&mut reader, organization).await?;
    drop(reader);
    let is_founder = |row: &&AdministratorRow| row.role == Role::Founder.as_str();
    let count = |n: i64| u64::try_from(n).unwrap_or_default();
    let page = Overview {
        shell: staff.shell(&accounts),
        profile,
        founder: deciding.iter().find(is_founder).map(named).unwrap_or_default(),
        administrators: deciding.iter().filter(|row| !is_founder(row)).map(named).collect(),
        users: count(users),
        invitations: count(invitations),
        requests: count(requests),
        sites: count(sites),
        place: staff.place,
    };
    Ok(Page::new(&page.shell.clone(), page).into_response())
}

async fn profile(reader: &mut Reader, place: &Place) -> Result<Profile, PageError> {
    let found: Result<Option<Profile>, Fault> = super::read(reader, place.organization).await;
    found?.ok_or_else(|| Refused::OrganizationGone.into())
}

#[derive(Template)]
#[template(path = "organizations/edit.html")]
struct Edit {
    shell: Shell,
    place: Place,
    typed: Typed,
    errors: FieldErrors,
}

async fn show(State(accounts): State<Accounts>, staff: Staff) -> Result<Response, PageError> {
    let profile = profile(&mut accounts.db.read().await?, &staff.place).await?;
    let shell = staff.shell(&accounts);
    let page =
        Edit { shell: shell.clone(), place: staff.place, typed: (&profile).into(), errors: FieldErrors::default() };
    Ok(Page::new(&shell, page).into_response())
}

async fn submit(State(accounts): State<Accounts>, staff: Staff, Form(fields): Form) -> Result<Response, PageError> {
    let (t, typed) = (staff.words(&accounts), Typed::of(&fields));
    let profile = match typed.check(t) {
        Ok(profile) => profile,
        Err(errors) => {
            let shell = staff.shell(&accounts);
            let page = Edit { shell: shell.clone(), place: staff.place, typed, errors };
            return Ok(Page::new(&shell, page).status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
        }
    };
    let name = profile.name.clone();
    let mut unit = accounts.db.write().await?;
    let is_changed = super::edit(&mut unit, &accounts.kit, staff.administrator()?, profile).await?;
    unit.commit().await?;
    let notice = if is_changed { t.org_saved(name) } else { t.org_unchanged().to_owned() };
    Ok(see_other_with(&accounts.kit, "/org", &notice))
}
