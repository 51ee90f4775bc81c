//! Where the provider answers.

use super::{Provider, authorize, discovery, introspection, logout, revocation, token, userinfo};
use crate::platform::web::Routes;

/// The routes of the provider: the protocol, and the pages that belong to it.
pub fn routes(provider: Provider) -> Routes {
    Routes::new()
        .get("/.well-known/openid-configuration", discovery::configuration)
        .get("/.well-known/oauth-authorization-server", discovery::configuration)
        .get("/jwks.json", discovery::jwks)
        .get("/authorize", authorize::authorize_get)
        .post("/authorize", authorize::authorize_post)
        .get("/authorize/resume", authorize::resume)
        .get("/authorize/cancel", authorize::cancel)
        .get("/consent", authorize::show_consent)
        .post("/consent", authorize::allow)
        .get("/select", authorize::show_select)
        .post("/select", authorize::choose)
        .post("/par", authorize::push)
        .post("/token", token::token)
        .get("/userinfo", userinfo::userinfo)
        .post("/userinfo", userinfo::userinfo)
        .post("/introspect", introspection::introspect)
        .post("/revoke", revocation::revoke)
        .get("/end-session", logout::end_session_get)
        .post("/end-session", logout::end_session_post)
        .get("/logout", logout::question)
        .post("/logout", logout::sign_out)
        .with_state(provider)
}
