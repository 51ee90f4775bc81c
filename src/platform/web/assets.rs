//! The stylesheet and the one script: embedded, under names that change with their content.

use std::sync::LazyLock;

use axum::{
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use super::{PageError, Routes};

/// One embedded file.
struct Asset {
    path: String,
    kind: &'static str,
    body: &'static str,
}

impl Asset {
    fn new(name: &str, ending: &str, kind: &'static str, body: &'static str) -> Self {
        let hash: String = Sha256::digest(body).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { path: format!("/assets/{name}-{hash}.{ending}"), kind, body }
    }

    fn answer(&self) -> Response {
        let forever = "public, max-age=31536000, immutable";
        ([(header::CONTENT_TYPE, self.kind), (header::CACHE_CONTROL, forever)], self.body).into_response()
    }
}

static STYLESHEET: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("connex", "css", "text/css; charset=utf-8", include_str!("../../../assets/connex.css"))
});
static SUBMIT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("submit", "js", "text/javascript; charset=utf-8", include_str!("../../../assets/submit.js"))
});

/// Where the stylesheet is.
#[must_use]
pub fn stylesheet() -> &'static str {
    &STYLESHEET.path
}

/// Where the script is that submits the form of `response_mode=form_post`.
#[must_use]
pub fn submit_script() -> &'static str {
    &SUBMIT.path
}

/// The routes of the embedded files.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .get("/assets/{name}", asset)
        .get("/favicon.ico", async || (StatusCode::NO_CONTENT, [(header::CACHE_CONTROL, "public, max-age=86400")]))
}

async fn asset(uri: Uri) -> Response {
    match [&*STYLESHEET, &*SUBMIT].into_iter().find(|asset| asset.path == uri.path()) {
        Some(asset) => asset.answer(),
        None => PageError::not_found().into_response(),
    }
}
