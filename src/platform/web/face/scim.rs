//! The face for SCIM clients (RFC 7644 §3.12).

use std::sync::Arc;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{Asks, leave};
use crate::kernel::{Fault, fault::Kind};
use crate::protocol::scim::{MEDIA_TYPE, ScimRefusal, error_body};

/// An error below `/scim`.
#[derive(Debug)]
pub struct ScimError {
    status: StatusCode,
    refusal: ScimRefusal,
    asks: Asks,
    fault: Option<Arc<Fault>>,
}

impl ScimError {
    /// An error that needs no `scimType`.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let refusal = ScimRefusal { kind: None, detail: detail.into() };
        Self { status, refusal, asks: Asks::default(), fault: None }
    }

    /// There is no such resource, or it is none of this site's business.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is no such resource for this site.")
    }

    /// The same with what it asks of the caller before the next try.
    #[must_use]
    pub fn asking(mut self, asks: Asks) -> Self {
        self.asks = asks;
        self
    }
}

impl From<ScimRefusal> for ScimError {
    fn from(refusal: ScimRefusal) -> Self {
        Self { status: StatusCode::BAD_REQUEST, refusal, asks: Asks::default(), fault: None }
    }
}

impl From<Fault> for ScimError {
    fn from(fault: Fault) -> Self {
        let mut error = match fault.kind() {
            Kind::Broken => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something broke on our side."),
            Kind::Busy => Self::new(StatusCode::SERVICE_UNAVAILABLE, "Too busy; try again shortly."),
        };
        error.fault = Some(Arc::new(fault));
        error
    }
}

impl IntoResponse for ScimError {
    fn into_response(self) -> Response {
        let body = error_body(self.status.as_u16(), &self.refusal);
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        self.asks.write(headers);
        leave(&mut response, self.fault);
        response
    }
}
