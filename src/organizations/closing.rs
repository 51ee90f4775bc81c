//! Closing one's account (X42). `GET, POST /account/close`
//!
//! The page stands on this floor, because a founder has to part with the organization first, and
//! everybody else leaves theirs in the same unit.

use askama::Template;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{Place, Role, joining, members, place_of};
use crate::accounts::{
    self, Accounts, SignedIn,
    sessions::extract::{Person, forget_session},
    sign_in,
};
use crate::audit::Actor;
use crate::kernel::{Fault, FieldErrors};
use crate::platform::{
    store::Unit,
    web::{Form, Page, PageError, Routes, Shell, see_other_with},
};

/// The page of this part.
pub fn routes(accounts: Accounts) -> Routes {
    Routes::new().get("/account/close", show).post("/account/close", submit).with_state(accounts)
}

#[derive(Template)]
#[template(path = "organizations/close_account.html")]
struct Closing {
    shell: Shell,
    username: String,
    email: String,
    place: Option<Place>,
    errors: FieldErrors,
}

impl Closing {
    /// The organization that cannot be without this person.
    fn founded(&self) -> Option<&Place> {
        self.place.as_ref().filter(|place| place.role == Role::Founder)
    }
}

async fn show(State(accounts): State<Accounts>, person: Person) -> Result<Response, PageError> {
    draw(&accounts, &person, FieldErrors::default()).await
}

async fn draw(accounts: &Accounts, person: &Person, errors: FieldErrors) -> Result<Response, PageError> {
    let (shell, account) = (person.visitor.shell(accounts), &person.signed_in.account);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Closing {
        username: account.username().to_string(),
        email: account.email().to_string(),
        place: place_of(&mut accounts.db.read().await?, account.id()).await?,
        errors,
        shell: shell.clone(),
    };
    Ok(Page::new(&shell, page).status(status).into_response())
}

async fn submit(State(accounts): State<Accounts>, person: Person, Form(fields): Form) -> Result<Response, PageError> {
    let t = person.visitor.words(&accounts);
    let typed = fields.get("current_password").unwrap_or_default();
    if let Err(error) = sign_in::confirm(&accounts, &person.signed_in, typed, &person.visitor.network).await {
        return draw(&accounts, &person, FieldErrors::one("current_password", error.say(t)?)).await;
    }
    let mut unit = accounts.db.write().await?;
    if !close(&mut unit, &accounts, &person.signed_in).await? {
        drop(unit);
        // The page says which organization the founder has to part with.
        return draw(&accounts, &person, FieldErrors::default()).await;
    }
    unit.commit().await?;
    let mut response = see_other_with(&accounts.kit, "/", t.closing_closed());
    response.headers_mut().append(header::SET_COOKIE, forget_session(&accounts.kit));
    Ok(response)
}

/// Leaves the organization, takes a request to join back, and closes the account. Says whether it
/// could be done: not for a founder. Drop the unit then.
async fn close(unit: &mut Unit, accounts: &Accounts, person: &SignedIn) -> Result<bool, Fault> {
    let id = person.account.id();
    while let Some(place) = place_of(unit, id).await? {
        if place.role == Role::Founder || !members::leave(unit, &place).await? {
            return Ok(false);
        }
    }
    joining::cancel(unit, id).await?;
    accounts::close_by_person(unit, &accounts.kit, &Actor::Person(id), &person.account).await
}
