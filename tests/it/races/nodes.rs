//! Three nodes on one database: a flow may change node at each step, because no node keeps anything to itself.

use crate::support::{
    app::{POSTGRES, Setting, TestApp},
    http::{Visitor, read},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flow_may_change_node_at_each_step() {
    follow_a_flow(POSTGRES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flow_may_change_node_at_each_step_over_https() {
    follow_a_flow(POSTGRES.https()).await;
}

/// Each request meets the next node: authorization, sign-in, its form, consent, its form, token, userinfo.
async fn follow_a_flow(setting: Setting) {
    let (nodes, _proxy) = TestApp::behind_a_proxy(setting, 3).await;
    let (app, visitor) = (&nodes[0], Visitor::without_keep_alive());
    let (client, dana) = (app.web_client("c1").await, app.person("dana").await);
    // Four rounds are more than three: each step meets each node.
    for scope in ["openid offline_access", "openid offline_access email", "openid profile", "openid phone"] {
        let asked = client.asks(scope).with("prompt", "login consent");
        let tokens = client.complete(&visitor, &dana, &asked).await;
        assert_eq!(tokens.id_token()["iss"], app.issuer);
        let userinfo = client.userinfo(tokens.get("access_token")).await;
        assert_eq!(userinfo.json()["sub"], tokens.id_token()["sub"], "{}", userinfo.body);
        assert_eq!(client.introspect(tokens.get("access_token")).await["active"], true);
        if let Some(token) = tokens.all["refresh_token"].as_str() {
            assert_eq!(client.refresh(token).await.status, 200);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_ends_on_one_node_has_ended_on_all() {
    let (nodes, _proxy) = TestApp::behind_a_proxy(POSTGRES, 3).await;
    let (app, visitor) = (&nodes[0], Visitor::without_keep_alive());
    let (client, dana) = (app.web_client("c1").await, app.person("dana").await);
    let tokens = client.sign_in(&visitor, &dana, "openid offline_access").await;
    let page = visitor.open(&app.at("/logout")).await.page();
    visitor.press(&page, "#logout", &[]).await.page();
    for _ in 0..nodes.len() {
        assert!(!visitor.get(&app.at("/")).await.has("#person"));
        assert_eq!(client.refresh(tokens.get("refresh_token")).await.json()["error"], "invalid_grant");
        assert_eq!(client.userinfo(tokens.get("access_token")).await.status, 401);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_nodes_publish_the_same() {
    let (nodes, _proxy) = TestApp::behind_a_proxy(POSTGRES, 3).await;
    for path in ["/jwks.json", "/.well-known/openid-configuration"] {
        let mut seen = Vec::new();
        for _ in 0..nodes.len() {
            let page = read(nodes[0].machine.get(nodes[0].at(path))).await;
            seen.push((page.header("etag").to_owned(), page.body));
        }
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{path}");
    }
}
