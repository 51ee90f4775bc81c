//! Taking a former address back, by the link that was mailed to it. `GET, POST /recover/address/{token}`

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::accounts::{
    Accounts,
    address::{self, UNDO_LIFE, Undo, UndoError, Undone},
    sessions::extract::{Visitor, forget_session},
};
use crate::kernel::FieldErrors;
use crate::platform::web::{Form, Page, PageError, Shell};
use axum::http::header;

#[derive(Template)]
#[template(path = "accounts/recovery/undo.html")]
struct UndoPage {
    shell: Shell,
    username: String,
    email: String,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "accounts/recovery/undone.html")]
struct UndonePage {
    shell: Shell,
    undone: Undone,
}

#[derive(Template)]
#[template(path = "accounts/recovery/undo_gone.html")]
struct UndoGone {
    shell: Shell,
    life: String,
}

/// `GET /recover/address/{token}`: nothing changes.
pub(super) async fn show(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, PageError> {
    let shell = visitor.shell(&accounts);
    let found = match token.parse() {
        Ok(token) => address::look(&mut accounts.db.read().await?, &token).await?,
        Err(_) => None,
    };
    Ok(match found {
        Some(undo) => draw(shell, &undo, FieldErrors::default()),
        None => draw_gone(shell),
    })
}

fn draw(shell: Shell, undo: &Undo, errors: FieldErrors) -> Response {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let username = undo.account.username().to_string();
    let page = UndoPage { shell: shell.clone(), username, email: undo.address.to_string(), errors };
    Page::new(&shell, page).status(status).into_response()
}

fn draw_gone(shell: Shell) -> Response {
    let page = UndoGone { life: shell.t.span(UNDO_LIFE), shell: shell.clone() };
    Page::new(&shell, page).status(StatusCode::GONE).into_response()
}

/// `POST /recover/address/{token}`
pub(super) async fn submit(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    Path(token): Path<String>,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let shell = visitor.shell(&accounts);
    let Ok(token) = token.parse() else { return Ok(draw_gone(shell)) };
    let typed = fields.get("password").unwrap_or_default();
    match address::undo(&accounts, &token, typed, &visitor.network).await {
        Ok(undone) => {
            let shell = shell.without_person();
            let mut response = Page::new(&shell.clone(), UndonePage { shell, undone }).into_response();
            response.headers_mut().append(header::SET_COOKIE, forget_session(&accounts.kit));
            Ok(response)
        }
        Err(UndoError::Gone) => Ok(draw_gone(shell)),
        Err(UndoError::Unconfirmed(error)) => {
            let errors = FieldErrors::one("password", error.say(shell.t)?);
            let found = address::look(&mut accounts.db.read().await?, &token).await?;
            Ok(found.map_or_else(|| draw_gone(shell.clone()), |undo| draw(shell.clone(), &undo, errors)))
        }
    }
}
