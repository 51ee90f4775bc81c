//! Organizations as a site's pages see them.

use axum::{
    Json,
    extract::{Path, RawQuery, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    input::invalid,
    not_found,
    store::organizations::{self as store, OrganizationRow},
};
use crate::kernel::{Fault, Leaf, Lifetime, OrganizationId, SiteId, Timestamp};
use crate::oidc::{Provider, SitePrincipal};
use crate::organizations::search::{self, Typed};
use crate::platform::{
    store::Sql,
    throttle,
    web::{Asks, Problem},
};
use crate::protocol::oauth::Params;
use crate::sites::approvals::{self, WordSaid};

/// How many searches a site may make in a minute: a directory is looked up, not copied.
const SEARCHES_A_MINUTE: u32 = 60;
const USUAL_LIMIT: i64 = 20;
const MOST_LIMIT: i64 = 50;
/// How many words of the history are shown.
const MOST_HISTORY: i64 = 50;

/// `GET /api/v1/organizations`
pub(super) async fn search(
    State(provider): State<Provider>,
    principal: SitePrincipal,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let asked = Asked::read(query)?;
    count_search(&provider, principal.site).await?;
    let mut on = provider.db().read().await?;
    let (found, is_cut) = match &asked.typed {
        None => (store::known(&mut on, principal.site, asked.pattern, asked.limit + 1).await?, false),
        Some(typed) => {
            let found = search::find(&mut on, Some(typed), None).await?;
            let mut rows = Vec::new();
            for hit in found.hits {
                rows.extend(store::one(&mut on, principal.site, hit.listing.id).await?);
            }
            (rows, found.more)
        }
    };
    let found = Leaf::of(found, asked.limit);
    let (more, now) = (is_cut || found.has_more, on.now());
    let shown: Vec<Value> = found.rows.into_iter().map(|row| shown(row, now)).collect();
    Ok(answer(json!({ "organizations": shown, "more": more })))
}

/// `GET /api/v1/organizations/{org}`
pub(super) async fn one(
    State(provider): State<Provider>,
    principal: SitePrincipal,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = id.parse().map_err(|_| not_found())?;
    let found = with_history(&mut provider.db().read().await?, principal.site, id).await?;
    Ok(answer(found.ok_or_else(not_found)?))
}

/// An organization with what was said of it.
pub(super) async fn with_history(on: &mut impl Sql, site: SiteId, id: OrganizationId) -> Result<Option<Value>, Fault> {
    let Some(row) = store::one(on, site, id).await? else { return Ok(None) };
    let history = approvals::history(on, (site, id), MOST_HISTORY).await?;
    let history = history.into_iter().map(said).collect::<Result<Vec<Value>, Fault>>()?;
    let mut body = shown(row, on.now());
    if let Some(members) = body.as_object_mut() {
        members.insert("history".to_owned(), history.into());
    }
    Ok(Some(body))
}

/// Whether an organization has to do with the site, or once had. What is another site's does not exist here.
pub(super) async fn is_known(on: &mut impl Sql, site: SiteId, id: OrganizationId) -> Result<bool, Fault> {
    let Some(row) = store::one(on, site, id).await? else { return Ok(false) };
    Ok(row.last_synced_at.is_some() || status(&row, on.now()) != "none")
}

fn answer(body: Value) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

async fn count_search(provider: &Provider, site: SiteId) -> Result<(), Problem> {
    if !provider.accounts().limits.enabled {
        return Ok(());
    }
    let mut unit = provider.db().write().await?;
    let whom = site.to_string();
    let wait = throttle::take(&mut unit, ("sync.search", &whom), SEARCHES_A_MINUTE, Lifetime::minutes(1)).await?;
    unit.commit().await?;
    match wait {
        None => Ok(()),
        Some(wait) => {
            let why = "A site searches sixty times a minute at most; wait as Retry-After says.";
            Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", why).asking(Asks::for_time(wait)))
        }
    }
}

/// What is asked for.
struct Asked {
    /// In `all`: what is looked for.
    typed: Option<Typed>,
    /// In `known`: what folded names match.
    pattern: String,
    limit: i64,
}

impl Asked {
    fn read(query: Option<String>) -> Result<Self, Problem> {
        let params = Params::parse(query.unwrap_or_default().as_bytes())
            .map_err(|_| invalid("The parameters of the address cannot be read."))?;
        let limit = match params.get("limit") {
            None => USUAL_LIMIT,
            Some(text) => text
                .parse()
                .ok()
                .filter(|limit| (1..=MOST_LIMIT).contains(limit))
                .ok_or_else(|| invalid(format!("limit is a whole number from 1 to {MOST_LIMIT}.")))?,
        };
        let text = params.get("q").unwrap_or_default();
        let typed = match params.get("scope").unwrap_or("known") {
            "known" => None,
            "all" => Some(Typed::parse(text).ok_or_else(|| invalid("q has three letters or digits, or more."))?),
            _ => return Err(invalid("scope is known or all.")),
        };
        Ok(Self { typed, pattern: pattern(text), limit })
    }
}

/// Names that hold `text` somewhere, as `like … escape '!'` reads it.
fn pattern(text: &str) -> String {
    let text: String = text.trim().to_lowercase().chars().take(120).collect();
    format!("%{}%", text.replace('!', "!!").replace('%', "!%").replace('_', "!_"))
}

/// How the organization stands to the site, in one word.
fn status(row: &OrganizationRow, now: Timestamp) -> &'static str {
    let is_over = row.valid_until.is_some_and(|until| until <= now);
    match row.word.as_deref() {
        Some("approved") if !is_over => "approved",
        Some("requested") => "requested",
        Some("suspended") => "suspended",
        Some("denied") => "denied",
        _ if row.is_linked => "linked",
        Some(_) => "revoked",
        None => "none",
    }
}

