//! The sign-in page. `GET /login`, `POST /login`

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{SignInError, Try, sign_in};
use crate::accounts::{
    Accounts, letters,
    sessions::extract::{Visitor, session_cookie},
};
use crate::kernel::Lifetime;
use crate::platform::web::{
    Errand, ErrandInAddress, ErrandSite, Form, Page, PageError, Routes, SealedErrand, Shell, errand::Opened, see_other,
};
use crate::platform::words::Words;

/// The pages of this part.
pub fn routes(accounts: Accounts) -> Routes {
    Routes::new().get("/", home).get("/login", show).post("/login", submit).with_state(accounts)
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    shell: Shell,
}

async fn home(State(accounts): State<Accounts>, visitor: Visitor) -> Response {
    let shell = visitor.shell(&accounts);
    Page::new(&shell.clone(), Home { shell }).into_response()
}

#[derive(Template)]
#[template(path = "accounts/sign_in.html")]
struct SignIn {
    shell: Shell,
    site: Option<ErrandSite>,
    again: bool,
    errand: Option<String>,
    cancel: Option<String>,
    identifier: String,
    problem: Option<Problem>,
}

/// What went wrong, and the field to look at.
struct Problem {
    field: &'static str,
    text: String,
}

/// Where the person goes on to, if a site sent them.
struct Destination {
    errand: Option<(Box<Errand>, SealedErrand)>,
}

impl Destination {
    fn of(sealed: Option<SealedErrand>, accounts: &Accounts) -> Result<Self, PageError> {
        let Some(sealed) = sealed else { return Ok(Self { errand: None }) };
        match sealed.open(&accounts.kit, accounts.db.now()) {
            Opened::Good(errand) => Ok(Self { errand: Some((errand, sealed)) }),
            Opened::Expired(errand) => Err(expired(&errand.site)),
            Opened::Unreadable => Err(unreadable()),
        }
    }

    fn page(&self, shell: Shell, identifier: Option<String>, problem: Option<Problem>) -> SignIn {
        let errand = self.errand.as_ref();
        SignIn {
            shell,
            site: errand.map(|(errand, _)| errand.site.clone()),
            again: errand.is_some_and(|(errand, _)| errand.again),
            errand: errand.map(|(_, sealed)| sealed.as_str().to_owned()),
            cancel: errand.map(|(errand, sealed)| errand.cancel_path(sealed)),
            identifier: identifier.or_else(|| errand?.0.hint.clone()).unwrap_or_default(),
            problem,
        }
    }

    fn answer(&self, status: StatusCode, page: SignIn) -> Response {
        let shell = page.shell.clone();
        let drawn = Page::new(&shell, page).status(status);
        match &self.errand {
            Some((errand, _)) => drawn.form_ends_at(&errand.site.origin).into_response(),
            None => drawn.into_response(),
        }
    }
}

/// The request of the site is too old; the site is still known.
#[must_use]
pub fn expired(site: &ErrandSite) -> PageError {
    PageError::new(StatusCode::BAD_REQUEST, "CX-1101", |t| t.error_expired().into())
        .advise(|t| t.error_expired_advice().into())
        .start_again_at(site)
}

/// The address was cut, or is not one of ours.
#[must_use]
pub fn unreadable() -> PageError {
    PageError::new(StatusCode::BAD_REQUEST, "CX-1001", |t| t.error_unknown_site().into())
        .advise(|t| t.error_unknown_link_advice().into())
}

async fn show(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    ErrandInAddress(errand): ErrandInAddress,
) -> Result<Response, PageError> {
    let destination = Destination::of(errand, &accounts)?;
    if destination.errand.is_none() && visitor.person.is_some() {
        return Ok(see_other("/"));
    }
    let page = destination.page(visitor.shell(&accounts), None, None);
    Ok(destination.answer(StatusCode::OK, page))
}

async fn submit(State(accounts): State<Accounts>, visitor: Visitor, Form(fields): Form) -> Result<Response, PageError> {
    let destination = Destination::of(fields.get("errand").map(SealedErrand::from_browser), &accounts)?;
    let identifier = fields.get("username").unwrap_or_default().to_owned();
    let attempt = Try {
        identifier: identifier.clone(),
        password: fields.get("password").unwrap_or_default().to_owned(),
        browser: visitor.browser(),
    };
    let signed_in = sign_in(&accounts, attempt).await;
    accounts.metrics.sign_in(outcome(&signed_in));
    match signed_in {
        Ok(token) => {
            let mut response = see_other(
                &destination.errand.as_ref().map_or("/".to_owned(), |(errand, sealed)| errand.resume_path(sealed)),
            );
            response.headers_mut().append(header::SET_COOKIE, session_cookie(&accounts.kit, &token));
            Ok(response)
        }
        Err(error) => refuse(&destination, visitor.shell(&accounts), identifier, error),
    }
}

/// The outcome of a try, for the metrics.
const fn outcome<T>(signed_in: &Result<T, SignInError>) -> &'static str {
    match signed_in {
        Ok(_) => "signed_in",
        Err(SignInError::Wrong) => "wrong",
        Err(SignInError::Disabled(_)) => "disabled",
        Err(SignInError::Wait(_)) => "throttled",
        Err(SignInError::Fault(_)) => "fault",
    }
}

/// The same page with what went wrong; the identifier is kept, the password is not.
fn refuse(
    destination: &Destination,
    shell: Shell,
    identifier: String,
    error: SignInError,
) -> Result<Response, PageError> {
    let (status, text, wait) = match error {
        SignInError::Wrong => {
            (StatusCode::UNPROCESSABLE_ENTITY, "The email, user ID or password is not correct".to_owned(), None)
        }
        SignInError::Disabled(by) => {
            (StatusCode::FORBIDDEN, letters::disabled_by(Words::default(), by.as_deref()), None)
        }
        SignInError::Wait(wait) => {
            (StatusCode::TOO_MANY_REQUESTS, format!("Too many tries. Try again in {}", in_words(wait)), Some(wait))
        }
        SignInError::Fault(fault) => return Err(fault.into()),
    };
    let page = destination.page(shell, Some(identifier), Some(Problem { field: "password", text }));
    let mut response = destination.answer(status, page);
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_seconds().max(1)));
    }
    Ok(response)
}

fn in_words(wait: Lifetime) -> String {
    match wait.as_seconds() {
        ..=1 => "1 second".to_owned(),
        seconds @ ..=90 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", (seconds + 59) / 60),
    }
}
