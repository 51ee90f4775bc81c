//! Employees who are logged in, how often a password may be tried, and who looks at a page.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sample_kit::{Problem, Session, Site, Visit, clock, see_other};
use sha2::{Digest, Sha256};

use crate::office::Employee;
use crate::store;

/// Holds the id of an employee's session.
pub(crate) const COOKIE: &str = "employee";
/// An employee's session ends after twelve hours.
pub(crate) const SESSION_SECONDS: i64 = 12 * 60 * 60;
/// So many wrong passwords for one address, within the time below, close the door to it.
const TRIES_MAX: u32 = 5;
/// So many for all addresses together: somebody tries one password on many.
const TRIES_OF_ALL_MAX: u32 = 300;
const TRIES_SECONDS: i64 = 15 * 60;

/// The employees who are logged in at one site. The browser holds a random id, the desk its digest.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    sessions: Mutex<HashMap<Key, Seat>>,
    tries: Mutex<HashMap<String, (u32, i64)>>,
}

type Key = [u8; 32];

#[derive(Clone, Debug)]
struct Seat {
    employee: String,
    expires_at: i64,
    /// What the next page says, once.
    notices: Vec<String>,
}

impl Desk {
    /// Opens a session and gives the id for the browser.
    pub(crate) fn open(&self, employee: &str) -> String {
        let id = BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
        let now = clock::now();
        let mut sessions = lock(&self.sessions);
        sessions.retain(|_, seat| seat.expires_at > now);
        let seat = Seat { employee: employee.to_owned(), expires_at: now + SESSION_SECONDS, notices: Vec::new() };
        sessions.insert(key(&id), seat);
        id
    }

    /// Ends one session.
    pub(crate) fn close(&self, id: &str) {
        lock(&self.sessions).remove(&key(id));
    }

    /// Ends all sessions of an employee.
    pub(crate) fn close_all(&self, employee: &str) {
        lock(&self.sessions).retain(|_, seat| seat.employee != employee);
    }

    /// Says something on the next page that this employee opens.
    pub(crate) fn say(&self, employee: &str, notices: Vec<String>) {
        for seat in lock(&self.sessions).values_mut().filter(|seat| seat.employee == employee) {
            seat.notices.clone_from(&notices);
        }
    }

    /// Counts a try before it is looked at, so that many at the same moment are many; false when there were too many.
    pub(crate) fn may_try(&self, email: &str) -> bool {
        let now = clock::now();
        let mut tries = lock(&self.tries);
        tries.retain(|_, (_, since)| now - *since < TRIES_SECONDS);
        // The empty name counts all.
        let mut count = |name: String, max: u32| {
            let (count, _) = tries.entry(name).or_insert((0, now));
            *count += 1;
            *count <= max
        };
        let is_open = count(email.to_lowercase(), TRIES_MAX);
        count(String::new(), TRIES_OF_ALL_MAX) && is_open
    }

    /// A right password forgets the wrong ones.
    pub(crate) fn forget_tries(&self, email: &str) {
        lock(&self.tries).remove(&email.to_lowercase());
    }

    fn seat(&self, id: &str) -> Option<String> {
        let sessions = lock(&self.sessions);
        sessions.get(&key(id)).filter(|seat| seat.expires_at > clock::now()).map(|seat| seat.employee.clone())
    }

    fn notices(&self, id: &str) -> Vec<String> {
        lock(&self.sessions).get_mut(&key(id)).map(|seat| std::mem::take(&mut seat.notices)).unwrap_or_default()
    }
}

/// What every page shows around its own content.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frame {
    pub(crate) agency: String,
    /// The name of whoever is logged in.
    pub(crate) who: Option<String>,
    /// Where the button *Sign out* leads.
    pub(crate) sign_out: &'static str,
    pub(crate) is_admin: bool,
    pub(crate) notices: Vec<String>,
}

/// Who looks at a public page: somebody from ConneX, an employee, or a stranger.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    pub(crate) session: Option<Arc<Session>>,
    pub(crate) employee: Option<Employee>,
    pub(crate) is_back_from_sign_out: bool,
    pub(crate) frame: Frame,
}

/// An administrator of the agency, on a page of Administration.
#[derive(Clone, Debug)]
pub(crate) struct Admin {
    pub(crate) employee: Employee,
    pub(crate) frame: Frame,
}

