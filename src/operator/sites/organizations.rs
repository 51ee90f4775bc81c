//! The organizations at a site, and the agency's word on them in the operator's mouth (X85).
//! `GET|POST /ops/sites/{id}/organizations`

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{
    Asked, in_query, site,
    store::{self, Standing},
    words,
};
use crate::accounts::Accounts;
use crate::kernel::{Fault, FieldErrors, Leaf, OrganizationId, Remark, Timestamp, leaf};
use crate::operator::{registration, role::Desk, status::PAGE};
use crate::organizations::{self, Organization};
use crate::platform::{
    store::{Sql, Unit},
    web::{Form, Page, PageError, Shell, see_other, see_other_with},
    words::Words,
};
use crate::protocol::oauth::Params;
use crate::sites::{
    Site, SiteError,
    approvals::{self, Approval, By, LastDay, Said, Terms, WordSaid},
};

/// How much of the history a page shows.
const HISTORY: i64 = 20;

#[derive(Template)]
#[template(path = "ops/organizations.html")]
struct Organizations {
    shell: Shell,
    site: Site,
    rows: Vec<Standing>,
    typed: String,
    wanted: String,
    errors: FieldErrors,
    page: i64,
    has_more: bool,
    address: String,
}

impl Organizations {
    fn status(&self, row: &Standing) -> &'static str {
        words::standing(self.shell.t, row.status.as_deref(), row.linked_at.is_some())
    }

    fn until(&self, row: &Standing) -> Option<String> {
        until(self.shell.t, row.valid_until)
    }
}

#[derive(Template)]
#[template(path = "ops/organization.html")]
struct One {
    shell: Shell,
    site: Site,
    organization: Organization,
    approval: Option<Approval>,
    history: Vec<WordSaid>,
    typed: Typed,
    errors: FieldErrors,
}

impl One {
    fn status(&self) -> &'static str {
        let word = self.approval.as_ref().map(|approval| approval.word.as_str());
        words::standing(self.shell.t, word, false)
    }

    fn word(&self, said: &WordSaid) -> &'static str {
        words::standing(self.shell.t, said.word().ok().map(approvals::Word::as_str), false)
    }

    fn until(&self, end: Option<Timestamp>) -> Option<String> {
        until(self.shell.t, end)
    }
}

/// Until when an approval holds, in words.
fn until(t: Words, end: Option<Timestamp>) -> Option<String> {
    end.map(|end| t.ops_until(t.day(LastDay::shown(end))))
}

/// What is said with a word, as it was typed.
#[derive(Default)]
struct Typed {
    roles: String,
    reason: String,
    last_day: String,
}

impl Typed {
    fn of(fields: &Params) -> Self {
        let field = |name| fields.get(name).unwrap_or_default().to_owned();
        Self { roles: field("roles"), reason: field("reason"), last_day: field("last_day") }
    }

    /// The roles, the reason and the end. A reason is needed for every word but an approval; only an
    /// approval has an end.
    fn check(&self, t: Words, act: Act, now: Timestamp) -> Result<Terms, FieldErrors> {
        let roles = self.roles.split([',', ' ']).filter(|role| !role.is_empty());
        let roles: Result<Vec<String>, _> = roles.map(registration::site_role).collect();
        let reason = Some(self.reason.trim()).filter(|text| !text.is_empty()).map(str::parse::<Remark>).transpose();
        let mut errors = FieldErrors::default();
        if roles.is_err() {
            errors.add("roles", t.ops_roles_wrong());
        }
        if reason.is_err() || (act != Act::Approve && reason == Ok(None)) {
            errors.add("reason", t.ops_reason_missing());
        }
        let typed = Some(self.last_day.trim()).filter(|text| !text.is_empty() && act == Act::Approve);
        let end = typed.map(str::parse::<LastDay>).transpose().map(|day| day.map(LastDay::end));
        match end {
            Err(_) => errors.add("last_day", t.ops_last_day_wrong()),
            Ok(Some(end)) if end <= now => errors.add("last_day", t.ops_last_day_over()),
            Ok(_) => {}
        }
        match (roles, reason, end) {
            (Ok(roles), Ok(reason), Ok(valid_until)) if errors.is_empty() => Ok(Terms { roles, valid_until, reason }),
            _ => Err(errors),
        }
    }
}

pub(super) async fn show(
    State(accounts): State<Accounts>,
    desk: Desk,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let mut reader = accounts.db.read().await?;
    let site = site(&mut reader, &id).await?;
    let shell = desk.shell(&accounts);
    if asked.item.is_empty() {
        return Ok(list(&mut reader, (shell, site), &asked, FieldErrors::default()).await?);
    }
    let organization = organization(&mut reader, &asked.item).await?.ok_or_else(PageError::not_found)?;
    Ok(one(&mut reader, (shell, site), organization, Typed::default(), FieldErrors::default()).await?)
}

