//! What happened in an organization, for its administrators. `GET /org/activity`, `GET /org/activity.csv`

use askama::Template;
use axum::{
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::{Place, extract::Staff};
use crate::accounts::{self, Accounts};
use crate::audit::{self, AuditEntry};
use crate::kernel::{AccountId, Fault, Lifetime, Timestamp};
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
pub fn routes(accounts: Accounts) -> Routes {
    Routes::new().get("/org/activity", list).get("/org/activity.csv", export).with_state(accounts)
}

#[derive(Template)]
#[template(path = "organizations/activity.html")]
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
    // A filter looks at all that is shown at most; without one, a page is read.
    let wanted = if typed.is_empty() { ((page - 1) * PAGE, PAGE + 1) } else { (0, MOST_LINES) };
    let mut lines = lines(&accounts, &staff.place, shell.t, wanted).await?;
    let folded = typed.to_lowercase();
    lines.retain(|line| format!("{} {}", line.by, line.what).to_lowercase().contains(&folded));
    let skip = if typed.is_empty() { 0 } else { usize::try_from((page - 1) * PAGE).unwrap_or_default() };
    let mut lines: Vec<Line> = lines.into_iter().skip(skip).collect();
    let most = usize::try_from(PAGE).unwrap_or_default();
    let has_more = lines.len() > most;
    lines.truncate(most);
    let query: String = url::form_urlencoded::byte_serialize(typed.as_bytes()).collect();
    let address = format!("/org/activity?q={query}&page=");
    let page = Activity { shell: shell.clone(), place: staff.place, lines, typed, page, has_more, address };
    Ok(Page::new(&shell, page).into_response())
}

async fn lines(accounts: &Accounts, place: &Place, t: Words, (skip, most): (i64, i64)) -> Result<Vec<Line>, Fault> {
    let mut reader = accounts.db.read().await?;
    let since = reader.now() - SHOWN_FOR;
    let entries = audit::of_organization(&mut reader, place.organization, since, (skip, most)).await?;
    let mut people = People::default();
    let mut lines = Vec::with_capacity(entries.len());
    for entry in entries {
        if let Some(line) = line(&mut reader, &mut people, &entry, t).await? {
            lines.push(line);
        }
    }
    Ok(lines)
}

/// The names of people, each looked up once.
#[derive(Default)]
struct People(std::collections::HashMap<AccountId, String>);

impl People {
    async fn name(&mut self, reader: &mut Reader, text: Option<&str>) -> Result<Option<String>, Fault> {
        let Some(id) = text.and_then(|text| text.parse::<AccountId>().ok()) else { return Ok(None) };
        if let Some(name) = self.0.get(&id) {
            return Ok(Some(name.clone()));
        }
        let name = accounts::get(reader, id).await?.map(|person| person.full_name()).unwrap_or_default();
        self.0.insert(id, name.clone());
        Ok(Some(name))
    }
}

async fn line(reader: &mut Reader, people: &mut People, entry: &AuditEntry, t: Words) -> Result<Option<Line>, Fault> {
    let detail: Value = serde_json::from_str(&entry.detail).unwrap_or_default();
    let word = |key: &str| detail.get(key).and_then(Value::as_str);
    let person = people.name(reader, word("account").or_else(|| word("founder"))).await?.unwrap_or_default();
    let by = match entry.actor.strip_prefix("person:") {
        Some(id) => people.name(reader, Some(id)).await?.unwrap_or_default(),
        None if entry.actor == "operator" => t.org_by_operator().to_owned(),
        None => t.org_by_program().to_owned(),
    };
    let what = sentence(entry.fact.as_str(), &person, &word, t);
    Ok(what.map(|what| Line { at: entry.at, by, what }))
}

/// What a fact is in words; `None` for facts that say nothing to people.
fn sentence<'d>(fact: &str, person: &str, word: &impl Fn(&str) -> Option<&'d str>, t: Words) -> Option<String> {
    let role = || match word("role") {
        Some("founder") => t.users_role_founder(),
        Some("administrator") => t.users_role_administrator(),
        _ => t.users_role_member(),
    };
    Some(match fact.strip_prefix("organizations.")? {
        "created" => t.org_did_create().to_owned(),
        "changed" => t.org_did_change().to_owned(),
        "renamed" => t.org_did_rename(word("from").unwrap_or_default(), word("to").unwrap_or_default()),
        "visiting_set" if word("allowed") == Some("true") => t.org_did_allow_visits().to_owned(),
        "visiting_set" => t.org_did_stop_visits().to_owned(),
        "suspended" => t.org_did_suspend().to_owned(),
        "unsuspended" => t.org_did_unsuspend().to_owned(),
        "deleted" => t.org_did_delete().to_owned(),
        "restored" => t.org_did_restore().to_owned(),
        "member_joined" => t.org_did_join(person, role()),
        "role_changed" => t.org_did_change_role(person, role()),
        "member_disabled" => t.org_did_disable(person),
        "member_enabled" => t.org_did_enable(person),
        "member_removed" => t.org_did_remove(person),
        "join_asked" => t.org_did_ask(person),
        "join_reminded" => t.org_did_remind(person),
        "join_decided" => match word("outcome") {
            Some("accepted") => t.org_did_accept(person),
            Some("denied") => t.org_did_deny(person),
            Some("expired") => t.org_did_expire(person),
            _ => t.org_did_cancel(person),
        },
        "invited" => t.org_did_invite(role()),
        "invitation_resent" => t.org_did_resend().to_owned(),
        "invitation_settled" => match word("outcome") {
            Some("accepted") => t.org_did_accept_invitation().to_owned(),
            Some("declined") => t.org_did_decline_invitation().to_owned(),
            _ => t.org_did_withdraw().to_owned(),
        },
        "hand_over_offered" => t.org_did_offer(person),
        "replacement_announced" => t.org_did_announce(person),
        "hand_over_ended" => t.org_did_end_offer().to_owned(),
        "founder_changed" => t.org_did_change_founder(person),
        _ => return None,
    })
}

async fn export(State(accounts): State<Accounts>, staff: Staff) -> Result<Response, PageError> {
    let lines = lines(&accounts, &staff.place, staff.words(&accounts), (0, MOST_LINES)).await?;
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
