//! Where the provider answers.

use axum::{
    Router,
    routing::{get, post},
};

use super::{Provider, authorize, discovery, introspection, logout, revocation, token, userinfo};

/// The routes of the provider: the protocol, and the pages that belong to it.
pub fn router(provider: Provider) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery::configuration))
        .route("/.well-known/oauth-authorization-server", get(discovery::configuration))
        .route("/jwks.json", get(discovery::jwks))
        .route("/authorize", get(authorize::authorize_get).post(authorize::authorize_post))
        .route("/authorize/resume", get(authorize::resume))
        .route("/authorize/cancel", get(authorize::cancel))
        .route("/consent", get(authorize::show_consent).post(authorize::allow))
        .route("/select", get(authorize::show_select).post(authorize::choose))
        .route("/par", post(authorize::push))
        .route("/token", post(token::token))
        .route("/userinfo", get(userinfo::userinfo).post(userinfo::userinfo))
        .route("/introspect", post(introspection::introspect))
        .route("/revoke", post(revocation::revoke))
        .route("/end-session", get(logout::end_session_get).post(logout::end_session_post))
        .route("/logout", get(logout::question).post(logout::sign_out))
        .with_state(provider)
}
