//! The permit desk's pages.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use sample_kit::{Facts, Fields, Pages, Problem, ReturnPath, Session, Settings, SignedIn, Site, Visit, page};

/// The permit desk's look.
pub(crate) struct PermitDesk;

impl Pages for PermitDesk {
    fn stylesheet(&self) -> &'static str {
        include_str!("../static/site.css")
    }

    fn problem(&self, settings: &Settings, session: Option<&Session>, problem: &Problem) -> askama::Result<String> {
        ProblemPage { county: &settings.name, session, problem }.render()
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    county: &'a str,
    session: Option<&'a Session>,
    problem: &'a Problem,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    county: &'a str,
    session: Option<&'a Session>,
    facts: Option<Facts<'a>>,
    is_back_from_sign_out: bool,
    sign_in: String,
    types: [(&'static str, &'static str, &'static str); 4],
}

/// The permit types with their fees, and how long a permit holds.
const TYPES: [(&str, &str, &str); 4] = [
    ("Single trip, oversize or overweight", "$35.00", "5 days"),
    ("Annual moving permit", "$300.00", "One year"),
    ("House move", "$150.00", "3 days"),
    ("Exemption from spring weight restrictions", "$50.00", "Until the restrictions end"),
];

/// `/`: the front page, for everybody.
pub(crate) async fn home(State(site): State<Arc<Site>>, visit: Visit) -> Response {
    let session = visit.session.as_deref();
    page(&Home {
        county: &site.settings.name,
        session,
        facts: session.map(|session| Facts::of(session, &site.settings)),
        is_back_from_sign_out: visit.is_back_from_sign_out,
        sign_in: ReturnPath::home().sign_in_href(),
        types: TYPES,
    })
}

#[derive(Template)]
#[template(path = "login.html")]
struct LogIn<'a> {
    county: &'a str,
    session: Option<&'a Session>,
    sign_in: String,
}

/// `/login`: one button; the password is typed at ConneX only.
pub(crate) async fn log_in(State(site): State<Arc<Site>>, visit: Visit) -> Response {
    page(&LogIn {
        county: &site.settings.name,
        session: visit.session.as_deref(),
        sign_in: ReturnPath::home().sign_in_href(),
    })
}

#[derive(Template)]
#[template(path = "dashboard.html")]
struct Dashboard<'a> {
    county: &'a str,
    session: Option<&'a Session>,
    organization: Option<&'a str>,
    /// Whether the permits of the whole organization are shown, and not only the person's own.
    is_of_organization: bool,
}

/// `/dashboard?show=organization`: the permits, for signed-in people only. Somebody without an organization sees their
/// own.
pub(crate) async fn dashboard(
    State(site): State<Arc<Site>>,
    SignedIn(session): SignedIn,
    RawQuery(query): RawQuery,
) -> Response {
    let organization = session.connex.org_name.as_deref();
    let wants_all = Fields::of_query(query.as_deref()).get("show") == "organization";
    page(&Dashboard {
        county: &site.settings.name,
        session: Some(&session),
        organization,
        is_of_organization: wants_all && organization.is_some(),
    })
}
