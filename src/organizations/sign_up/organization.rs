//! Finding an organization. `GET /signup/organization`, `POST /signup/organization`
//!
//! People with an account find theirs by the same page (`super::member`).

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    email::retry_after,
    held::Held,
    model::{Choice, Draft},
    rules::Step,
    store,
};
use crate::accounts::{Accounts, sessions::extract::Visitor};
use crate::kernel::{EmailAddress, Fault, FieldErrors, Lifetime, Remark};
use crate::organizations::{
    self, Organization,
    search::{self, Found, Typed, domain_of},
};
use crate::platform::{
    throttle,
    web::{Form, Page, PageError, Shell, see_other},
    words::Words,
};
use crate::protocol::oauth::Params;

/// How often one person may search in ten minutes: often enough to find an organization, too seldom
/// to list them all.
const MOST_SEARCHES: u32 = 60;
const SEARCH_WINDOW: Lifetime = Lifetime::minutes(10);

/// What was typed into the search.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    pub(super) q: Option<String>,
}

/// Which way a person is on: without an account yet, or with one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    /// In the wizard.
    Wizard,
    /// With an account, and the request of the site that sent them here.
    Member(Option<String>),
}

impl Way {
    pub(super) const fn is_wizard(&self) -> bool {
        matches!(self, Self::Wizard)
    }

    /// Where searches go.
    pub(super) const fn search(&self) -> &'static str {
        match self {
            Self::Wizard => "/signup/organization",
            Self::Member(_) => "/account/organization",
        }
    }

    pub(super) const fn errand(&self) -> Option<&String> {
        match self {
            Self::Wizard => None,
            Self::Member(errand) => errand.as_ref(),
        }
    }

    fn with_errand(&self, path: &str) -> String {
        match self.errand() {
            Some(errand) => format!("{path}?errand={errand}"),
            None => path.to_owned(),
        }
    }

    /// Where the choice goes.
    pub(super) fn organization(&self) -> String {
        self.with_errand(self.search())
    }

    /// Where a new organization goes.
    pub(super) fn new_organization(&self) -> String {
        self.with_errand(&format!("{}/new", self.search()))
    }

    /// What stands before the search.
    pub(super) const fn before_organization(&self) -> &'static str {
        match self {
            Self::Wizard => "/signup",
            Self::Member(_) => "/account",
        }
    }
}

/// Who looks for an organization.
pub(super) struct Seeker {
    pub(super) way: Way,
    /// Proven.
    pub(super) email: EmailAddress,
    /// Whose searches are counted.
    pub(super) id: String,
}

impl Seeker {
    pub(super) fn in_wizard(draft: &Draft) -> Self {
        Self { way: Way::Wizard, email: draft.email.clone(), id: draft.id.to_string() }
    }
}

/// What the page shows besides what it finds.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) typed: Option<String>,
    pub(super) chosen: String,
    pub(super) note: String,
    pub(super) errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "sign_up/organization.html")]
struct OrganizationPage {
    shell: Shell,
    way: Way,
    errors: FieldErrors,
    typed: String,
    found: Found,
    has_searched: bool,
    domain: Option<String>,
    chosen: String,
    note: String,
}

/// Searches and draws the page.
pub(super) async fn page(
    accounts: &Accounts,
    shell: Shell,
    seeker: Seeker,
    mut shown: Shown,
) -> Result<Response, PageError> {
    let (t, domain) = (shell.t, domain_of(&seeker.email));
    let asked = shown.typed.as_deref().map(Typed::parse);
    let wait = match &asked {
        Some(Some(_)) => count_search(accounts, &seeker.id).await?,
        _ => None,
    };
    match (&asked, wait) {
        (Some(None), _) => shown.errors.add("q", t.sign_up_org_too_short()),
        (_, Some(wait)) => shown.errors.add("q", t.sign_up_org_too_many_searches(t.span(wait))),
        _ => {}
    }
    let typed = asked.flatten().filter(|_| wait.is_none());
    let found = search::find(&mut accounts.db.read().await?, typed.as_ref(), domain.as_deref()).await?;
    let status = match (wait, shown.errors.is_empty()) {
        (Some(_), _) => StatusCode::TOO_MANY_REQUESTS,
        (None, false) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, true) => StatusCode::OK,
    };
    let page = OrganizationPage {
        shell: shell.clone(),
        way: seeker.way,
        errors: shown.errors,
        typed: shown.typed.unwrap_or_default(),
        found,
        has_searched: typed.is_some(),
        domain,
        chosen: shown.chosen,
        note: shown.note,
    };
    let response = Page::new(&shell, page).status(status).into_response();
    Ok(match wait {
        Some(wait) => retry_after(response, wait),
        None => response,
    })
}

