//! ConneX Sync: find an organization, approve or block it, have it compared and sent again, and see what was changed.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use sample_kit::{
    ApiError, Decision, Fields, OrganizationState, Planned, Resync, Site, When, clock, page, page_with, see_other,
};

use super::gone;
use super::lines::{self, Line};
use crate::desk::{Admin, Broken, Desk, Frame};
use crate::store::{self, SyncResult};

/// The decisions of an agency: the button's name, the status, and what is said of it.
const DECISIONS: [(&str, &str, &str); 4] = [
    ("approve", "approved", "was approved. Its people, now and later, are sent here"),
    ("suspend", "suspended", "was suspended. Its people are signed out"),
    ("block", "denied", "was blocked. Its people are signed out"),
    ("end", "revoked", "is approved no more"),
];

#[derive(Template)]
#[template(path = "sync.html")]
struct List<'a> {
    frame: &'a Frame,
    issuer: &'a str,
    search: &'a str,
    is_everywhere: bool,
    organizations: Vec<OrganizationState>,
    has_more: bool,
    fault: Option<(String, Option<String>)>,
}

/// A state as the agency says it, and how it looks.
fn state_in_words(status: &str) -> (&'static str, &'static str) {
    match status {
        "approved" => ("Approved", "ok"),
        "linked" => ("Linked", "plain"),
        "requested" => ("Waiting for your approval", "warn"),
        "suspended" => ("Suspended", "warn"),
        "denied" => ("Blocked", "bad"),
        "revoked" => ("Approval ended", "warn"),
        _ => ("Not here yet", "plain"),
    }
}

impl List<'_> {
    fn state(&self, organization: &OrganizationState) -> (&'static str, &'static str) {
        state_in_words(&organization.status)
    }

    fn everywhere(&self) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("q", self.search)
            .append_pair("scope", "all")
            .finish();
        format!("/admin/sync?{query}")
    }

    fn sign_up(&self) -> String {
        format!("{}/signup", self.issuer)
    }

    /// A mail that the administrator's own program writes.
    fn mail(&self) -> String {
        let body = format!("Create your free ConneX account here: {}", self.sign_up());
        let encode =
            |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
        format!("mailto:?subject={}&body={}", encode("Your ConneX account"), encode(&body))
    }
}

/// `GET /admin/sync?q=…&scope=all`
pub(super) async fn list(State(site): State<Arc<Site>>, admin: Admin, RawQuery(query): RawQuery) -> Response {
    let query = Fields::of_query(query.as_deref());
    let (search, is_everywhere) = (query.get("q"), query.get("scope") == "all");
    let found = site.connex().organizations(search, is_everywhere).await;
    let fault = found.as_ref().err().map(|error| (error.words(), error.reference().map(str::to_owned)));
    let found = found.unwrap_or_default();
    page(&List {
        frame: &admin.frame,
        issuer: &site.settings.issuer,
        search,
        is_everywhere,
        organizations: found.organizations,
        has_more: found.more,
        fault,
    })
}

#[derive(Template)]
#[template(path = "organization.html")]
struct Organization<'a> {
    frame: &'a Frame,
    organization: &'a OrganizationState,
    log: Vec<Line>,
    fault: Option<&'a str>,
}

impl Organization<'_> {
    fn state(&self) -> (&'static str, &'static str) {
        state_in_words(&self.organization.status)
    }

    fn state_of(&self, status: &str) -> &'static str {
        state_in_words(status).0
    }

    fn roles(&self) -> [(&'static str, &'static str, bool); 3] {
        [("bidder", "Bidder"), ("consultant", "Consultant"), ("contractor", "Contractor")]
            .map(|(name, label)| (name, label, self.organization.roles.iter().any(|role| role == name)))
    }
}

/// `GET /admin/sync/organizations/{id}`
pub(super) async fn organization(
    State(site): State<Arc<Site>>,
    admin: Admin,
    Path(id): Path<String>,
) -> Result<Response, Broken> {
    show(&site, &admin, &id, None).await
}

async fn show(site: &Site, admin: &Admin, id: &str, fault: Option<&str>) -> Result<Response, Broken> {
    let organization = match site.connex().organization(id).await {
        Ok(organization) => organization,
        Err(ApiError::Refused { status: 404, .. }) => return Ok(gone(site)),
        Err(error) => {
            let result = failure(admin, (id, "the organization"), &error);
            return Ok(page_with(StatusCode::BAD_GATEWAY, &Outcome { frame: &admin.frame, result: &result }));
        }
    };
    let log = lines::of(site.copies.changes(Some(id), 50).await?);
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(page_with(status, &Organization { frame: &admin.frame, organization: &organization, log, fault }))
}

