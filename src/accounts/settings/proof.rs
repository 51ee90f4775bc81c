//! Confirming the address that the account has. `POST /account/email/proof`,
//! `GET, POST /account/email/proof/code`

use axum::{extract::State, response::Response};

use super::{
    details,
    email::{CodePage, not_proven, not_sent},
};
use crate::accounts::{Accounts, address, codes, sessions::extract::Person};
use crate::kernel::FieldErrors;
use crate::platform::web::{Form, PageError, notice::see_other_with, see_other};

const CODE_PATH: &str = "/account/email/proof/code";

/// `POST /account/email/proof`: sends a code, the first one or another one.
pub(super) async fn ask(
    State(accounts): State<Accounts>,
    person: Person,
    Form(_): Form,
) -> Result<Response, PageError> {
    let t = person.visitor.words(&accounts);
    if person.signed_in.account.verified_email().is_some() {
        return Ok(see_other(details::PATH));
    }
    match address::ask_to_prove(&accounts, &person.signed_in).await {
        Ok(()) => Ok(see_other(CODE_PATH)),
        Err(error) => Ok(draw(&accounts, &person, FieldErrors::one("code", not_sent(t, error)?))),
    }
}

/// `GET /account/email/proof/code`
pub(super) async fn show(State(accounts): State<Accounts>, person: Person) -> Response {
    if person.signed_in.account.verified_email().is_some() {
        return see_other(details::PATH);
    }
    draw(&accounts, &person, FieldErrors::default())
}

fn draw(accounts: &Accounts, person: &Person, errors: FieldErrors) -> Response {
    let shell = person.visitor.shell(accounts);
    let (life, email) = (shell.t.span(codes::LIFE), person.signed_in.account.email().to_string());
    CodePage { shell, action: CODE_PATH, resend: "/account/email/proof", email, life, errors }.draw()
}

/// `POST /account/email/proof/code`
pub(super) async fn submit(
    State(accounts): State<Accounts>,
    person: Person,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let t = person.visitor.words(&accounts);
    match address::prove(&accounts, &person.signed_in, fields.get("code").unwrap_or_default()).await {
        Ok(()) => {
            let notice = t.account_email_confirmed(person.signed_in.account.email());
            Ok(see_other_with(&accounts.kit, details::PATH, &notice))
        }
        Err(error) => Ok(draw(&accounts, &person, FieldErrors::one("code", not_proven(t, error)?))),
    }
}
