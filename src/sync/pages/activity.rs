//! What happened in an organization and between it and sites, for its administrators. `GET /org/activity`, `GET /org/activity.csv`
//!
//! It tells what each slice below has recorded, so it stands above all of them.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::{happened::sentence, store::sites};
use crate::accounts::{self, Accounts};
use crate::audit::{self, AuditEntry};
use crate::kernel::{AccountId, Fault, Leaf, Lifetime, SiteId, Timestamp, leaf};
use crate::organizations::{Place, extract::Staff};
use crate::platform::{
    store::{Reader, Sql},
    web::{Page, PageError, Routes, Shell},
    words::Words,
};

const PAGE: i64 = 50;
/// How far back the activity is shown.
const SHOWN_FOR: Lifetime = Lifetime::days(365);
/// The most lines of one file.
const MOST_LINES: i64 = 5000;

/// The pages of this part.
pub(super) fn routes(accounts: Accounts) -> Routes {
    Routes::new().get("/org/activity", list).get("/org/activity.csv", export).with_state(accounts)
}

#[derive(Template)]
#[template(path = "sync/activity.html")]
struct Activity {
    shell: Shell,
    place: Place,
    lines: Vec<Line>,
    typed: String,
    page: i64,
    has_more: bool,
    address: String,
}

/// What happened, in a sentence.
struct Line {
    at: Timestamp,
    by: String,
    what: String,
}

impl Line {
    /// Whether it holds what somebody is looking for, which is in lower case.
    fn holds(&self, wanted: &str) -> bool {
        format!("{} {}", self.by, self.what).to_lowercase().contains(wanted)
    }
}

#[derive(serde::Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: String,
}

async fn list(
    State(accounts): State<Accounts>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let page = asked.page.parse::<i64>().unwrap_or(1).clamp(1, 100);
    let typed: String = asked.q.trim().chars().filter(|c| !c.is_control()).take(100).collect();
    let shell = staff.shell(&accounts);
    let Leaf { rows: lines, has_more } = if typed.is_empty() {
        leaf(&accounts, &staff.place, shell.t, (page, PAGE)).await?
    } else {
        // A filter looks at all that is shown at most.
        let mut all = leaf(&accounts, &staff.place, shell.t, (1, MOST_LINES)).await?.rows;
        let wanted = typed.to_lowercase();
        all.retain(|line| line.holds(&wanted));
        Leaf::cut(all, page, PAGE)
    };
    let query: String = url::form_urlencoded::byte_serialize(typed.as_bytes()).collect();
    let address = format!("/org/activity?q={query}&page=");
    let page = Activity { shell: shell.clone(), place: staff.place, lines, typed, page, has_more, address };
    Ok(Page::new(&shell, page).into_response())
}

/// Leaf `number` of what happened, of `size` facts each; a fact without words gives no line.
async fn leaf(accounts: &Accounts, place: &Place, t: Words, (number, size): (i64, i64)) -> Result<Leaf<Line>, Fault> {
    let mut reader = accounts.db.read().await?;
    let (since, span) = (reader.now() - SHOWN_FOR, leaf::span(number, size));
    let entries = Leaf::of(audit::of_organization(&mut reader, place.organization, since, span).await?, size);
    let mut names = Names::default();
    let mut lines = Vec::with_capacity(entries.rows.len());
    for entry in &entries.rows {
        lines.extend(line(&mut reader, &mut names, entry, t).await?);
    }
    Ok(Leaf { rows: lines, has_more: entries.has_more })
}

/// The names of people and sites, each looked up once. Those that are gone for good have none.
#[derive(Default)]
struct Names {
    people: HashMap<AccountId, String>,
    sites: HashMap<SiteId, String>,
}

impl Names {
    async fn person(&mut self, reader: &mut Reader, text: Option<&str>) -> Result<String, Fault> {
        let Some(id) = text.and_then(|text| text.parse().ok()) else { return Ok(String::new()) };
        if let Some(name) = self.people.get(&id) {
            return Ok(name.clone());
        }
        let name = accounts::get(reader, id).await?.map(|person| person.full_name()).unwrap_or_default();
        self.people.insert(id, name.clone());
        Ok(name)
    }

    async fn site(&mut self, reader: &mut Reader, text: Option<&str>) -> Result<String, Fault> {
        let Some(id) = text.and_then(|text| text.parse().ok()) else { return Ok(String::new()) };
        if let Some(name) = self.sites.get(&id) {
            return Ok(name.clone());
        }
        let name = sites::name(reader, id).await?.map(|name| name.to_string()).unwrap_or_default();
        self.sites.insert(id, name.clone());
        Ok(name)
    }
}

async fn line(reader: &mut Reader, names: &mut Names, entry: &AuditEntry, t: Words) -> Result<Option<Line>, Fault> {
    let detail: Value = serde_json::from_str(&entry.detail).unwrap_or_default();
    let word = |key: &str| detail.get(key).and_then(Value::as_str);
    let person = names.person(reader, word("account").or_else(|| word("founder"))).await?;
    let site = names.site(reader, word("site")).await?;
    let by = match entry.actor.split_once(':') {
        Some(("person", id)) => names.person(reader, Some(id)).await?,
        // A site speaks of what is between the organization and itself.
        Some(("client", _)) => site.clone(),
        _ if entry.actor == "operator" => t.org_by_operator().to_owned(),
        _ => t.org_by_program().to_owned(),
    };
    let what = sentence(&entry.fact, (&person, &site), &word, t);
    Ok(what.map(|what| Line { at: entry.at, by, what }))
}

async fn export(State(accounts): State<Accounts>, staff: Staff) -> Result<Response, PageError> {
    let lines = leaf(&accounts, &staff.place, staff.words(&accounts), (1, MOST_LINES)).await?.rows;
    let mut text = String::from("at,by,what\r\n");
    for line in lines {
        text.push_str(&format!("{},{},{}\r\n", line.at, cell(&line.by), cell(&line.what)));
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"activity.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text).into_response())
}

/// A cell of a file that spreadsheets open: quoted, and never a formula.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_cell_is_never_a_formula() {
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell("Dana \"Dee\", Whitfield"), "\"Dana \"\"Dee\"\", Whitfield\"");
    }
}