/// An employee who is logged in but must choose a password first.
#[derive(Clone, Debug)]
pub(crate) struct Newcomer(pub(crate) Employee);

/// The database does not answer: a page that says so.
#[derive(Debug)]
pub(crate) struct Broken;

impl From<sqlx::Error> for Broken {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(reason = %error, "the site's database does not answer");
        Self
    }
}

impl From<StatusCode> for Broken {
    fn from(_: StatusCode) -> Self {
        Self
    }
}

impl IntoResponse for Broken {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, "This page cannot be shown at the moment. Try again in a minute.")
            .into_response()
    }
}

impl Frame {
    /// The frame for somebody from ConneX, or for a stranger.
    pub(crate) fn of_session(agency: &str, session: Option<&Session>) -> Self {
        let who = session.map(|session| session.person.display_name().to_owned());
        Self { agency: agency.to_owned(), who, sign_out: "/logout", ..Self::default() }
    }
}

impl FromRequestParts<Arc<Site>> for Visitor {
    type Rejection = Broken;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Broken> {
        let Ok(visit) = Visit::from_request_parts(parts, site).await;
        let mut frame = Frame::of_session(&site.settings.name, visit.session.as_deref());
        let employee = seated(parts, site).await?.filter(|employee| !employee.must_change);
        if let (Some(employee), None) = (&employee, &visit.session) {
            frame.who = Some(employee.name());
            frame.sign_out = "/employee/logout";
            frame.is_admin = employee.has("Admin");
            frame.notices = notices(parts, site);
        }
        let is_back_from_sign_out = visit.is_back_from_sign_out;
        Ok(Self { session: visit.session, employee, is_back_from_sign_out, frame })
    }
}

impl FromRequestParts<Arc<Site>> for Admin {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Response> {
        let employee = seated(parts, site).await.map_err(IntoResponse::into_response)?;
        let Ok(visit) = Visit::from_request_parts(parts, site).await;
        // Whoever has signed in last at this browser is who looks: the page must not show one and obey the other.
        let is_guest = visit.session.is_some();
        match employee.filter(|_| !is_guest) {
            Some(employee) if employee.must_change => Err(see_other("/password/change")),
            Some(employee) if employee.has("Admin") => {
                let frame = Frame {
                    agency: site.settings.name.clone(),
                    who: Some(employee.name()),
                    sign_out: "/employee/logout",
                    is_admin: true,
                    notices: notices(parts, site),
                };
                Ok(Self { employee, frame })
            }
            None if !is_guest => Err(see_other("/login")),
            _ => Err(site.problem(&Problem::new(
                StatusCode::FORBIDDEN,
                "Administration is for administrators",
                "Your account has no role Admin at this site. An administrator of the agency can give it to you.",
            ))),
        }
    }
}

impl FromRequestParts<Arc<Site>> for Newcomer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Response> {
        let employee = seated(parts, site).await.map_err(IntoResponse::into_response)?;
        employee.map(Self).ok_or_else(|| see_other("/login"))
    }
}

/// The employee at this browser, as they are now: whoever has been disabled meanwhile is not there.
async fn seated(parts: &Parts, site: &Site) -> Result<Option<Employee>, Broken> {
    let Some(desk) = parts.extensions.get::<Arc<Desk>>() else { return Ok(None) };
    let Some(id) = site.cookie(&parts.headers, COOKIE).and_then(|id| desk.seat(id)) else { return Ok(None) };
    let employee = store::employee(&site.copies, &id).await?;
    Ok(employee.filter(|employee| employee.disabled_at.is_none()))
}

fn notices(parts: &Parts, site: &Site) -> Vec<String> {
    let desk = parts.extensions.get::<Arc<Desk>>();
    desk.zip(site.cookie(&parts.headers, COOKIE)).map(|(desk, id)| desk.notices(id)).unwrap_or_default()
}

/// Closes the session that a browser had.
pub(crate) fn close_old(site: &Site, desk: &Desk, headers: &HeaderMap) {
    if let Some(id) = site.cookie(headers, COOKIE) {
        desk.close(id);
    }
}

fn key(id: &str) -> Key {
    Sha256::digest(id).into()
}

/// No step of ours leaves a table half-changed, so a panic elsewhere need not close the site.
fn lock<T>(table: &Mutex<T>) -> MutexGuard<'_, T> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}
