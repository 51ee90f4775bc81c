//! The sign-in page. `GET /login`, `POST /login`

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

pub use super::destination::{expired, unreadable};
use super::{SignInError, Try, destination::Destination, sign_in};
use crate::accounts::{
    Accounts, letters,
    sessions::extract::{Visitor, session_cookie},
};
use crate::kernel::{FieldErrors, Lifetime};
use crate::platform::web::{ErrandInAddress, ErrandSite, Form, Page, PageError, Routes, Shell, see_other};

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
    /// Whether a person who is signed in is asked for the password before a page of ours.
    confirms: bool,
    errand: Option<String>,
    next: Option<String>,
    cancel: Option<String>,
    forgot: String,
    sign_up: String,
    agency: Option<String>,
    identifier: String,
    errors: FieldErrors,
    wait: Option<Lifetime>,
}

/// What went wrong with a try.
#[derive(Default)]
struct Problem {
    errors: FieldErrors,
    wait: Option<Lifetime>,
}

fn page(destination: &Destination, shell: Shell, identifier: Option<String>, problem: Problem) -> SignIn {
    let errand = destination.errand.as_ref();
    let is_office = |site: &&ErrandSite| site.family.as_deref() == Some("OneOffice");
    SignIn {
        shell,
        site: destination.site().cloned(),
        again: errand.is_some_and(|(errand, _)| errand.again),
        confirms: false,
        errand: destination.sealed().map(str::to_owned),
        next: destination.next.as_ref().map(|next| next.as_str().to_owned()),
        cancel: errand.map(|(errand, sealed)| errand.cancel_path(sealed)),
        forgot: destination.along("/recover"),
        sign_up: destination.along("/signup"),
        agency: destination.site().filter(is_office).and_then(|site| site.home.clone()),
        identifier: identifier.or_else(|| errand?.0.hint.clone()).unwrap_or_default(),
        errors: problem.errors,
        wait: problem.wait,
    }
}

fn answer(destination: &Destination, status: StatusCode, page: SignIn) -> Response {
    let shell = page.shell.clone();
    let drawn = Page::new(&shell, page).status(status);
    match destination.site() {
        Some(site) => drawn.form_ends_at(&site.origin).into_response(),
        None => drawn.into_response(),
    }
}

async fn show(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    ErrandInAddress(errand): ErrandInAddress,
) -> Result<Response, PageError> {
    let next = visitor.here.asked("next");
    let destination = Destination::of(errand, next, &accounts)?;
    let again = visitor.here.asked("again").and(visitor.person.as_ref());
    if destination.errand.is_none() && visitor.person.is_some() && again.is_none() {
        return Ok(see_other(&destination.path()));
    }
    let username = again.map(|person| person.account.username().to_string());
    let mut page = page(&destination, visitor.shell(&accounts), username, Problem::default());
    page.confirms = again.is_some();
    Ok(answer(&destination, StatusCode::OK, page))
}

async fn submit(State(accounts): State<Accounts>, visitor: Visitor, Form(fields): Form) -> Result<Response, PageError> {
    let destination = Destination::in_form(&fields, &accounts)?;
    let visitor = visitor.carrying(&fields);
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
            let mut response = see_other(&destination.path());
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
    let t = shell.t;
    let (status, text, wait) = match error {
        SignInError::Wrong => (StatusCode::UNPROCESSABLE_ENTITY, t.sign_in_wrong().to_owned(), None),
        SignInError::Disabled(by) => (StatusCode::FORBIDDEN, letters::disabled_by(t, by.as_deref()), None),
        SignInError::Wait(wait) => (StatusCode::TOO_MANY_REQUESTS, t.sign_in_wait(t.span(wait)), Some(wait)),
        SignInError::Fault(fault) => return Err(fault.into()),
    };
    let problem = Problem { errors: FieldErrors::one("password", text), wait };
    let mut response = answer(destination, status, page(destination, shell, Some(identifier), problem));
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_seconds().max(1)));
    }
    Ok(response)
}
