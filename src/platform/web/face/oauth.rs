//! The face for clients: JSON with `error` and `error_description` (RFC 6749 §5.2, RFC 6750 §3).

use std::sync::Arc;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::leave;
use crate::kernel::{Fault, fault::Kind};
use crate::protocol::oauth::{
    bearer,
    error::{OAuthErrorCode, OAuthRefusal},
};

/// An error of a protocol endpoint.
#[derive(Debug)]
pub struct OAuthError {
    status: StatusCode,
    refusal: OAuthRefusal,
    challenge: Option<String>,
    fault: Option<Arc<Fault>>,
}

impl OAuthError {
    /// The request is refused, with the status that its code has.
    #[must_use]
    pub fn new(refusal: OAuthRefusal) -> Self {
        let status = match refusal.code {
            OAuthErrorCode::InvalidClient | OAuthErrorCode::InvalidToken => StatusCode::UNAUTHORIZED,
            OAuthErrorCode::InsufficientScope => StatusCode::FORBIDDEN,
            OAuthErrorCode::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
            OAuthErrorCode::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        };
        Self { status, refusal, challenge: None, fault: None }
    }

    /// Short for a code and its description.
    #[must_use]
    pub fn of(code: OAuthErrorCode, description: &'static str) -> Self {
        Self::new(OAuthRefusal::new(code, description))
    }

    /// Challenges the client for HTTP Basic, because that is how it tried (RFC 6749 §5.2).
    #[must_use]
    pub fn challenge_basic(mut self) -> Self {
        self.challenge = Some("Basic realm=\"connex\", charset=\"UTF-8\"".to_owned());
        self
    }

    /// Challenges for a bearer token (RFC 6750 §3). A request without any token learns no reason.
    #[must_use]
    pub fn challenge_bearer(mut self, came_with_a_token: bool) -> Self {
        self.challenge = Some(bearer::challenge(came_with_a_token.then_some(&self.refusal), "connex"));
        self
    }
}

impl From<OAuthRefusal> for OAuthError {
    fn from(refusal: OAuthRefusal) -> Self {
        Self::new(refusal)
    }
}

impl From<Fault> for OAuthError {
    fn from(fault: Fault) -> Self {
        let mut error = match fault.kind() {
            Kind::Broken => Self::of(OAuthErrorCode::ServerError, "something broke on our side"),
            Kind::Busy => Self::of(OAuthErrorCode::TemporarilyUnavailable, "too busy, try again shortly"),
        };
        error.fault = Some(Arc::new(fault));
        error
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = serde_json::json!({
            "error": self.refusal.code.as_str(),
            "error_description": self.refusal.description,
        });
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
        if let Some(challenge) = self.challenge.and_then(|text| HeaderValue::try_from(text).ok()) {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        leave(&mut response, self.fault);
        response
    }
}
