//! `/scim/v2`: where ConneX keeps this site's copies (RFC 7643, RFC 7644). Every request bears a token that ConneX has
//! signed for this very address; there is no secret that both sides share.
//!
//! | What | File |
//! | --- | --- |
//! | who may ask, and what a test lets go wrong | `access.rs`, `sync_token.rs` |
//! | reading: one, a list, a search, filters, chosen attributes | `read.rs`, `filter.rs`, `path.rs`, `present.rs` |
//! | writing: what a request says, PATCH, the answer | `write.rs`, `understand.rs`, `patch.rs` |
//! | what the site can do | `discovery.rs`, `schemas.rs` |
//! | the digests by which copies are compared | `digest.rs` |

mod access;
mod digest;
mod discovery;
mod error;
mod filter;
mod patch;
mod path;
mod present;
mod read;
mod schemas;
mod sync_token;
mod understand;
mod write;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

pub(crate) use understand::facts as understand;

pub(crate) use understand::facts as facts_of;

use crate::copy::Kind;
use crate::site::Site;
use error::ScimError;

/// No resource is larger.
const BODY_BYTES_MAX: usize = 1 << 20;

/// The routes below the SCIM base.
pub(crate) fn routes(site: &Arc<Site>) -> Router<Arc<Site>> {
    Router::new()
        .route("/ServiceProviderConfig", get(discovery::provider))
        .route("/ResourceTypes", get(discovery::resource_types))
        .route("/ResourceTypes/{id}", get(discovery::resource_type))
        .route("/Schemas", get(discovery::schemas))
        .route("/Schemas/{id}", get(discovery::schema))
        .route("/connex/digest", get(digest::answer))
        .route("/.search", post(read::search_all))
        .route("/{endpoint}", get(read::list).post(write::create))
        .route("/{endpoint}/.search", post(read::search))
        .route("/{endpoint}/{id}", get(read::one).put(write::replace).patch(write::patch).delete(write::delete))
        .fallback(async || ScimError::not_found())
        .method_not_allowed_fallback(async || ScimError::method())
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn_with_state(site.clone(), access::admit))
}

/// The kind that an endpoint serves.
fn kind(endpoint: &str) -> Result<Kind, ScimError> {
    match endpoint {
        "Users" => Ok(Kind::User),
        "Groups" => Ok(Kind::Group),
        _ => Err(ScimError::not_found()),
    }
}

/// The endpoint that serves a kind.
fn endpoint(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "Users",
        Kind::Group => "Groups",
    }
}
