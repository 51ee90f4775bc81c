//! SCIM bodies as answers.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use crate::protocol::scim::MEDIA_TYPE;

/// A body.
pub(super) fn body(value: &Value) -> Response {
    let mut response = value.to_string().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    // What is answered depends on who asks.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("Authorization"));
    response
}

/// A body that has a version, which the caller may know already (RFC 7644 §3.14).
pub(super) fn versioned(request: &HeaderMap, etag: &str, value: &Value) -> Response {
    let known = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    let weak = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let is_known = known.flat_map(|line| line.split(',')).any(|tag| tag.trim() == "*" || weak(tag) == weak(etag));
    let mut response = if is_known { StatusCode::NOT_MODIFIED.into_response() } else { body(value) };
    if let Ok(etag) = HeaderValue::from_str(etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}
