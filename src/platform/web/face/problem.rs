//! The face for programs: problem details (RFC 9457).

use std::sync::Arc;

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::{Asks, leave};
use crate::kernel::{Fault, fault::Kind};
use crate::platform::telemetry::Reference;

/// An error of an API that is ours.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    asks: Asks,
    fault: Option<Arc<Fault>>,
}

impl Problem {
    /// `code` is stable and for programs, `detail` is for whoever reads the log of the caller.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), asks: Asks::default(), fault: None }
    }

    /// The same with what it asks of the caller before the next try.
    #[must_use]
    pub fn asking(mut self, asks: Asks) -> Self {
        self.asks = asks;
        self
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

/// The body of a [`Problem`], for the layer that knows the reference.
#[derive(Clone)]
struct Details(Value);

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
        self.asks.write(headers);
        response.extensions_mut().insert(Details(body));
        leave(&mut response, self.fault);
        response
    }
}

/// Writes the reference of the request into every [`Problem`] that comes up, so that the log of the
/// caller leads to ours.
pub async fn name_the_reference(request: Request, next: Next) -> Response {
    let reference = request.extensions().get::<Reference>().map(ToString::to_string);
    let mut response = next.run(request).await;
    let Some(Details(mut body)) = response.extensions_mut().remove::<Details>() else { return response };
    let (Some(members), Some(reference)) = (body.as_object_mut(), reference) else { return response };
    members.insert("reference".to_owned(), reference.into());
    response.headers_mut().remove(header::CONTENT_LENGTH);
    *response.body_mut() = body.to_string().into();
    response
}