async fn count_search(accounts: &Accounts, who: &str) -> Result<Option<Lifetime>, Fault> {
    if !accounts.limits.enabled {
        return Ok(None);
    }
    let mut unit = accounts.db.write().await?;
    let wait = throttle::take(&mut unit, ("organizations.search", who), MOST_SEARCHES, SEARCH_WINDOW).await?;
    unit.commit().await?;
    Ok(wait)
}

/// What was chosen on the page.
pub(super) enum Picked {
    /// "None": a new organization.
    New,
    /// One that is to be asked, with a few words to it.
    Ask(Box<Organization>, Option<Remark>),
    /// Nothing that can be; the page with what to mend.
    Wrong(Shown),
}

/// Reads the choice.
pub(super) async fn pick(accounts: &Accounts, fields: &Params, t: Words) -> Result<Picked, Fault> {
    let get = |name: &str| fields.get(name).unwrap_or_default().trim().to_owned();
    let (chosen, note) = (get("org"), get("note"));
    let mut errors = FieldErrors::default();
    let remark = match note.as_str() {
        "" => None,
        note => note.parse::<Remark>().map_err(|_| errors.add("note", t.sign_up_org_note_long())).ok(),
    };
    if chosen == "none" {
        return Ok(Picked::New);
    }
    let organization = match chosen.starts_with("org_") {
        true => organizations::find(&mut accounts.db.read().await?, &chosen).await?.into_iter().next(),
        false => None,
    };
    match organization.filter(|organization| organization.status == "active") {
        Some(organization) if errors.is_empty() => return Ok(Picked::Ask(Box::new(organization), remark)),
        Some(_) => {}
        None => errors.add("org", if chosen.is_empty() { t.sign_up_org_missing() } else { t.sign_up_org_gone() }),
    }
    let typed = Some(get("q")).filter(|typed| !typed.is_empty());
    Ok(Picked::Wrong(Shown { typed, chosen, note, errors }))
}

pub(super) async fn show(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    held: Held,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let draft = match held.at(Step::Organization) {
        Ok(draft) => draft,
        Err(path) => return Ok(see_other(path)),
    };
    let mut shown = Shown { typed: asked.q, ..Shown::default() };
    match &draft.choice {
        Some(Choice::Join { organization, name, note }) => {
            (shown.chosen, shown.note) = (organization.to_string(), note.clone());
            shown.typed.get_or_insert_with(|| name.clone());
        }
        Some(Choice::Found(_)) => "none".clone_into(&mut shown.chosen),
        Some(Choice::Invited { .. }) | None => {}
    }
    page(&accounts, visitor.shell(&accounts), Seeker::in_wizard(&draft), shown).await
}

pub(super) async fn submit(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    held: Held,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let draft = match held.at(Step::Organization) {
        Ok(draft) => draft,
        Err(path) => return Ok(see_other(path)),
    };
    let shell = visitor.shell(&accounts);
    match pick(&accounts, &fields, shell.t).await? {
        Picked::New => Ok(see_other(&Way::Wizard.new_organization())),
        Picked::Ask(organization, note) => {
            let note = note.map(|note| note.to_string()).unwrap_or_default();
            choose(&accounts, draft, join(&organization, note)).await
        }
        Picked::Wrong(shown) => page(&accounts, shell, Seeker::in_wizard(&draft), shown).await,
    }
}

pub(super) fn join(organization: &Organization, note: String) -> Choice {
    Choice::Join { organization: organization.id, name: organization.name.to_string(), note }
}

/// Keeps a choice and goes on.
pub(super) async fn choose(accounts: &Accounts, draft: Draft, choice: Choice) -> Result<Response, PageError> {
    let mut unit = accounts.db.write().await?;
    store::set_choice(&mut unit, draft.id, Some(choice.clone())).await?;
    unit.commit().await?;
    Ok(see_other(Step::first_missing(Some(&Draft { choice: Some(choice), ..draft })).path()))
}
