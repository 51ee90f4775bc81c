//! What a site and its people's browsers ask of the provider.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Map, Value};
use url::Url;

use super::{Asked, Shared, token, view};
use crate::protocol::{
    oauth::{AuthMethod, GrantType, ResponseMode},
    oidc::discovery::ProviderMetadata,
};

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/jwks.json", get(keys))
        .route("/authorize", get(authorize))
        .route("/token", post(token::token))
        .route("/userinfo", get(userinfo).post(userinfo))
        .route("/end-session", get(end_session))
        .route("/scim/v2/Users", get(view::users))
        .route("/scim/v2/Users/{sub}", get(view::user))
        .route("/scim/v2/Groups/{id}", get(view::group))
        .route("/sync/v1/changes", get(view::changes))
        .with_state(shared)
}

async fn discovery(State(shared): State<Arc<Shared>>) -> Response {
    let algorithm = shared.keys().algorithm();
    let metadata = ProviderMetadata {
        issuer: shared.issuer.clone(),
        authorization_endpoint: shared.at("/authorize"),
        token_endpoint: shared.at("/token"),
        userinfo_endpoint: shared.at("/userinfo"),
        jwks_uri: shared.at("/jwks.json"),
        end_session_endpoint: shared.at("/end-session"),
        scopes_supported: "openid profile email organization sites scim sync".split(' ').collect(),
        response_types_supported: vec!["code"],
        response_modes_supported: vec![ResponseMode::Query],
        grant_types_supported: vec![GrantType::AuthorizationCode, GrantType::ClientCredentials],
        subject_types_supported: vec!["public"],
        code_challenge_methods_supported: vec!["S256"],
        id_token_signing_alg_values_supported: vec![algorithm],
        token_endpoint_auth_methods_supported: vec![AuthMethod::ClientSecretBasic, AuthMethod::ClientSecretPost],
        authorization_response_iss_parameter_supported: true,
        backchannel_logout_supported: true,
        backchannel_logout_session_supported: true,
        ..ProviderMetadata::default()
    };
    // What it does not have, it does not name: an empty address is no address.
    let document = serde_json::to_value(metadata).unwrap_or_default();
    let is_there = |value: &Value| value.as_str() != Some("") && value.as_array().is_none_or(|list| !list.is_empty());
    let document: Map<String, Value> =
        super::super::person::members(document).into_iter().filter(|(_, value)| is_there(value)).collect();
    Json(document).into_response()
}

async fn keys(State(shared): State<Arc<Shared>>) -> Response {
    Json(shared.keys().published()).into_response()
}

/// For a person who looks on with a browser of their own; the check's browser does not come here.
async fn authorize(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    let url = Url::parse(&format!("{}?{}", shared.at("/authorize"), query.unwrap_or_default()));
    match url.ok().and_then(|url| shared.answer(&Asked::of(&url))) {
        Some(answered) => see_other(&answered.url),
        None => (StatusCode::BAD_REQUEST, "Nobody is expected to sign in now.").into_response(),
    }
}

async fn userinfo(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let stage = shared.stage();
    let person =
        bearer(&headers).and_then(|token| stage.access.get(token)).and_then(|sub| stage.people.get(sub.as_ref()?));
    match person {
        Some(person) => Json(person.claims(&shared.organization)).into_response(),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn end_session(RawQuery(query): RawQuery) -> Response {
    let query = super::form(query.unwrap_or_default().as_bytes());
    let Some(mut back) = query.get("post_logout_redirect_uri").and_then(|uri| Url::parse(uri).ok()) else {
        return "You are signed out.".into_response();
    };
    if let Some(state) = query.get("state") {
        back.query_pairs_mut().append_pair("state", state);
    }
    see_other(&back)
}

/// The access token of a request.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

fn see_other(url: &Url) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, url.to_string())]).into_response()
}
