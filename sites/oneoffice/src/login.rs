//! `/login`: two ways in. People from outside the agency come with ConneX, employees with a password of this site.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use sample_kit::{Fields, ReturnPath, Site, page_with, see_other};

use crate::desk::{self, Broken, Desk, Frame, Visitor};
use crate::{password, store};

#[derive(Template)]
#[template(path = "login.html")]
struct LogIn<'a> {
    frame: &'a Frame,
    sign_in: String,
    is_connex_up: bool,
    email: &'a str,
    /// Whether somebody comes from choosing a password.
    is_password_saved: bool,
    fault: Option<&'a str>,
}

/// Where whoever has just chosen a password logs in with it.
pub(crate) const WITH_THE_NEW_PASSWORD: &str = "/login?password=saved";

/// `GET /login`
pub(crate) async fn choose(State(site): State<Arc<Site>>, visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let is_password_saved = Fields::of_query(query.as_deref()).get("password") == "saved";
    let page = LogIn { is_password_saved, ..LogIn::of(&site, &visitor.frame).await };
    page_with(StatusCode::OK, &page)
}

impl<'a> LogIn<'a> {
    async fn of(site: &Site, frame: &'a Frame) -> Self {
        let is_connex_up = site.connex_answers().await;
        let sign_in = ReturnPath::home().sign_in_href();
        Self { frame, sign_in, is_connex_up, email: "", is_password_saved: false, fault: None }
    }
}

/// `POST /login/employee`. An unknown address takes as long as a wrong password, and is told the same.
pub(crate) async fn enter(
    State(site): State<Arc<Site>>,
    Extension(desk): Extension<Arc<Desk>>,
    visitor: Visitor,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Broken> {
    let email = fields.get("email");
    let refuse = async |status, fault: &str| {
        let page = LogIn { email, fault: Some(fault), ..LogIn::of(&site, &visitor.frame).await };
        page_with(status, &page)
    };
    if !desk.may_try(email) {
        let fault = "There were too many tries. Wait 15 minutes, or choose a new password.";
        return Ok(refuse(StatusCode::TOO_MANY_REQUESTS, fault).await);
    }
    let found = store::employee_with(&site.copies, email).await?;
    let hash = found.as_ref().and_then(|employee| employee.password_hash.clone());
    let is_right = password::check(fields.exact("password").to_owned(), hash).await;
    let Some(employee) = found.filter(|_| is_right) else {
        let fault = "The email address or the password is not right. Employees who log in for the first time choose \
                     \u{201c}Forgot password\u{201d}.";
        return Ok(refuse(StatusCode::UNPROCESSABLE_ENTITY, fault).await);
    };
    desk.forget_tries(email);
    if employee.disabled_at.is_some() {
        return Ok(refuse(StatusCode::FORBIDDEN, "This account is disabled. Ask an administrator of the agency.").await);
    }
    if employee.licenses == 0 && !employee.must_change {
        let fault =
            "Your account is not complete yet: it has no OneOffice license. Ask an administrator of the agency.";
        return Ok(refuse(StatusCode::FORBIDDEN, fault).await);
    }
    desk::close_old(&site, &desk, &headers);
    site.leave(&headers);
    let mut response = see_other(if employee.must_change { "/password/change" } else { "/" });
    site.set_cookie(&mut response, desk::COOKIE, &desk.open(&employee.id), desk::SESSION_SECONDS);
    Ok(response)
}

/// `POST /employee/logout`
pub(crate) async fn leave(
    State(site): State<Arc<Site>>,
    Extension(desk): Extension<Arc<Desk>>,
    headers: HeaderMap,
) -> Response {
    desk::close_old(&site, &desk, &headers);
    let mut response = see_other("/");
    site.set_cookie(&mut response, desk::COOKIE, "", 0);
    response
}
