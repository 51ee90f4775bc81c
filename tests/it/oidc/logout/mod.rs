//! Signing out: asked for by a site, and told to the sites.

mod back_channel;
mod rp_initiated;

use crate::support::{app::TestApp, client::TestClient, http::Visitor};

/// The address that a site sends the browser to.
pub fn end_session(app: &TestApp, params: &[(&str, &str)]) -> String {
    let query: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
    app.at(&format!("/end-session?{query}"))
}

/// Whether the browser still has a session: asked as a site asks, with `prompt=none`.
pub async fn is_signed_in(visitor: &Visitor, client: &TestClient) -> bool {
    let asked = client.asks("openid").with("prompt", "none");
    let callback = visitor.open(&asked.url()).await.outside();
    match callback.query_pairs().find(|(name, _)| name == "error") {
        None => true,
        Some((_, error)) => {
            assert_eq!(error, "login_required");
            false
        }
    }
}
