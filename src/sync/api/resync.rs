//! `POST /sync/v1/orgs/{org}/resync`: a clerk presses *Resync*.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{input::Written, not_found, once::Answer, organizations::is_known};
use crate::audit::Actor;
use crate::kernel::{Doing, OrganizationId};
use crate::oidc::SitePrincipal;
use crate::platform::web::Problem;
use crate::sync::{
    delivery::Courier,
    reconcile::{Resync, ResyncError, resync},
};

/// What is asked.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// Only say what would be done.
    #[serde(default)]
    dry_run: bool,
    /// Somebody has read what it would do, and wants it.
    #[serde(default)]
    confirm: bool,
}

impl Asked {
    const fn how(self) -> Resync {
        match (self.dry_run, self.confirm) {
            (true, _) => Resync::DryRun,
            (false, false) => Resync::Careful,
            (false, true) => Resync::Confirmed,
        }
    }
}

pub(super) async fn post(
    State(courier): State<Courier>,
    SitePrincipal { site, client_id, .. }: SitePrincipal,
    Path(id): Path<String>,
    written: Written<Asked>,
) -> Result<Response, Problem> {
    let id: OrganizationId = id.parse().map_err(|_| not_found())?;
    let db = courier.provider.db();
    if let Some(first) = written.once.first_answer(&mut db.read().await?, site).await? {
        return Ok(first.into_response());
    }
    if !is_known(&mut db.read().await?, site, id).await? {
        return Err(not_found());
    }
    let done = resync(&courier, (site, id), &Actor::Client(client_id), written.said.how()).await.map_err(problem)?;
    let answer = Answer(Some(serde_json::to_value(&done).doing("write the answer to a resync")?));
    // The site was called meanwhile, so the key gets a unit of its own. Should the same request have been
    // faster, both did what doing once does.
    Ok(written.once.commit(db.write().await?, site, answer).await?.into_response())
}

/// That a site cannot be looked at is the site's own affair, and no failure of ours.
fn problem(error: ResyncError) -> Problem {
    match error {
        ResyncError::Site(why) => Problem::new(StatusCode::CONFLICT, "site_not_readable", why),
        ResyncError::Fault(fault) => fault.into(),
    }
}
