//! The sites of a family, and Sync. `GET|POST /org/oneoffice`, `GET|POST /org/onegov`, `POST /org/visiting`

use askama::Template;
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};

use super::{
    press,
    stands::{self, SiteLine},
};
use crate::accounts::Accounts;
use crate::kernel::{Leaf, SiteId};
use crate::organizations::{self, Place, extract::Staff, visiting};
use crate::platform::{
    web::{Form, Page, PageError, Routes, Shell, see_other, see_other_with},
    words::Words,
};
use crate::protocol::oauth::Params;
use crate::sites::Family;

/// A filter is offered for lists that are longer than this (G10).
const FILTER_FROM: usize = 20;
const PAGE: i64 = 50;
/// How many of those who can press the button are named to those who cannot.
const MOST_NAMES: usize = 3;
/// What the name of a check box begins with; the id of its site follows.
const CHOSEN: &str = "site-";

/// The pages of this part.
pub(super) fn routes(accounts: Accounts) -> Routes {
    Routes::new()
        .get("/org/oneoffice", show_oneoffice)
        .post("/org/oneoffice", sync_oneoffice)
        .get("/org/onegov", show_onegov)
        .post("/org/onegov", sync_onegov)
        .post("/org/visiting", set_visiting)
        .with_state(accounts)
}

/// Where the sites of a family stand.
pub(super) const fn path_of(family: Family) -> &'static str {
    match family {
        Family::OneOffice => "/org/oneoffice",
        Family::OneGov => "/org/onegov",
    }
}

#[derive(Template)]
#[template(path = "sync/access.html")]
struct Access {
    shell: Shell,
    place: Place,
    family: Family,
    path: &'static str,
    lines: Vec<SiteLine>,
    count: usize,
    /// What became of the sites at which Sync was just pressed.
    results: Vec<String>,
    typed: String,
    chosen_place: String,
    places: Vec<String>,
    has_filter: bool,
    page: i64,
    has_more: bool,
    address: String,
    who_can: String,
    members_may_visit: bool,
}

impl Access {
    fn administers(&self) -> bool {
        self.place.role.administers()
    }

    fn heading(&self) -> &'static str {
        match self.family {
            Family::OneOffice => self.shell.t.org_tab_oneoffice(),
            Family::OneGov => self.shell.t.org_tab_onegov(),
        }
    }

    fn about(&self) -> &'static str {
        match self.family {
            Family::OneOffice => self.shell.t.sync_about_oneoffice(),
            Family::OneGov => self.shell.t.sync_about_onegov(),
        }
    }

    /// Whether a row can be chosen at all: with one, its own button is enough.
    fn can_choose(&self) -> bool {
        self.administers() && self.lines.iter().filter(|line| line.can_be_pressed()).count() > 1
    }
}

/// What the address of a list asks for.
#[derive(serde::Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    page: String,
    /// The ids of the sites at which Sync was just pressed.
    #[serde(default)]
    synced: String,
}

async fn show_oneoffice(
    State(accounts): State<Accounts>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    show(&accounts, staff, Family::OneOffice, asked).await
}

async fn show_onegov(
    State(accounts): State<Accounts>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    show(&accounts, staff, Family::OneGov, asked).await
}

async fn show(accounts: &Accounts, staff: Staff, family: Family, asked: Asked) -> Result<Response, PageError> {
    let organization = staff.place.organization;
    let mut reader = accounts.db.read().await?;
    let all = stands::of_family(&mut reader, organization, family).await?;
    let deciders = organizations::deciders(&mut reader, organization).await?;
    let members_may_visit = visiting::is_allowed(&mut reader, organization).await?;
    drop(reader);
    let shell = staff.shell(accounts);
    let typed = tidy(&asked.q);
    let places = places(&all);
    let has_filter = all.len() > FILTER_FROM || !typed.is_empty() || !asked.place.is_empty();
    let results = results(&all, &asked.synced, shell.t);
    let lines: Vec<SiteLine> = all.into_iter().filter(|line| fits(line, &typed, &asked.place)).collect();
    let page = asked.page.parse::<i64>().unwrap_or(1).clamp(1, 40);
    let (count, leaf) = (lines.len(), Leaf::cut(lines, page, PAGE));
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("q", &typed), ("place", &asked.place)])
        .finish();
    let path = path_of(family);
    let page = Access {
        place: staff.place,
        family,
        path,
        lines: leaf.rows,
        count,
        results,
        typed,
        chosen_place: asked.place,
        places,
        has_filter,
        page,
        has_more: leaf.has_more,
        address: format!("{path}?{query}&page="),
        who_can: deciders.into_iter().map(|(name, _)| name).take(MOST_NAMES).collect::<Vec<_>>().join(", "),
        members_may_visit,
        shell,
    };
    Ok(Page::new(&page.shell.clone(), page).into_response())
}

