//! Three processes on one PostgreSQL, behind a proxy that gives each request to the next.

use std::{collections::BTreeSet, net::TcpListener};

use super::Installation;
use crate::support::{
    app::POSTGRES,
    client::header,
    process::{Node, connex},
    proxy::Proxy,
};

fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// The processes, and the proxy at the address of their issuer.
async fn start(it: &Installation) -> (Vec<Node>, Proxy) {
    let proxy = Proxy::start_at(it.app.address).await;
    let nodes = (0..3).map(|_| {
        let address = free_address();
        proxy.lead_to(address.parse().unwrap());
        Node::start_with(&it.config, &[("CONNEX_HTTP_LISTEN", &address)])
    });
    (nodes.collect(), proxy)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flow_may_change_process_at_each_step() {
    let it = Installation::prepare(POSTGRES, 1).await;
    let (_nodes, _proxy) = start(&it).await;
    for scope in ["openid offline_access", "openid offline_access email", "openid profile", "openid phone"] {
        let asked = it.client.asks(scope).with("prompt", "login consent");
        let tokens = it.client.complete(&it.visitor, &it.person, &asked).await;
        assert_eq!(it.client.userinfo(tokens.get("access_token")).await.status, 200);
        if let Some(token) = tokens.all["refresh_token"].as_str() {
            assert_eq!(it.client.refresh(token).await.status, 200);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_rotations_at_once_are_one_and_all_processes_follow() {
    let it = Installation::prepare(POSTGRES, 1).await;
    let (_nodes, _proxy) = start(&it).await;
    let rotations: Vec<_> = (0..3)
        .map(|_| {
            let config = it.config.clone();
            tokio::task::spawn_blocking(move || {
                connex(&config, &["keys", "rotate", "--algorithm", "RS256", "--json"], "")
            })
        })
        .collect();
    let mut signing = BTreeSet::new();
    for rotation in rotations {
        let output = rotation.await.unwrap();
        // Whoever came after the rotation is told that the next key is too new.
        if output.status.success() {
            let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            signing.insert(said["RS256"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(signing.len(), 1, "{signing:?}");
    it.app
        .until("every process signs with the new key", async || {
            let mut kids = BTreeSet::new();
            for _ in 0..6 {
                let tokens = it.client.sign_in(&it.visitor, &it.person, "openid").await;
                kids.insert(header(tokens.get("id_token"))["kid"].as_str().unwrap().to_owned());
            }
            kids == signing
        })
        .await;
}