async fn list(
    on: &mut impl Sql,
    (shell, site): (Shell, Site),
    asked: &Asked,
    errors: FieldErrors,
) -> Result<Response, Fault> {
    let (typed, page) = (asked.typed(), asked.page());
    let part = typed.to_lowercase().replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    let found = store::organizations(on, site.id, part, leaf::span(page, PAGE)).await?;
    let (Leaf { rows, has_more }, status) = (Leaf::of(found, PAGE), status_of(&errors));
    let address = format!("/ops/sites/{}/organizations?q={}&page=", site.id, in_query(&typed));
    let wanted = asked.item.clone();
    let page = Organizations { shell: shell.clone(), site, rows, typed, wanted, errors, page, has_more, address };
    Ok(Page::new(&shell, page).status(status).into_response())
}

async fn one(
    on: &mut impl Sql,
    (shell, site): (Shell, Site),
    organization: Organization,
    typed: Typed,
    errors: FieldErrors,
) -> Result<Response, Fault> {
    let at = (site.id, organization.id);
    let approval = approvals::find(on, at).await?;
    let history = approvals::history(on, at, HISTORY).await?;
    let status = status_of(&errors);
    let page = One { shell: shell.clone(), site, organization, approval, history, typed, errors };
    Ok(Page::new(&shell, page).status(status).into_response())
}

const fn status_of(errors: &FieldErrors) -> StatusCode {
    if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

/// The organization with this id.
async fn organization(on: &mut impl Sql, id: &str) -> Result<Option<Organization>, Fault> {
    match id.parse::<OrganizationId>() {
        Ok(id) => Ok(organizations::find(on, &id.to_string()).await?.into_iter().next()),
        Err(_) => Ok(None),
    }
}

pub(super) async fn submit(
    State(accounts): State<Accounts>,
    desk: Desk,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let (t, shell) = (desk.words(&accounts), desk.shell(&accounts));
    let mut unit = accounts.db.write().await?;
    let site = site(&mut unit, &id).await?;
    let wanted = fields.get("organization").unwrap_or_default().trim();
    if fields.get("act") == Some("find") {
        return look_up(&mut unit, (shell, site), wanted).await;
    }
    let organization = organization(&mut unit, wanted).await?.ok_or_else(PageError::not_found)?;
    let act = Act::of(&fields).ok_or_else(PageError::not_found)?;
    let typed = Typed::of(&fields);
    let terms = match typed.check(t, act, unit.now()) {
        Ok(terms) => terms,
        Err(errors) => return Ok(one(&mut unit, (shell, site), organization, typed, errors).await?),
    };
    let (path, name) = (format!("/ops/sites/{}/organizations?item={}", site.id, organization.id), &organization.name);
    match say(&mut unit, &desk, (&site, &organization), act, terms).await {
        Ok(()) => {
            unit.commit().await?;
            Ok(see_other_with(&accounts.kit, &path, &act.done(t, name.as_str(), site.name.as_str())))
        }
        Err(SiteError::Fault(fault)) => Err(fault.into()),
        Err(_) => {
            let errors = FieldErrors::one("reason", t.ops_nothing_to_end());
            Ok(one(&mut unit, (shell, site), organization, typed, errors).await?)
        }
    }
}

/// Leads to the one organization of an id or a name.
async fn look_up(on: &mut impl Sql, (shell, site): (Shell, Site), wanted: &str) -> Result<Response, PageError> {
    let found = if wanted.contains('\0') { Vec::new() } else { organizations::find(on, wanted).await? };
    match found.as_slice() {
        [one] => {
            let path = format!("/ops/sites/{}/organizations?item={}", site.id, one.id);
            Ok(see_other(&path))
        }
        several => {
            let t = shell.t;
            let text = if several.is_empty() { t.ops_organization_unknown() } else { t.ops_organization_several() };
            let asked = Asked { item: wanted.to_owned(), ..Asked::default() };
            Ok(list(on, (shell, site), &asked, FieldErrors::one("organization", text)).await?)
        }
    }
}

/// What the operator says in the agency's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Approve,
    Suspend,
    Deny,
    Revoke,
}

impl Act {
    fn of(fields: &Params) -> Option<Self> {
        Some(match fields.get("act")? {
            "approve" => Self::Approve,
            "suspend" => Self::Suspend,
            "deny" => Self::Deny,
            "revoke" => Self::Revoke,
            _ => return None,
        })
    }

    fn done(self, t: Words, organization: &str, site: &str) -> String {
        match self {
            Self::Approve => t.ops_approved(organization, site),
            Self::Suspend => t.ops_suspended(organization, site),
            Self::Deny => t.ops_denied(organization, site),
            Self::Revoke => t.ops_revoked(organization, site),
        }
    }
}

async fn say(
    unit: &mut Unit,
    desk: &Desk,
    (site, organization): (&Site, &Organization),
    act: Act,
    terms: Terms,
) -> Result<(), SiteError> {
    let (actor, at) = (desk.actor(), (site.id, organization.id));
    let (by, said) = (By::from(&actor), Said { reason: terms.reason.clone() });
    match act {
        Act::Approve => approvals::approve_with(unit, by, at, terms).await?,
        Act::Suspend => approvals::suspend(unit, by, at, said).await?,
        Act::Deny => approvals::deny(unit, by, at, said).await?,
        Act::Revoke => approvals::revoke(unit, by, at, said).await?,
    };
    Ok(())
}
