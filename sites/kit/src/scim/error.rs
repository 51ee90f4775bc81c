//! What went wrong, in SCIM's form (RFC 7644 §3.12).

use axum::extract::rejection::BytesRejection;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::copy::Refusal;

/// The media type of every answer.
pub(super) const SCIM_JSON: &str = "application/scim+json";
const SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// An answer that says what went wrong.
#[derive(Debug)]
pub(crate) struct ScimError {
    status: StatusCode,
    scim_type: Option<&'static str>,
    detail: String,
}

impl ScimError {
    fn new(status: StatusCode, scim_type: Option<&'static str>, detail: impl Into<String>) -> Self {
        Self { status, scim_type, detail: detail.into() }
    }

    /// 400 with one of the words of RFC 7644 §3.12, table 9.
    pub(crate) fn bad(scim_type: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some(scim_type), detail)
    }

    /// 401: the token is not one that ConneX signed for this site.
    pub(super) fn unauthorized(reason: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, None, reason)
    }

    /// 404.
    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, None, "There is no such resource.")
    }

    /// 405.
    pub(super) fn method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, None, "This resource does not know the method.")
    }

    /// 415.
    pub(super) fn media_type() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, None, "The body must be application/scim+json.")
    }

    /// 503: nothing is known of the token, because ConneX's keys cannot be fetched.
    pub(super) fn no_keys() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, None, "The keys of the issuer cannot be fetched at the moment.")
    }

    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }
}

impl From<BytesRejection> for ScimError {
    fn from(rejection: BytesRejection) -> Self {
        Self::new(rejection.status(), None, rejection.body_text())
    }
}

impl From<sqlx::Error> for ScimError {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(reason = %error, "the site's database does not answer");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, None, "The site's database does not answer.")
    }
}

impl<E: std::fmt::Display + Into<Self>> From<Refusal<E>> for ScimError {
    fn from(refusal: Refusal<E>) -> Self {
        let detail = refusal.to_string();
        match refusal {
            Refusal::Unknown => Self::not_found(),
            Refusal::Taken(_) => Self::new(StatusCode::CONFLICT, Some("uniqueness"), detail),
            Refusal::Changed => Self::new(StatusCode::PRECONDITION_FAILED, None, detail),
            Refusal::Deleted => Self::new(StatusCode::CONFLICT, None, detail),
            Refusal::Unfit(error) => error.into(),
            Refusal::Store(error) => error.into(),
        }
    }
}

impl From<std::convert::Infallible> for ScimError {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

impl std::fmt::Display for ScimError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.detail)
    }
}

impl IntoResponse for ScimError {
    fn into_response(self) -> Response {
        let mut body = json!({ "schemas": [SCHEMA], "status": self.status.as_str(), "detail": self.detail });
        if let (Some(members), Some(scim_type)) = (body.as_object_mut(), self.scim_type) {
            members.insert("scimType".to_owned(), scim_type.into());
        }
        let mut response = scim(self.status, &body);
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""));
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

/// An answer in SCIM's media type.
pub(super) fn scim(status: StatusCode, body: &Value) -> Response {
    (status, [(CONTENT_TYPE, SCIM_JSON)], body.to_string()).into_response()
}
