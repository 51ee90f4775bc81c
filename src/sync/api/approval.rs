//! `PUT /api/v1/organizations/{org}/approval`: the agency's word.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    input::{Written, invalid},
    not_found,
    once::Answer,
    organizations::with_history,
};
use crate::audit::Actor;
use crate::kernel::{OrganizationId, Remark, SiteId, Timestamp};
use crate::oidc::{Provider, SitePrincipal};
use crate::platform::{
    store::{Sql, Unit},
    web::Problem,
};
use crate::sites::{
    SiteError,
    approvals::{self, By, LastDay, Said, Terms},
};

const MOST_ROLES: usize = 20;

/// What the agency says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spoken {
    status: Status,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    reason: Option<String>,
    /// A date: the whole day is in it.
    #[serde(default)]
    valid_until: Option<String>,
    /// The clerk, for the history.
    #[serde(default)]
    decided_by: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Approved,
    Suspended,
    Denied,
    Revoked,
}

pub(super) async fn put(
    State(provider): State<Provider>,
    SitePrincipal { site, client_id, .. }: SitePrincipal,
    Path(id): Path<String>,
    written: Written<Spoken>,
) -> Result<Response, Problem> {
    let id: OrganizationId = id.parse().map_err(|_| not_found())?;
    let mut unit = provider.db().write().await?;
    if let Some(first) = written.once.first_answer(&mut unit, site).await? {
        return Ok(first.into_response());
    }
    let word = Word::read(written.said, unit.now())?;
    speak(&mut unit, &Actor::Client(client_id), (site, id), word).await?;
    // So that the answer counts the people whom this lets in, or out.
    unit.settle().await?;
    let body = with_history(&mut unit, site, id).await?.ok_or_else(not_found)?;
    Ok(written.once.commit(unit, site, Answer(Some(body))).await?.into_response())
}

/// A word that can be said.
struct Word {
    status: Status,
    terms: Terms,
    clerk: Option<Remark>,
}

impl Word {
    fn read(spoken: Spoken, now: Timestamp) -> Result<Self, Problem> {
        let remark =
            |name: &str, text: Option<String>| match text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
                None => Ok(None),
                Some(text) => text
                    .parse::<Remark>()
                    .map(Some)
                    .map_err(|_| invalid(format!("{name} has 1 to 200 characters, on one line."))),
            };
        let is_approval = matches!(spoken.status, Status::Approved);
        if !is_approval && (!spoken.roles.is_empty() || spoken.valid_until.is_some()) {
            return Err(invalid("roles and valid_until belong to an approval."));
        }
        let last_day = spoken.valid_until.as_deref().map(str::parse::<LastDay>).transpose();
        let last_day = last_day.map_err(|_| invalid("valid_until is a date such as 2027-01-31."))?;
        let valid_until = last_day.map(LastDay::end);
        if valid_until.is_some_and(|until| until <= now) {
            return Err(invalid("valid_until is over already."));
        }
        let terms = Terms { roles: roles(spoken.roles)?, valid_until, reason: remark("reason", spoken.reason)? };
        Ok(Self { status: spoken.status, terms, clerk: remark("decided_by", spoken.decided_by)? })
    }
}

fn roles(roles: Vec<String>) -> Result<Vec<String>, Problem> {
    let is_role = |role: &String| (1..=60).contains(&role.len()) && role.bytes().all(|byte| byte.is_ascii_graphic());
    if roles.len() > MOST_ROLES || !roles.iter().all(is_role) {
        return Err(invalid(format!("roles holds at most {MOST_ROLES} words of at most 60 visible ASCII characters.")));
    }
    Ok(roles)
}

async fn speak(
    unit: &mut Unit,
    actor: &Actor,
    at: (SiteId, OrganizationId),
    Word { status, terms, clerk }: Word,
) -> Result<(), Problem> {
    let by = By { actor, clerk };
    let said = Said { reason: terms.reason.clone() };
    let spoken = match status {
        Status::Approved => approvals::approve_with(unit, by, at, terms).await,
        Status::Suspended => approvals::suspend(unit, by, at, said).await,
        Status::Denied => approvals::deny(unit, by, at, said).await,
        Status::Revoked => approvals::revoke(unit, by, at, said).await,
    };
    match spoken {
        Ok(_) => Ok(()),
        Err(SiteError::Fault(fault)) => Err(fault.into()),
        Err(SiteError::NotFound) => Err(not_found()),
        Err(why) => Err(Problem::new(StatusCode::CONFLICT, "not_now", format!("{why}."))),
    }
}
