//! Passwords of employees: kept as argon2id, mailed never. Whoever has none, or has forgotten it, chooses one by a link.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use askama::Template;
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use sample_kit::{Fields, Site, page, page_with, see_other};

use crate::desk::{self, Broken, Desk, Frame, Newcomer, Visitor};
use crate::login::WITH_THE_NEW_PASSWORD;
use crate::office::PASSWORD_CHARACTERS_MIN;
use crate::store;

/// The longest password that is worth hashing.
const PASSWORD_BYTES_MAX: usize = 1024;
/// Checked where nobody is known, so that the answer takes as long. It is the hash of no password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGhlcmU$CrMbLXGYbUyBzH1SGNJFOfOyrX1pMEbJZzJvGTcRpPI";

/// Hashes a password, away from the threads that answer requests.
pub(crate) async fn hash(password: String) -> anyhow::Result<String> {
    let hash = move || {
        let hash: PasswordHash = Argon2::default().hash_password(password.as_bytes())?;
        anyhow::Ok(hash.to_string())
    };
    tokio::task::spawn_blocking(hash).await?
}

/// Whether a password is the one of a hash; without a hash it never is, and takes as long.
pub(crate) async fn check(password: String, hash: Option<String>) -> bool {
    let is_known = hash.is_some();
    let check = move || {
        let text = hash.as_deref().unwrap_or(NOBODY);
        let Ok(hash) = PasswordHash::new(text) else { return false };
        password.len() <= PASSWORD_BYTES_MAX && Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
    };
    is_known & tokio::task::spawn_blocking(check).await.unwrap_or(false)
}

/// What is wrong with a new password.
pub(crate) fn fault(password: &str, again: &str) -> Option<&'static str> {
    if password.chars().count() < PASSWORD_CHARACTERS_MIN {
        return Some("Choose a password of at least 15 characters.");
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Some("Choose a shorter password.");
    }
    (password != again).then_some("The two passwords are not the same.")
}

#[derive(Template)]
#[template(path = "forgot.html")]
struct Forgot<'a> {
    frame: &'a Frame,
    is_sent: bool,
}

/// `GET /password/forgot`
pub(crate) async fn ask_page(visitor: Visitor) -> Response {
    page(&Forgot { frame: &visitor.frame, is_sent: false })
}

/// `POST /password/forgot`: the page says the same whether the address is known or not; only the mail knows.
pub(crate) async fn ask(
    State(site): State<Arc<Site>>,
    Extension(desk): Extension<Arc<Desk>>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Broken> {
    let email = fields.get("email");
    // Nobody's mailbox is filled by asking again and again.
    if desk.may_try(&format!("mail to {email}"))
        && let Some(employee) = store::employee_with(&site.copies, email).await?
        && employee.disabled_at.is_none()
    {
        let secret = store::new_link(&site.copies, &employee.id).await?;
        let link =
            site.settings.url.join(&format!("/password/set?link={secret}")).map(String::from).unwrap_or_default();
        let body = format!(
            "Hello {},\n\nchoose your password for {} here:\n{link}\n\nThe link works for one hour. If you did not ask \
             for it, do nothing.",
            employee.first_name, site.settings.name
        );
        store::post(&site.copies, &employee.email, "Choose your password", &body).await?;
    }
    Ok(page(&Forgot { frame: &visitor.frame, is_sent: true }))
}

#[derive(Template)]
#[template(path = "password.html")]
struct Choose<'a> {
    frame: &'a Frame,
    heading: &'a str,
    email: &'a str,
    action: &'a str,
    link: &'a str,
    asks_current: bool,
    fault: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "link-over.html")]
struct LinkOver<'a> {
    frame: &'a Frame,
}

/// `GET /password/set?link=…`: opening the link changes nothing.
pub(crate) async fn set_page(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Broken> {
    let query = Fields::of_query(query.as_deref());
    show_set(&site, &visitor.frame, query.get("link"), None).await
}

async fn show_set(site: &Site, frame: &Frame, link: &str, fault: Option<&str>) -> Result<Response, Broken> {
    let Some(employee) = store::link_owner(&site.copies, link).await? else {
        return Ok(page_with(StatusCode::NOT_FOUND, &LinkOver { frame }));
    };
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (heading, action, email) = ("Choose your password", "/password/set", employee.email.as_str());
    Ok(page_with(status, &Choose { frame, heading, email, action, link, asks_current: false, fault }))
}

/// `POST /password/set`
pub(crate) async fn set(
    State(site): State<Arc<Site>>,
    Extension(desk): Extension<Arc<Desk>>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Broken> {
    let (link, password) = (fields.get("link"), fields.exact("password"));
    if let Some(fault) = fault(password, fields.exact("again")) {
        return show_set(&site, &visitor.frame, link, Some(fault)).await;
    }
    let Some(employee) = store::link_owner(&site.copies, link).await? else {
        return Ok(page_with(StatusCode::NOT_FOUND, &LinkOver { frame: &visitor.frame }));
    };
    let Ok(hash) = hash(password.to_owned()).await else { return Err(Broken) };
    if !store::use_link(&site.copies, link).await? {
        return Ok(page_with(StatusCode::NOT_FOUND, &LinkOver { frame: &visitor.frame }));
    }
    store::set_password(&site.copies, &employee.id, &hash, false).await?;
    desk.close_all(&employee.id);
    desk.forget_tries(&employee.email);
    Ok(see_other(WITH_THE_NEW_PASSWORD))
}

/// `GET /password/change`
pub(crate) async fn change_page(State(site): State<Arc<Site>>, Newcomer(employee): Newcomer) -> Response {
    show_change(&site, &employee.email, None)
}

fn show_change(site: &Site, email: &str, fault: Option<&str>) -> Response {
    let frame = Frame::of_session(&site.settings.name, None);
    let (heading, action) = ("Choose a password of your own", "/password/change");
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page_with(status, &Choose { frame: &frame, heading, email, action, link: "", asks_current: true, fault })
}

/// `POST /password/change`
pub(crate) async fn change(
    State(site): State<Arc<Site>>,
    Extension(desk): Extension<Arc<Desk>>,
    Newcomer(employee): Newcomer,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Broken> {
    let (current, password) = (fields.exact("current"), fields.exact("password"));
    if !desk.may_try(&employee.email) || !check(current.to_owned(), employee.password_hash.clone()).await {
        return Ok(show_change(&site, &employee.email, Some("The present password is not right.")));
    }
    desk.forget_tries(&employee.email);
    let fault = fault(password, fields.exact("again"));
    let fault = fault.or_else(|| (password == current).then_some("Choose a password that you do not have already."));
    if let Some(fault) = fault {
        return Ok(show_change(&site, &employee.email, Some(fault)));
    }
    let Ok(hash) = hash(password.to_owned()).await else { return Err(Broken) };
    store::set_password(&site.copies, &employee.id, &hash, false).await?;
    desk.close_all(&employee.id);
    desk::close_old(&site, &desk, &headers);
    let mut response = see_other(WITH_THE_NEW_PASSWORD);
    site.set_cookie(&mut response, desk::COOKIE, "", 0);
    Ok(response)
}
