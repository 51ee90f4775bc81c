//! `GET /api/openapi.json`: how to ask, for programs and their developers.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

/// The document. A test holds it against the routes, and runs each of its examples.
const OPENAPI: &str = include_str!("openapi.json");

pub(super) async fn openapi() -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, OPENAPI).into_response()
}
