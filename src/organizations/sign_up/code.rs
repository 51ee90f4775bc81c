//! The code from the mail. `GET /signup/code`, `POST /signup/code`

use askama::Template;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    email::retry_after,
    held::{self, Held},
    model::Draft,
    rules::Step,
    service::{resend, verify},
    store,
};
use crate::accounts::{
    Accounts,
    codes::{self, CheckError, SendError},
    sessions::extract::Visitor,
};
use crate::kernel::{EmailAddress, Fault, FieldErrors};
use crate::organizations::invitations::waiting_for;
use crate::platform::web::{Form, Page, PageError, Shell, see_other, see_other_with};

#[derive(Template)]
#[template(path = "sign_up/code.html")]
struct CodePage {
    shell: Shell,
    errors: FieldErrors,
    email: EmailAddress,
}

impl CodePage {
    fn answer(self, status: StatusCode) -> Response {
        let shell = self.shell.clone();
        Page::new(&shell, self).status(status).into_response()
    }

    fn refuse(mut self, status: StatusCode, text: impl Into<String>) -> Response {
        self.errors.add("code", text);
        self.answer(status)
    }
}

/// The draft whose address is to be proven; otherwise the path of the step to go on with.
fn unproven(held: Held) -> Result<Draft, &'static str> {
    let draft = held.at(Step::Code)?;
    if draft.is_verified { Err(Step::first_missing(Some(&draft)).path()) } else { Ok(draft) }
}

pub(super) async fn show(State(accounts): State<Accounts>, visitor: Visitor, held: Held) -> Response {
    match unproven(held) {
        Ok(draft) => CodePage { shell: visitor.shell(&accounts), errors: FieldErrors::default(), email: draft.email }
            .answer(StatusCode::OK),
        Err(path) => see_other(path),
    }
}

pub(super) async fn submit(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    held: Held,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let draft = match unproven(held) {
        Ok(draft) => draft,
        Err(path) => return Ok(see_other(path)),
    };
    let email = draft.email.clone();
    let page = CodePage { shell: visitor.shell(&accounts), errors: FieldErrors::default(), email };
    if fields.get("resend").is_some() {
        return send_again(&accounts, &draft, page).await;
    }
    let t = page.shell.t;
    match verify(&accounts, &draft, fields.get("code").unwrap_or_default()).await {
        Ok(token) => {
            let proven = store::find(&mut accounts.db.read().await?, draft.id, token.digest()).await?;
            let mut response = see_other(next(&accounts, proven.as_ref()).await?);
            response.headers_mut().append(header::SET_COOKIE, held::keep(&accounts.kit, &token));
            Ok(response)
        }
        Err(CheckError::Wrong) => Ok(page.refuse(StatusCode::UNPROCESSABLE_ENTITY, t.codes_wrong())),
        Err(CheckError::Expired) => Ok(page.refuse(StatusCode::UNPROCESSABLE_ENTITY, t.codes_expired())),
        Err(CheckError::TooMany) => Ok(page.refuse(StatusCode::UNPROCESSABLE_ENTITY, t.codes_too_many())),
        Err(CheckError::Fault(fault)) => Err(fault.into()),
    }
}

/// Whoever is invited hears of it before they look for an organization.
async fn next(accounts: &Accounts, draft: Option<&Draft>) -> Result<&'static str, Fault> {
    let step = Step::first_missing(draft);
    match draft {
        Some(draft) if step == Step::Organization => {
            let waiting = waiting_for(&mut accounts.db.read().await?, &draft.email).await?;
            Ok(if waiting.is_empty() { step.path() } else { "/signup/invitations" })
        }
        _ => Ok(step.path()),
    }
}

async fn send_again(accounts: &Accounts, draft: &Draft, page: CodePage) -> Result<Response, PageError> {
    let t = page.shell.t;
    let (text, wait) = match resend(accounts, draft).await {
        Ok(()) => {
            let text = t.codes_sent_again(&draft.email);
            return Ok(see_other_with(&accounts.kit, Step::Code.path(), &text));
        }
        Err(SendError::TooSoon(wait)) => (t.codes_too_soon(t.span(wait)), wait),
        Err(SendError::TooMany(wait)) => (t.codes_too_many_mails(t.span(wait)), wait),
        Err(SendError::Fault(fault)) => return Err(fault.into()),
    };
    Ok(retry_after(page.refuse(StatusCode::TOO_MANY_REQUESTS, text), wait))
}
