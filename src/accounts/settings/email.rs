//! Another address (X31): the password, then the code from the new mailbox.
//! `POST /account/email`, `GET, POST /account/email/code`, `POST /account/email/resend`

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::details::{self, Typed};
use crate::accounts::{
    Accounts,
    address::{self, AskError},
    codes::{self, CheckError, Purpose, SendError},
    sessions::extract::Person,
};
use crate::kernel::{EmailAddress, Fault, FieldErrors};
use crate::platform::{
    web::{Form, Page, PageError, Shell, notice::see_other_with, see_other},
    words::Words,
};

const CODE_PATH: &str = "/account/email/code";

#[derive(Template)]
#[template(path = "accounts/settings/code.html")]
pub(super) struct CodePage {
    pub(super) shell: Shell,
    pub(super) action: &'static str,
    pub(super) resend: &'static str,
    pub(super) email: String,
    pub(super) life: String,
    pub(super) errors: FieldErrors,
}

impl CodePage {
    pub(super) fn draw(self) -> Response {
        let status = if self.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        let shell = self.shell.clone();
        Page::new(&shell, self).status(status).into_response()
    }
}

/// What the page says when no code was sent.
///
/// # Errors
/// The fault, which is for the edge.
pub(super) fn not_sent(t: Words, error: SendError) -> Result<String, Fault> {
    match error {
        SendError::TooSoon(wait) => Ok(t.codes_too_soon(t.span(wait))),
        SendError::TooMany(wait) => Ok(t.codes_too_many_mails(t.span(wait))),
        SendError::Fault(fault) => Err(fault),
    }
}

/// What the page says when a code proves nothing.
///
/// # Errors
/// The fault, which is for the edge.
pub(super) fn not_proven(t: Words, error: CheckError) -> Result<String, Fault> {
    match error {
        CheckError::Wrong => Ok(t.codes_wrong().to_owned()),
        CheckError::Expired => Ok(t.codes_expired().to_owned()),
        CheckError::TooMany => Ok(t.codes_too_many().to_owned()),
        CheckError::Fault(fault) => Err(fault),
    }
}

/// `POST /account/email`. The same answer whether the address is free or somebody else's.
pub(super) async fn ask(
    State(accounts): State<Accounts>,
    person: Person,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let t = person.visitor.words(&accounts);
    let refuse = |errors| Ok(details::draw(&accounts, &person, Typed::of(&fields), errors));
    let Ok(new) = fields.get("email").unwrap_or_default().parse::<EmailAddress>() else {
        return refuse(FieldErrors::one("email", t.account_email_malformed()));
    };
    let password = fields.get("current_password").unwrap_or_default();
    match address::ask(&accounts, &person.signed_in, &new, (password, &person.visitor.network)).await {
        Ok(()) => Ok(see_other(CODE_PATH)),
        Err(AskError::Same) => refuse(FieldErrors::one("email", t.account_email_same())),
        Err(AskError::Unconfirmed(error)) => refuse(FieldErrors::one("current_password", error.say(t)?)),
        Err(AskError::NotSent(error)) => refuse(FieldErrors::one("email", not_sent(t, error)?)),
    }
}

async fn pending(accounts: &Accounts, person: &Person) -> Result<Option<EmailAddress>, Fault> {
    let holder = person.signed_in.account.id().to_string();
    codes::pending(&mut accounts.db.read().await?, Purpose::EmailChange, &holder).await
}

/// `GET /account/email/code`
pub(super) async fn show(State(accounts): State<Accounts>, person: Person) -> Result<Response, PageError> {
    draw(&accounts, &person, FieldErrors::default()).await
}

async fn draw(accounts: &Accounts, person: &Person, errors: FieldErrors) -> Result<Response, PageError> {
    let Some(email) = pending(accounts, person).await? else { return Ok(see_other(details::PATH)) };
    let shell = person.visitor.shell(accounts);
    let life = shell.t.span(codes::LIFE);
    let (action, resend) = (CODE_PATH, "/account/email/resend");
    Ok(CodePage { shell, action, resend, email: email.to_string(), life, errors }.draw())
}

/// `POST /account/email/code`
pub(super) async fn submit(
    State(accounts): State<Accounts>,
    person: Person,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let t = person.visitor.words(&accounts);
    match address::finish(&accounts, &person.signed_in, fields.get("code").unwrap_or_default()).await {
        Ok(new) => Ok(see_other_with(&accounts.kit, details::PATH, &t.account_email_changed(new))),
        Err(error) => draw(&accounts, &person, FieldErrors::one("code", not_proven(t, error)?)).await,
    }
}

/// `POST /account/email/resend`
pub(super) async fn resend(
    State(accounts): State<Accounts>,
    person: Person,
    Form(_): Form,
) -> Result<Response, PageError> {
    let t = person.visitor.words(&accounts);
    match address::resend(&accounts, &person.signed_in).await {
        Ok(Some(new)) => Ok(see_other_with(&accounts.kit, CODE_PATH, &t.codes_sent_again(new))),
        Ok(None) => Ok(see_other(details::PATH)),
        Err(error) => draw(&accounts, &person, FieldErrors::one("code", not_sent(t, error)?)).await,
    }
}