/// `POST /admin/sync/organizations/{id}`: *Approve*, *Suspend*, *Block*, *End the approval* or *Resync*.
pub(super) async fn act(
    State(site): State<Arc<Site>>,
    Extension(desk): Extension<Arc<Desk>>,
    admin: Admin,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Broken> {
    let Some((button, status, words)) = DECISIONS.into_iter().find(|(button, ..)| fields.has(button)) else {
        return resync(&site, &admin, &id, &fields).await;
    };
    let reason = fields.get("reason");
    if button != "approve" && reason.is_empty() {
        return show(&site, &admin, &id, Some("Say why: the organization reads it.")).await;
    }
    let decision = Decision {
        status,
        roles: if button == "approve" { fields.all("role").map(str::to_owned).collect() } else { Vec::new() },
        reason: reason.to_owned(),
        valid_until: Some(fields.get("valid_until").to_owned()).filter(|day| !day.is_empty()),
        decided_by: admin.employee.name(),
    };
    match site.connex().decide(&id, &decision).await {
        Ok(organization) => {
            desk.say(&admin.employee.id, vec![format!("{} {words}.", organization.name)]);
            Ok(see_other(&format!("/admin/sync/organizations/{}", organization.id)))
        }
        Err(error) => keep(&site, failure(&admin, (&id, fields.get("name")), &error)).await,
    }
}

/// Has the organization compared and sent again; the page that follows lists what was changed.
async fn resync(site: &Site, admin: &Admin, id: &str, fields: &Fields) -> Result<Response, Broken> {
    let name = fields.get("name");
    let result = match site.connex().resync(id, false, fields.has("confirm")).await {
        Ok(found) => success(admin, (id, name), &found),
        Err(error) => failure(admin, (id, name), &error),
    };
    keep(site, result).await
}

async fn keep(site: &Site, result: SyncResult) -> Result<Response, Broken> {
    store::keep_result(&site.copies, &result).await?;
    Ok(see_other(&format!("/admin/sync/results/{}", result.id)))
}

fn success(admin: &Admin, (id, name): (&str, &str), found: &Resync) -> SyncResult {
    let lines: Vec<String> = match &found.confirm_needed {
        Some(needed) => vec![format!("confirm: {needed}")],
        None => found.changes.iter().map(Planned::words).collect(),
    };
    let last =
        found.last_change_at.map(|at| format!("; last change {}", clock::day_in_words(at.0))).unwrap_or_default();
    let heading = match (&found.confirm_needed, found.changes.len()) {
        (Some(_), _) => "Nothing was changed yet".to_owned(),
        (None, 0) => format!("Nothing to change{last}"),
        (None, 1) => "1 change".to_owned(),
        (None, count) => format!("{count} changes"),
    };
    let heading = if found.state == "under_way" { format!("{heading}, still under way") } else { heading };
    let txn = Some(found.txn.clone()).filter(|txn| !txn.is_empty());
    SyncResult { heading, lines: lines.join("\n"), txn, ..blank(admin, id, name) }
}

fn failure(admin: &Admin, (id, name): (&str, &str), error: &ApiError) -> SyncResult {
    let mut lines = vec![error.words()];
    lines.extend(error.reference().map(|reference| format!("reference: {reference}")));
    let heading = "It did not work".to_owned();
    SyncResult { heading, is_failure: true, lines: lines.join("\n"), ..blank(admin, id, name) }
}

fn blank(admin: &Admin, id: &str, name: &str) -> SyncResult {
    SyncResult {
        id: store::new_id(),
        at: clock::now(),
        by: admin.employee.name(),
        organization: id.to_owned(),
        name: if name.is_empty() { "the organization" } else { name }.to_owned(),
        heading: String::new(),
        is_failure: false,
        lines: String::new(),
        txn: None,
    }
}

#[derive(Template)]
#[template(path = "result.html")]
struct Outcome<'a> {
    frame: &'a Frame,
    result: &'a SyncResult,
}

impl Outcome<'_> {
    fn when(&self) -> When {
        When(self.result.at)
    }

    /// What must be confirmed before anything is done.
    fn question(&self) -> Option<&str> {
        self.result.lines.strip_prefix("confirm: ")
    }

    /// What ConneX's own log knows a failure by.
    fn reference(&self) -> Option<&str> {
        self.result.lines.lines().find_map(|line| line.strip_prefix("reference: "))
    }

    fn lines(&self) -> Vec<&str> {
        let lines = self.result.lines.lines();
        lines.filter(|line| !line.starts_with("reference: ") && !line.starts_with("confirm: ")).collect()
    }
}

/// `GET /admin/sync/results/{id}`
pub(super) async fn result(
    State(site): State<Arc<Site>>,
    admin: Admin,
    Path(id): Path<String>,
) -> Result<Response, Broken> {
    let Some(result) = store::result(&site.copies, &id).await? else { return Ok(gone(&site)) };
    Ok(page(&Outcome { frame: &admin.frame, result: &result }))
}

#[derive(Template)]
#[template(path = "log.html")]
struct Log<'a> {
    frame: &'a Frame,
    log: Vec<Line>,
}

/// `GET /admin/sync/log`
pub(super) async fn log(State(site): State<Arc<Site>>, admin: Admin) -> Result<Response, Broken> {
    let log = lines::of(site.copies.changes(None, 200).await?);
    Ok(page(&Log { frame: &admin.frame, log }))
}
