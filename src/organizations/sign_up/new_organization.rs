//! A new organization, and whether it is one that is here. `GET` and `POST /signup/organization/new`

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{
    held::Held,
    model::{Choice, NewOrganization},
    organization::{Seeker, Way, choose, join},
    rules::Step,
};
use crate::accounts::{Accounts, sessions::extract::Visitor};
use crate::kernel::{EmailAddress, FieldErrors};
use crate::organizations::{
    self, Organization, Profile,
    search::{self, Listing},
};
use crate::platform::web::{Form, Page, PageError, Shell, see_other};
use crate::protocol::oauth::Params;

#[derive(Template)]
#[template(path = "sign_up/new_organization.html")]
struct NewPage {
    shell: Shell,
    way: Way,
    errors: FieldErrors,
    new: NewOrganization,
}

#[derive(Template)]
#[template(path = "sign_up/alike.html")]
struct Alike {
    shell: Shell,
    way: Way,
    errors: FieldErrors,
    new: NewOrganization,
    alike: Vec<Listing>,
}

/// What the form led to.
pub(super) enum Wanted {
    /// An organization is to be founded.
    Found(NewOrganization, Box<Profile>),
    /// The person found theirs among those with a name like it.
    Ask(Box<Organization>),
    /// A page is to be shown first.
    Page(Response),
}

impl NewOrganization {
    /// A form that the organization's own address is filled into: the person's (S26).
    pub(super) fn with_email(email: &EmailAddress) -> Self {
        Self { email: email.to_string(), ..Self::default() }
    }

    fn of(fields: &Params) -> Self {
        let get = |name: &str| fields.get(name).unwrap_or_default().trim().to_owned();
        Self {
            name: get("name"),
            street: get("street"),
            city: get("city"),
            state: get("state"),
            postal_code: get("postal_code"),
            email: get("email"),
            phone: get("phone"),
        }
    }
}

/// Draws the form.
pub(super) fn page(shell: Shell, way: Way, new: NewOrganization, errors: FieldErrors) -> Response {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Page::new(&shell.clone(), NewPage { shell, way, errors, new }).status(status).into_response()
}

/// Reads the form. A name like others in the same state is asked about once.
pub(super) async fn read(accounts: &Accounts, shell: Shell, way: Way, fields: &Params) -> Result<Wanted, PageError> {
    let new = NewOrganization::of(fields);
    let profile = match new.check(shell.t) {
        Ok(profile) => profile,
        Err(errors) => return Ok(Wanted::Page(page(shell, way, new, errors))),
    };
    let same = fields.get("same").unwrap_or_default();
    if same == "none" {
        return Ok(Wanted::Found(new, Box::new(profile)));
    }
    let mut reader = accounts.db.read().await?;
    let alike = search::alike(&mut reader, &profile.name, &new.state).await?;
    if let Some(chosen) = alike.iter().find(|each| each.id.to_string() == same) {
        let organization = organizations::find(&mut reader, &chosen.id.to_string()).await?.into_iter().next();
        if let Some(organization) = organization {
            return Ok(Wanted::Ask(Box::new(organization)));
        }
    }
    drop(reader);
    if alike.is_empty() {
        return Ok(Wanted::Found(new, Box::new(profile)));
    }
    let mut errors = FieldErrors::default();
    if fields.get("alike").is_some() {
        errors.add("same", shell.t.sign_up_alike_missing());
    }
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Alike { shell: shell.clone(), way, errors, new, alike };
    Ok(Wanted::Page(Page::new(&shell, page).status(status).into_response()))
}

pub(super) async fn show(State(accounts): State<Accounts>, visitor: Visitor, held: Held) -> Response {
    let draft = match held.at(Step::Organization) {
        Ok(draft) => draft,
        Err(path) => return see_other(path),
    };
    let new = match draft.choice {
        Some(Choice::Found(new)) => new,
        _ => NewOrganization::with_email(&draft.email),
    };
    page(visitor.shell(&accounts), Way::Wizard, new, FieldErrors::default())
}

pub(super) async fn submit(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    held: Held,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let draft = match held.at(Step::Organization) {
        Ok(draft) => draft,
        Err(path) => return Ok(see_other(path)),
    };
    let way = Seeker::in_wizard(&draft).way;
    match read(&accounts, visitor.shell(&accounts), way, &fields).await? {
        Wanted::Found(new, _) => choose(&accounts, draft, Choice::Found(new)).await,
        Wanted::Ask(organization) => choose(&accounts, draft, join(&organization, String::new())).await,
        Wanted::Page(page) => Ok(page),
    }
}
