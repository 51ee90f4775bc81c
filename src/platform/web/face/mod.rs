//! The faces of an error: a page for people, OAuth JSON for clients, problem details and SCIM errors
//! for programs.
//!
//! A face is the only thing that turns an error into an answer. It leaves the fault in the
//! answer's extensions; one layer logs it inside the request's span. Nothing is logged twice.

mod asks;
mod oauth;
mod page;
mod problem;
mod scim;

pub use asks::Asks;
pub use oauth::OAuthError;
pub use page::{Easel, PageError, draw_error_pages};
pub use problem::{Problem, name_the_reference};
pub use scim::ScimError;

use std::sync::Arc;

use axum::{http::HeaderValue, response::Response};

use crate::kernel::{Fault, fault::Kind};

/// A fault on its way to the log, in the extensions of an answer.
#[derive(Clone)]
pub struct Logged(Arc<Fault>);

impl Logged {
    /// The fault.
    #[must_use]
    pub fn fault(&self) -> &Fault {
        &self.0
    }
}

/// Leaves the fault in the answer, and tells a client of a busy server when to come back.
fn leave(response: &mut Response, fault: Option<Arc<Fault>>) {
    let Some(fault) = fault else { return };
    if fault.kind() == Kind::Busy {
        response.headers_mut().insert(axum::http::header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    response.extensions_mut().insert(Logged(fault));
}
