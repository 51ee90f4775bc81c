//! The shortest path.

use crate::support::{app::TestApp, http::Visitor, on_every_engine_and_scheme};

on_every_engine_and_scheme! { a_person_signs_in_at_a_client }

async fn a_person_signs_in_at_a_client(app: TestApp) {
    let (client, dana) = (app.web_client("c1").await, app.person("dana").await);
    let tokens = client.sign_in(&Visitor::new(), &dana, "openid profile email").await;
    let userinfo = client.userinfo(tokens.get("access_token")).await;
    assert_eq!(userinfo.status, 200, "{}", userinfo.body);
    assert_eq!(userinfo.json()["sub"], tokens.id_token()["sub"]);
}
