//! Redirects: to a page of ours, or to an address that was proven.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::PageError;
use crate::kernel::Fault;

/// Goes on to a page of ours by GET, whatever the method was (303, so that no form is posted on).
#[must_use]
pub fn see_other(path: &str) -> Response {
    if !path.starts_with('/') || path.starts_with("//") || path.starts_with("/\\") {
        return PageError::from(Fault::new("redirect outside")).into_response();
    }
    redirect(path)
}

/// Goes on to a site, at an address that was compared with the registered ones.
#[must_use]
pub fn to_site(address: &str) -> Response {
    redirect(address)
}

fn redirect(to: &str) -> Response {
    match HeaderValue::try_from(to) {
        Ok(to) => (
            StatusCode::SEE_OTHER,
            [(header::LOCATION, to), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))],
        )
            .into_response(),
        Err(_) => PageError::from(Fault::new("write a redirect")).into_response(),
    }
}