/// What a site may know of an organization. Of one that has nothing to do with it, what anybody finds.
fn shown(row: OrganizationRow, now: Timestamp) -> Value {
    let status = status(&row, now);
    let (id, name) = (row.id, row.name.to_string());
    if status == "none" {
        return json!({ "id": id, "name": name, "city": row.city, "state": row.state, "status": status });
    }
    let moment = |moment: Option<Timestamp>| moment.map(|moment| moment.to_string());
    let is_decided = matches!(status, "approved" | "suspended" | "denied" | "revoked");
    let roles = row.roles.map(|roles| roles.0).filter(|_| status == "approved").unwrap_or_default();
    json!({
        "id": id, "name": name, "city": row.city, "state": row.state, "status": status, "roles": roles,
        "requested_at": moment(row.requested_at),
        "decided_at": moment(row.decided_at.filter(|_| is_decided)),
        "reason": row.reason,
        "valid_until": moment(row.valid_until),
        "users": row.users, "confirmed": row.confirmed,
        "last_synced_at": moment(row.last_synced_at), "proven_at": moment(row.proven_at),
    })
}

fn said(said: WordSaid) -> Result<Value, Fault> {
    let decided_by = said.clerk.as_deref().unwrap_or_else(|| who(&said.decided_by));
    Ok(json!({
        "status": said.word()?.as_str(), "reason": said.reason, "decided_by": decided_by,
        "at": said.said_at.to_string(), "valid_until": said.valid_until.map(|until| until.to_string()),
    }))
}

/// Who spoke when no clerk is named, as far as it concerns a site: people and clients of ConneX are not named to it.
fn who(actor: &str) -> &str {
    match actor.split_once(':').map_or(actor, |(kind, _)| kind) {
        "person" => "organization",
        "client" => "site",
        "operator" => "operator",
        _ => "connex",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_holds_no_wildcard_of_the_caller() {
        assert_eq!(pattern(" A_b%c! "), "%a!_b!%c!!%");
    }

    #[test]
    fn nobody_of_connex_is_named() {
        assert_eq!((who("person:acct_1"), who("client:x"), who("program")), ("organization", "site", "connex"));
    }
}
