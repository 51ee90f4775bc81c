//! Reading: one copy, a page of them, a search (RFC 7644 §3.4).

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::error::{ScimError, scim};
use super::filter::Filter;
use super::kind;
use super::present::{self, Choice};
use super::write::Body;
use crate::copy::{Kind, Stored};
use crate::site::Site;

/// The most resources of one page.
pub(super) const COUNT_MAX: usize = 1000;
/// As many as come when nobody says how many.
const COUNT: usize = 100;

/// What a client asks for.
#[derive(Debug, Default)]
struct Question {
    filter: Option<Filter>,
    /// How many resources come before the page.
    offset: usize,
    count: usize,
    choice: Choice,
}

impl Question {
    /// Reads the parameters, which `get` looks up by name.
    fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ScimError> {
        let number = |name: &str| match get(name).map(|text| text.trim().parse::<i64>()) {
            None => Ok(None),
            // Less than what is possible means the least that is (RFC 7644 §3.4.2.4).
            Some(Ok(number)) => Ok(Some(usize::try_from(number).unwrap_or(0))),
            Some(Err(_)) => Err(ScimError::bad("invalidValue", format!("{name} is no number"))),
        };
        let choice = Choice::parse(get("attributes").as_deref(), get("excludedAttributes").as_deref())?;
        Ok(Self {
            filter: get("filter").map(|text| Filter::parse(&text)).transpose()?,
            offset: number("startIndex")?.unwrap_or(1).saturating_sub(1),
            count: number("count")?.unwrap_or(COUNT).min(COUNT_MAX),
            choice,
        })
    }

    fn of_query(query: Option<&str>) -> Result<Self, ScimError> {
        let query: Vec<(String, String)> =
            url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
        Self::read(|name| query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone()))
    }

    /// Reads the body of a `.search` (RFC 7644 §3.4.3), whose lists are JSON lists.
    fn of_body(body: &Value) -> Result<Self, ScimError> {
        Self::read(|name| match body.get(name)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            Value::Array(items) => Some(items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")),
            other => Some(other.to_string()),
        })
    }
}

/// `GET /scim/v2/Users/{id}`
pub(super) async fn one(
    State(site): State<Arc<Site>>,
    Path((endpoint, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ScimError> {
    let question = Question::of_query(query.as_deref())?;
    let stored = site.copies.find(kind(&endpoint)?, &id).await?.ok_or_else(ScimError::not_found)?;
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| tags(known).contains(&stored.etag())) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, etag(&stored))]).into_response());
    }
    let body = question.choice.of(present::resource(&site.settings.scim_url, &stored));
    Ok((([(ETAG, etag(&stored))]), scim(StatusCode::OK, &body)).into_response())
}

/// `GET /Users`
pub(super) async fn list(
    State(site): State<Arc<Site>>,
    Path(endpoint): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, ScimError> {
    answer(&site, &[kind(&endpoint)?], &Question::of_query(query.as_deref())?).await
}

/// `POST /scim/v2/Users/.search`
pub(super) async fn search(
    State(site): State<Arc<Site>>,
    Path(endpoint): Path<String>,
    Body(body): Body,
) -> Result<Response, ScimError> {
    answer(&site, &[kind(&endpoint)?], &Question::of_body(&body)?).await
}

/// `POST /.search`: of both kinds.
pub(super) async fn search_all(State(site): State<Arc<Site>>, Body(body): Body) -> Result<Response, ScimError> {
    answer(&site, &[Kind::User, Kind::Group], &Question::of_body(&body)?).await
}

async fn answer(site: &Site, kinds: &[Kind], question: &Question) -> Result<Response, ScimError> {
    let base = &site.settings.scim_url;
    let (total, page) = match (&question.filter, kinds) {
        (None, [kind]) => plain_page(site, *kind, question).await?,
        (filter, kinds) => {
            let mut fitting = Vec::new();
            for kind in kinds {
                let found = candidates(site, *kind, filter.as_ref()).await?;
                let resources = found.iter().map(|stored| present::resource(base, stored));
                fitting.extend(resources.filter(|item| filter.as_ref().is_none_or(|filter| filter.fits(item))));
            }
            (fitting.len(), fitting.into_iter().skip(question.offset).take(question.count).collect())
        }
    };
    let page = page.into_iter().map(|item| question.choice.of(item)).collect();
    Ok(scim(StatusCode::OK, &present::list(total, question.offset.saturating_add(1), page)))
}

async fn plain_page(site: &Site, kind: Kind, question: &Question) -> Result<(usize, Vec<Value>), ScimError> {
    let bound = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let (total, page) = site.copies.page(kind, bound(question.offset), bound(question.count)).await?;
    let page = page.iter().map(|stored| present::resource(&site.settings.scim_url, stored)).collect();
    Ok((usize::try_from(total).unwrap_or_default(), page))
}

/// The copies among which those that fit must be: one where an index knows it, or all.
async fn candidates(site: &Site, kind: Kind, filter: Option<&Filter>) -> sqlx::Result<Vec<Stored>> {
    let looks_up = |name| filter.and_then(|filter| filter.looks_up(name));
    if let Some(id) = looks_up("externalId") {
        return Ok(site.copies.find_external(kind, id).await?.into_iter().collect());
    }
    if let Some(id) = looks_up("id") {
        return Ok(site.copies.find(kind, id).await?.into_iter().collect());
    }
    if let (Some(name), Kind::User) = (looks_up("userName"), kind) {
        return Ok(site.copies.find_user_name(name).await?.into_iter().collect());
    }
    site.copies.all(kind).await
}

/// The entity tag of a copy. It is weak: the same copy may be written in another order of members.
pub(super) fn etag(stored: &Stored) -> HeaderValue {
    HeaderValue::try_from(format!("W/\"{}\"", stored.etag())).unwrap_or_else(|_| HeaderValue::from_static("W/\"\""))
}

/// The opaque parts of a list of entity tags (RFC 9110 §8.8.3), weak or strong.
pub(super) fn tags(list: &str) -> Vec<String> {
    let tag = |tag: &str| tag.trim().trim_start_matches("W/").trim_matches('"').to_owned();
    list.split(',').map(tag).filter(|tag| !tag.is_empty()).collect()
}
