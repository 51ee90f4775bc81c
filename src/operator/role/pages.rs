//! Taking up an invitation: a GET shows, a POST with the password acts. `GET|POST /ops/join/{token}`

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{AcceptError, LIFE, Link, OperatorLink, accept, look};
use crate::accounts::{Accounts, sessions::extract::Person, sign_in};
use crate::kernel::{FieldErrors, Token};
use crate::platform::web::{Form, Page, PageError, Routes, Shell, see_other_with};

/// The pages of this part.
pub fn routes(accounts: Accounts) -> Routes {
    Routes::new().get("/ops/join/{token}", show).post("/ops/join/{token}", submit).with_state(accounts)
}

#[derive(Template)]
#[template(path = "ops/join.html")]
struct Join {
    shell: Shell,
    username: String,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "ops/join_gone.html")]
struct Gone {
    shell: Shell,
    why: String,
    advice: String,
}

async fn show(
    State(accounts): State<Accounts>,
    person: Person,
    Path(token): Path<String>,
) -> Result<Response, PageError> {
    let Ok(token) = token.parse::<Token<OperatorLink>>() else { return Ok(gone(&accounts, &person, &Link::Unknown)) };
    let link = look(&mut accounts.db.read().await?, &token).await?;
    Ok(match link {
        Link::Good(address) => match person.signed_in.account.verified_email() {
            Some(own) if own.address().folded() == address.folded() => draw(&accounts, &person, FieldErrors::default()),
            _ => other_address(&accounts, &person),
        },
        link => gone(&accounts, &person, &link),
    })
}

async fn submit(
    State(accounts): State<Accounts>,
    person: Person,
    Path(token): Path<String>,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let t = person.visitor.words(&accounts);
    let Ok(token) = token.parse::<Token<OperatorLink>>() else { return Ok(gone(&accounts, &person, &Link::Unknown)) };
    let typed = fields.get("current_password").unwrap_or_default();
    if let Err(error) = sign_in::confirm(&accounts, &person.signed_in, typed, &person.visitor.network).await {
        return Ok(draw(&accounts, &person, FieldErrors::one("current_password", error.say(t)?)));
    }
    let mut unit = accounts.db.write().await?;
    match accept(&mut unit, &token, &person.signed_in.account).await {
        Ok(()) => {
            unit.commit().await?;
            Ok(see_other_with(&accounts.kit, "/ops", t.ops_joined()))
        }
        Err(AcceptError::OtherAddress) => Ok(other_address(&accounts, &person)),
        Err(AcceptError::Gone) => {
            let link = look(&mut unit, &token).await?;
            Ok(gone(&accounts, &person, &link))
        }
        Err(AcceptError::Fault(fault)) => Err(fault.into()),
    }
}

fn draw(accounts: &Accounts, person: &Person, errors: FieldErrors) -> Response {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (shell, username) = (person.visitor.shell(accounts), person.signed_in.account.username().to_string());
    let page = Join { shell: shell.clone(), username, errors };
    Page::new(&shell, page).status(status).into_response()
}

fn other_address(accounts: &Accounts, person: &Person) -> Response {
    let t = person.visitor.words(accounts);
    let advice = t.ops_join_other_advice(person.signed_in.account.email());
    refuse(accounts, person, StatusCode::FORBIDDEN, (t.ops_join_other().to_owned(), advice))
}

fn gone(accounts: &Accounts, person: &Person, link: &Link) -> Response {
    let t = person.visitor.words(accounts);
    let why = match link {
        Link::Expired => t.ops_join_expired(t.span(LIFE)),
        Link::Used => t.ops_join_used().to_owned(),
        Link::Unknown | Link::Good(_) => t.ops_join_unknown().to_owned(),
    };
    refuse(accounts, person, StatusCode::GONE, (why, t.ops_join_again().to_owned()))
}

fn refuse(accounts: &Accounts, person: &Person, status: StatusCode, (why, advice): (String, String)) -> Response {
    let shell = person.visitor.shell(accounts);
    Page::new(&shell.clone(), Gone { shell, why, advice }).status(status).into_response()
}
