//! Writing: POST, PUT, PATCH and DELETE (RFC 7644 §3.3, §3.5, §3.6), and what follows from a write.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::header::{CONTENT_TYPE, ETAG, IF_MATCH, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::error::{SCIM_JSON, ScimError, scim};
use super::read::{etag, tags};
use super::{kind, patch as operations, present, understand};
use crate::copy::{Cause, Outcome, Target, Write, Written};
use crate::site::Site;

/// A request's body: an object in JSON, of at most a megabyte.
pub(super) struct Body(pub(super) Value);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = ScimError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ScimError> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if essence != SCIM_JSON && essence != "application/json" {
            return Err(ScimError::media_type());
        }
        let body = Bytes::from_request(request, state).await?;
        let value: Value =
            serde_json::from_slice(&body).map_err(|_| ScimError::bad("invalidSyntax", "The body is not JSON."))?;
        value
            .is_object()
            .then_some(Self(value))
            .ok_or_else(|| ScimError::bad("invalidSyntax", "The body is no object."))
    }
}

/// `POST /Users`: a copy that is known already is replaced, so that a create whose answer was lost can be repeated.
pub(super) async fn create(
    State(site): State<Arc<Site>>,
    Path(endpoint): Path<String>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Response, ScimError> {
    let kind = kind(&endpoint)?;
    let cause = cause(&headers);
    let write = Write { kind, target: Target::New, cause: &cause, if_match: None };
    let written = site.copies.write(write, |_| understand::facts(kind, &body)).await?;
    Ok(answer(&site, written, &cause))
}

/// `PUT /scim/v2/Users/{id}`
pub(super) async fn replace(
    State(site): State<Arc<Site>>,
    Path((endpoint, id)): Path<(String, String)>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Response, ScimError> {
    let kind = kind(&endpoint)?;
    let (cause, known) = (cause(&headers), known(&headers));
    let write = Write { kind, target: Target::Id(&id), cause: &cause, if_match: known.as_deref() };
    let written = site.copies.write(write, |_| understand::facts(kind, &body)).await?;
    Ok(answer(&site, written, &cause))
}

/// `PATCH /scim/v2/Users/{id}`: the operations are done to the copy as it stands, in the transaction that writes it.
pub(super) async fn patch(
    State(site): State<Arc<Site>>,
    Path((endpoint, id)): Path<(String, String)>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Response, ScimError> {
    let kind = kind(&endpoint)?;
    let (cause, known) = (cause(&headers), known(&headers));
    let write = Write { kind, target: Target::Id(&id), cause: &cause, if_match: known.as_deref() };
    let changed = |current: Option<&crate::copy::Stored>| {
        let mut resource = Value::Object(current.map(|stored| present::attributes(&stored.facts)).unwrap_or_default());
        operations::apply(&mut resource, &body)?;
        understand::facts(kind, &resource)
    };
    let written = site.copies.write(write, changed).await?;
    Ok(answer(&site, written, &cause))
}

/// `DELETE /scim/v2/Users/{id}`
pub(super) async fn delete(
    State(site): State<Arc<Site>>,
    Path((endpoint, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, ScimError> {
    let (cause, known) = (cause(&headers), known(&headers));
    let write = Write { kind: kind(&endpoint)?, target: Target::Id(&id), cause: &cause, if_match: known.as_deref() };
    let effect = site.copies.remove(write).await?;
    site.follow(effect, &cause);
    Ok(StatusCode::NO_CONTENT)
}

fn answer(site: &Arc<Site>, written: Written, cause: &Cause) -> Response {
    let Written { stored, outcome, effect } = written;
    site.follow(effect, cause);
    let status = if outcome == Outcome::Created { StatusCode::CREATED } else { StatusCode::OK };
    let base = &site.settings.scim_url;
    let mut response = scim(status, &present::resource(base, &stored));
    response.headers_mut().insert(ETAG, etag(&stored));
    if let (StatusCode::CREATED, Ok(location)) = (status, HeaderValue::try_from(present::location(base, &stored))) {
        response.headers_mut().insert(LOCATION, location);
    }
    response.into_response()
}

/// What ConneX says of why it writes; only for the log.
fn cause(headers: &HeaderMap) -> Cause {
    let text = |name: &str| {
        let value = headers.get(name)?.to_str().ok()?;
        Some(value.chars().take(64).collect::<String>()).filter(|value| !value.is_empty())
    };
    Cause {
        txn: text("connex-txn"),
        reason: text("connex-reason").unwrap_or_else(|| "change".to_owned()),
        actor: crate::copy::CONNEX.to_owned(),
    }
}

/// The entity tags that the writer knows; `None` when any will do.
fn known(headers: &HeaderMap) -> Option<Vec<String>> {
    let list = headers.get(IF_MATCH)?.to_str().unwrap_or_default();
    (list.trim() != "*").then(|| tags(list))
}
