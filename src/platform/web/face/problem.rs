//! The face for programs: problem details (RFC 9457).

use std::sync::Arc;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::leave;
use crate::kernel::{Fault, fault::Kind};

/// An error of an API that is ours.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    fault: Option<Arc<Fault>>,
}

impl Problem {
    /// `code` is stable and for programs, `detail` is for whoever reads the log of the caller.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), fault: None }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let mut problem = match fault.kind() {
            Kind::Broken => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something broke on our side."),
            Kind::Busy => Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "Too busy; try again shortly."),
        };
        problem.fault = Some(Arc::new(fault));
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "detail": self.detail,
            "code": self.code,
        });
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        leave(&mut response, self.fault);
        response
    }
}
