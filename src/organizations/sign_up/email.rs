//! The first step: the address and the language of mails. `GET /signup`, `POST /signup`

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    held::{self, Held},
    onward::{Onward, with_errand},
    rules::{Step, probably_meant},
    service::{Beginning, Begun, begin},
};
use crate::accounts::{Accounts, codes::SendError, sessions::extract::Visitor, sign_in::unreadable};
use crate::kernel::{EmailAddress, FieldErrors, Language, Lifetime};
use crate::platform::web::{ErrandInAddress, Form, Page, PageError, Shell, see_other};

#[derive(Template)]
#[template(path = "sign_up/email.html")]
struct EmailPage {
    shell: Shell,
    errors: FieldErrors,
    onward: Option<Onward>,
    email: String,
    language: Language,
    /// The address that was probably a slip, and may be kept by sending it again.
    doubted: Option<String>,
    sign_in: String,
}

impl EmailPage {
    fn new(shell: Shell, onward: Option<Onward>) -> Self {
        let (language, sign_in) = (shell.t.language, with_errand("/login", onward.as_ref()));
        let (errors, email) = (FieldErrors::default(), String::new());
        Self { shell, errors, onward, email, language, doubted: None, sign_in }
    }

    fn answer(self, status: StatusCode) -> Response {
        let shell = self.shell.clone();
        Page::new(&shell, self).status(status).into_response()
    }

    fn refuse(mut self, status: StatusCode, text: impl Into<String>) -> Response {
        self.errors.add("email", text);
        self.answer(status)
    }
}

/// The site's request as the browser brought it; one that cannot be read is told, not dropped.
fn onward(accounts: &Accounts, sealed: Option<&str>) -> Result<Option<Onward>, PageError> {
    let onward = Onward::of(accounts, sealed)?;
    if onward.is_none() && sealed.is_some() { Err(unreadable()) } else { Ok(onward) }
}

pub(super) async fn show(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    ErrandInAddress(errand): ErrandInAddress,
    Held(draft): Held,
) -> Result<Response, PageError> {
    let brought = errand.as_ref().map(|errand| errand.as_str());
    if visitor.person.is_some() && brought.is_none() {
        return Ok(see_other("/"));
    }
    let kept = draft.as_ref().and_then(|draft| draft.errand.as_deref());
    let mut page = EmailPage::new(visitor.shell(&accounts), onward(&accounts, brought.or(kept))?);
    if let Some(draft) = draft {
        (page.email, page.language) = (draft.email.to_string(), draft.language);
    }
    Ok(page.answer(StatusCode::OK))
}

pub(super) async fn submit(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    Held(draft): Held,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let get = |name: &str| fields.get(name).unwrap_or_default().trim().to_owned();
    let onward = onward(&accounts, fields.get("errand"))?;
    let errand = onward.as_ref().map(|onward| onward.errand.clone());
    let visitor = visitor.carrying(&fields);
    let mut page = EmailPage::new(visitor.shell(&accounts), onward);
    page.language = get("language").parse().unwrap_or(page.shell.t.language);
    page.email = get("email");
    let Ok(email) = page.email.parse::<EmailAddress>() else {
        let text = page.shell.t.sign_up_email_wrong();
        return Ok(page.refuse(StatusCode::UNPROCESSABLE_ENTITY, text));
    };
    if let Some(meant) = probably_meant(&email).filter(|_| get("doubted") != page.email) {
        page.doubted = Some(page.email.clone());
        let text = page.shell.t.sign_up_email_meant(meant);
        return Ok(page.refuse(StatusCode::UNPROCESSABLE_ENTITY, text));
    }
    let beginning = Beginning { email, language: page.language, errand, network: visitor.network };
    match begin(&accounts, draft.as_ref(), beginning).await {
        Ok(Begun::ProvenBefore) => Ok(see_other(Step::first_missing(draft.as_ref()).path())),
        Ok(Begun::CodeSent(token)) => {
            let mut response = see_other(Step::Code.path());
            let cookie = token.map(|token| held::keep(&accounts.kit, &token));
            response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
            Ok(response)
        }
        // The code of a moment ago is still good.
        Err(SendError::TooSoon(_)) => Ok(see_other(Step::Code.path())),
        Err(SendError::TooMany(wait)) => {
            let text = page.shell.t.codes_too_many_mails(page.shell.t.span(wait));
            Ok(retry_after(page.refuse(StatusCode::TOO_MANY_REQUESTS, text), wait))
        }
        Err(SendError::Fault(fault)) => Err(fault.into()),
    }
}

/// The same page as an answer that says when to come again (RFC 6585 §4).
pub(super) fn retry_after(mut response: Response, wait: Lifetime) -> Response {
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_seconds().max(1)));
    response
}
