//! Refusals as people see them: what happened, and the way on.

use axum::http::StatusCode;

use super::{Decided, Refused};
use crate::kernel::Lifetime;
use crate::platform::{web::PageError, words::Words};

impl From<Refused> for PageError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::OrganizationGone => Self::new(StatusCode::GONE, "CX-1210", |t| t.org_gone().into())
                .advise(|t| t.org_gone_advice().into())
                .lead_to("/", |t| t.error_home().into()),
            Refused::RightsEnded => Self::new(StatusCode::FORBIDDEN, "CX-1208", |t| t.org_rights_ended().into())
                .advise(|t| t.org_rights_ended_advice().into())
                .lead_to("/org", |t| t.error_to_organization().into()),
            Refused::Fault(fault) => fault.into(),
        }
    }
}

/// Somebody was faster: who, and when.
pub(super) fn decided_before(decided: Decided, way_on: &'static str) -> PageError {
    PageError::new(StatusCode::CONFLICT, "CX-1209", |t| t.org_decided_before().into())
        .advise(move |t| sentence(&decided, t))
        .lead_to(way_on, |t| t.users_back().into())
}

/// Who decided what, in a sentence.
pub(super) fn sentence(decided: &Decided, t: Words) -> String {
    let at = t.moment(decided.at);
    match (decided.status.as_str(), &decided.by) {
        ("accepted", Some(by)) => t.join_accepted_by(by, at),
        ("denied", Some(by)) => t.join_denied_by(by, at),
        ("expired", _) => t.join_expired_at(at),
        _ => t.join_cancelled_at(at),
    }
}

/// Too many of something in a day.
pub(super) fn too_many(wait: Lifetime) -> PageError {
    PageError::new(StatusCode::TOO_MANY_REQUESTS, "CX-1401", |t| t.org_too_many().into())
        .advise(move |t| t.org_too_many_advice(t.span(wait)))
        .lead_to("/org/users", |t| t.users_back().into())
}

/// Something that cannot be done any more, or never could.
pub(super) fn conflict(title: impl Fn(Words) -> String + Send + Sync + 'static) -> PageError {
    PageError::new(StatusCode::CONFLICT, "CX-1211", title).lead_to("/org/users", |t| t.users_back().into())
}
