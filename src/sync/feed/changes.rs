//! `GET /sync/v1/changes`

use std::time::Duration;

use axum::{
    Json,
    extract::{RawQuery, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{model::Change, service};
use crate::kernel::{Fault, Leaf};
use crate::oidc::{Provider, SitePrincipal};
use crate::platform::web::Problem;
use crate::protocol::oauth::Params;
use crate::sync::cursor::{self, Of};

const USUAL_COUNT: i64 = 100;
const MOST_COUNT: i64 = 200;
const LONGEST_WAIT_SECONDS: i64 = 25;

/// What is answered.
#[derive(Debug, Serialize)]
struct Changes {
    changes: Vec<Change>,
    next: String,
    more: bool,
}

pub(super) async fn changes(
    State(provider): State<Provider>,
    principal: SitePrincipal,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let asked = Asked::read(query)?;
    let of = Of { client_id: &principal.client_id, list: "changes" };
    let after = match &asked.after {
        None => 0,
        Some(text) => place(&provider, &principal, of, text).await?,
    };
    let patience = (asked.count, Duration::from_secs(asked.wait.unsigned_abs()));
    let entries = Leaf::of(service::entries(&provider, principal.site, after, patience).await?, asked.count);
    let last = entries.rows.last().map_or(after, |entry| entry.seq);
    let next = cursor::seal(provider.kit(), of, provider.db().now(), last)?;
    let changes = entries.rows.into_iter().map(Change::try_from).collect::<Result<_, Fault>>()?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(Changes { changes, next, more: entries.has_more })).into_response())
}

/// The place of a cursor; those of others, of nobody, and of a feed that we have lost are refused
/// alike.
async fn place(provider: &Provider, principal: &SitePrincipal, of: Of<'_>, text: &str) -> Result<i64, Problem> {
    let refuse = || Problem::new(StatusCode::BAD_REQUEST, "invalid_cursor", "Begin anew, without a cursor.");
    let (place, _) = cursor::open::<i64>(provider.kit(), of, text).ok_or_else(refuse)?;
    match service::has_come_to(provider, principal.site, place).await? {
        true => Ok(place),
        false => Err(refuse()),
    }
}

/// The parameters.
struct Asked {
    after: Option<String>,
    count: i64,
    wait: i64,
}

impl Asked {
    fn read(query: Option<String>) -> Result<Self, Problem> {
        let refuse = |why: &str| Problem::new(StatusCode::BAD_REQUEST, "invalid_parameter", why);
        let params = Params::parse(query.unwrap_or_default().as_bytes())
            .map_err(|_| refuse("The parameters of the address cannot be read."))?;
        let number =
            |name: &str, usual: i64, range: std::ops::RangeInclusive<i64>| match params.get(name) {
                None => Ok(usual),
                Some(text) => text.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
                    refuse(&format!("{name} is a whole number from {} to {}.", range.start(), range.end()))
                }),
            };
        Ok(Self {
            after: params.get("after").map(str::to_owned),
            count: number("count", USUAL_COUNT, 1..=MOST_COUNT)?,
            wait: number("wait", 0, 0..=LONGEST_WAIT_SECONDS)?,
        })
    }
}
