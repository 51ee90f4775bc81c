//! The plan room's public pages.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use sample_kit::{Facts, Fields, Pages, Problem, ReturnPath, Session, Settings, SignedIn, Site, clock, page};

use crate::desk::{Broken, Frame, Visitor};
use crate::store::{self, Contract, Letter};

/// The plan room's look.
pub(crate) struct PlanRoom;

impl Pages for PlanRoom {
    fn stylesheet(&self) -> &'static str {
        include_str!("../static/site.css")
    }

    fn problem(&self, settings: &Settings, session: Option<&Session>, problem: &Problem) -> askama::Result<String> {
        ProblemPage { frame: &Frame::of_session(&settings.name, session), problem }.render()
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    frame: &'a Frame,
    problem: &'a Problem,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    frame: &'a Frame,
    facts: Option<Facts<'a>>,
    is_employee: bool,
    is_back_from_sign_out: bool,
    sign_in: String,
    search: &'a str,
    contracts: Vec<Contract>,
}

impl Home<'_> {
    fn opens(&self, contract: &Contract) -> Option<(String, String)> {
        contract.opens_at.map(|at| (clock::rfc3339(at), clock::in_words(at)))
    }
}

/// `/`: the contracts, for everybody.
pub(crate) async fn home(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Broken> {
    let query = Fields::of_query(query.as_deref());
    let search = query.get("q");
    Ok(page(&Home {
        frame: &visitor.frame,
        facts: visitor.session.as_deref().map(|session| Facts::of(session, &site.settings)),
        is_employee: visitor.employee.is_some(),
        is_back_from_sign_out: visitor.is_back_from_sign_out,
        sign_in: ReturnPath::home().sign_in_href(),
        search,
        contracts: store::contracts(&site.copies, search).await?,
    }))
}

#[derive(Template)]
#[template(path = "documents.html")]
struct Documents<'a> {
    frame: &'a Frame,
    organization: Option<&'a str>,
    contracts: Vec<Contract>,
}

/// `/documents`: the files, for those who are signed in.
pub(crate) async fn documents(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    signed_in: Result<SignedIn, Response>,
) -> Result<Response, Broken> {
    let session = match signed_in {
        Ok(SignedIn(session)) => Some(session),
        Err(_) if visitor.employee.is_some() => None,
        Err(response) => return Ok(response),
    };
    let organization = session.as_ref().and_then(|session| session.connex.org_name.as_deref());
    let contracts = store::contracts(&site.copies, "").await?;
    Ok(page(&Documents { frame: &visitor.frame, organization, contracts }))
}

#[derive(Template)]
#[template(path = "help.html")]
struct Help<'a> {
    frame: &'a Frame,
    issuer: &'a str,
}

/// `/help/user-accounts`
pub(crate) async fn help(State(site): State<Arc<Site>>, visitor: Visitor) -> Response {
    page(&Help { frame: &visitor.frame, issuer: &site.settings.issuer })
}

#[derive(Template)]
#[template(path = "outbox.html")]
struct Outbox<'a> {
    frame: &'a Frame,
    letters: Vec<Letter>,
}

impl Outbox<'_> {
    fn sent(&self, letter: &Letter) -> (String, String) {
        (clock::rfc3339(letter.at), clock::in_words(letter.at))
    }

    /// The lines of a mail; a link can be followed.
    fn lines<'l>(&self, letter: &'l Letter) -> Vec<(&'l str, bool)> {
        letter.body.lines().map(|line| (line, line.starts_with("http"))).collect()
    }
}

/// `/dev/mail`: the mails of this site, on this machine only.
pub(crate) async fn outbox(State(site): State<Arc<Site>>, visitor: Visitor) -> Result<Response, Broken> {
    Ok(page(&Outbox { frame: &visitor.frame, letters: store::letters(&site.copies).await? }))
}
