//! Writes that count once: the same key and the same body get the same answer, and nothing is done a
//! second time.

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::store::answers;
use crate::kernel::{Fault, Lifetime, SiteId};
use crate::platform::{
    store::{Sql, Unit},
    web::Problem,
};

/// How long an answer is kept: longer than anybody tries again.
const KEPT_FOR: Lifetime = Lifetime::days(2);

/// The key of a write, and the digest of what is written.
pub(super) struct Once {
    key: Option<String>,
    digest: String,
}

/// What is answered: nothing (204), or a body.
pub(super) struct Answer(pub(super) Option<Value>);

impl Once {
    pub(super) const fn new(key: Option<String>, digest: String) -> Self {
        Self { key, digest }
    }

    /// What was answered the first time, if this is not it.
    pub(super) async fn first_answer(&self, on: &mut impl Sql, site: SiteId) -> Result<Option<Answer>, Problem> {
        let Some(key) = &self.key else { return Ok(None) };
        match answers::find(on, site, key).await? {
            None => Ok(None),
            Some(first) if first.digest == self.digest => Ok(Some(Answer(first.answer.map(|answer| answer.0)))),
            Some(_) => {
                let why = "This Idempotency-Key was used for another request.";
                Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "key_reused", why))
            }
        }
    }

    /// Commits `unit` with the answer to it. When another request with the same key was faster, nothing
    /// of this one is kept, and its answer is the answer.
    pub(super) async fn commit(&self, mut unit: Unit, site: SiteId, answer: Answer) -> Result<Answer, Problem> {
        if let Some(key) = &self.key
            && !answers::keep(&mut unit, site, (key, &self.digest), answer.0.as_ref()).await?
        {
            let first = self.first_answer(&mut unit, site).await?;
            return first.ok_or_else(|| Fault::busy("wait for the same request").into());
        }
        unit.commit().await?;
        Ok(answer)
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let headers = [(header::CACHE_CONTROL, "no-store")];
        match self.0 {
            None => (StatusCode::NO_CONTENT, headers).into_response(),
            Some(body) => (headers, Json(body)).into_response(),
        }
    }
}

/// Forgets answers for which nobody will come again.
pub(super) async fn sweep(unit: &mut Unit) -> Result<u64, Fault> {
    answers::sweep(unit, KEPT_FOR).await
}