fn tidy(typed: &str) -> String {
    typed.trim().chars().filter(|c| !c.is_control()).take(100).collect()
}

/// The counties that there are sites in.
fn places(lines: &[SiteLine]) -> Vec<String> {
    let places: std::collections::BTreeSet<&String> =
        lines.iter().map(|line| &line.place).filter(|place| !place.is_empty()).collect();
    places.into_iter().cloned().collect()
}

/// Whether a site is one that was looked for: by a part of its name or place, and by its county.
fn fits(line: &SiteLine, typed: &str, place: &str) -> bool {
    let text = format!("{} {}", line.name, line.place).to_lowercase();
    text.contains(&typed.to_lowercase()) && (place.is_empty() || line.place == place)
}

/// How the sites stand at which Sync was just pressed, each in a sentence.
fn results(lines: &[SiteLine], synced: &str, t: Words) -> Vec<String> {
    let ids: Vec<SiteId> = synced.split(',').filter_map(|id| id.parse().ok()).collect();
    lines.iter().filter(|line| ids.contains(&line.id)).map(|line| line.result(t)).collect()
}

async fn sync_oneoffice(
    State(accounts): State<Accounts>,
    staff: Staff,
    Form(fields): Form,
) -> Result<Response, PageError> {
    sync(&accounts, &staff, Family::OneOffice, &fields).await
}

async fn sync_onegov(
    State(accounts): State<Accounts>,
    staff: Staff,
    Form(fields): Form,
) -> Result<Response, PageError> {
    sync(&accounts, &staff, Family::OneGov, &fields).await
}

async fn sync(accounts: &Accounts, staff: &Staff, family: Family, fields: &Params) -> Result<Response, PageError> {
    let (by, t, path) = (staff.administrator()?, staff.words(accounts), path_of(family));
    if let Some(site) = fields.get("one").and_then(|id| id.parse::<SiteId>().ok()) {
        press::press(accounts, by, &[site]).await?;
        let line = stands::at(&mut accounts.db.read().await?, by.organization(), site).await?;
        let line = line.ok_or_else(PageError::not_found)?;
        return Ok(see_other_with(&accounts.kit, &format!("/org/sites/{site}"), &line.result(t)));
    }
    let chosen: Vec<SiteId> = fields.iter().filter_map(|(name, _)| name.strip_prefix(CHOSEN)?.parse().ok()).collect();
    if chosen.is_empty() {
        return Ok(see_other_with(&accounts.kit, path, t.sync_choose_one()));
    }
    press::press(accounts, by, &chosen).await?;
    let ids: Vec<String> = chosen.iter().map(ToString::to_string).collect();
    Ok(see_other(&format!("{path}?synced={}", ids.join(","))))
}

async fn set_visiting(
    State(accounts): State<Accounts>,
    staff: Staff,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let (t, may) = (staff.words(&accounts), fields.get("allowed").is_some());
    let mut unit = accounts.db.write().await?;
    visiting::allow(&mut unit, staff.administrator()?, may).await?;
    unit.commit().await?;
    let back = if fields.get("from") == Some("onegov") { Family::OneGov } else { Family::OneOffice };
    let notice = if may { t.sync_visiting_allowed() } else { t.sync_visiting_stopped() };
    Ok(see_other_with(&accounts.kit, path_of(back), notice))
}
