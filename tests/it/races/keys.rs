//! Signing keys: many nodes make and rotate them at the same moment, and there is one.

use connex::{
    audit::Actor,
    kernel::Lifetime,
    protocol::jose::{SealingKey, SigningAlgorithm},
    signing::{self, KeyError, KeyState},
};
use serde_json::Value;

use crate::support::{
    app::{POSTGRES, SQLITE, TestApp},
    base::Base,
    client::header,
    engine::Engine,
    http::Visitor,
};

use super::at_once;

const ROTATIONS: &str = "select count(*) from audit_entries where fact = 'signing.key_rotated'";

/// One node on SQLite, three on PostgreSQL.
async fn installations() -> Vec<Vec<TestApp>> {
    let first = TestApp::start(POSTGRES).await;
    let (second, third) = (first.another_node().await, first.another_node().await);
    vec![vec![TestApp::start(SQLITE).await], vec![TestApp::start(POSTGRES).await], vec![first, second, third]]
}

async fn rotate_at_once(nodes: &[TestApp], algorithm: SigningAlgorithm, force: bool) -> Vec<Result<String, KeyError>> {
    at_once(8, |n| {
        let app = nodes[n % nodes.len()].app.clone();
        async move { signing::rotate(&app.db, &app.sealing, algorithm, force, &Actor::Operator).await }
    })
    .await
}

/// The one key of a state.
async fn the_one(app: &TestApp, algorithm: SigningAlgorithm, state: KeyState) -> String {
    let keys = signing::list(&mut app.app.db.read().await.unwrap()).await.unwrap();
    let mut found = keys.into_iter().filter(|key| key.algorithm == algorithm.as_str() && key.state == state);
    let (one, another) = (found.next(), found.next());
    assert!(another.is_none(), "two keys are {state:?}");
    one.unwrap().kid
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_at_once_make_one_key() {
    for engine in Engine::BOTH {
        let base = Base::migrated(engine).await;
        let nodes = [base.db.clone(), base.another_node().await, base.another_node().await];
        let made = at_once(nodes.len(), |n| {
            let db = nodes[n].clone();
            async move { signing::ensure(&db, &SealingKey::new([7; 32])).await }
        });
        made.await.into_iter().for_each(Result::unwrap);
        assert_eq!(base.number("select count(*) from signing_keys").await, 4, "{engine:?}");
        assert_eq!(base.number("select count(distinct slot) from signing_keys").await, 4, "{engine:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_that_rotate_at_once_rotate_once() {
    for nodes in installations().await {
        let app = &nodes[0];
        for (round, algorithm) in [SigningAlgorithm::Es256, SigningAlgorithm::Rs256].into_iter().enumerate() {
            app.advance(Lifetime::minutes(11));
            let next = the_one(app, algorithm, KeyState::Next).await;
            for answer in rotate_at_once(&nodes, algorithm, false).await {
                match answer {
                    Ok(kid) => assert_eq!(kid, next, "all get the same answer"),
                    Err(KeyError::TooSoon(_)) => {}
                    Err(other) => panic!("{other:?}"),
                }
            }
            assert_eq!(the_one(app, algorithm, KeyState::Current).await, next);
            assert_ne!(the_one(app, algorithm, KeyState::Next).await, next);
            assert_eq!(app.count(ROTATIONS).await, i64::try_from(round).unwrap() + 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_that_force_it_leave_one_of_each() {
    for nodes in installations().await {
        let (app, algorithm) = (&nodes[0], SigningAlgorithm::Es256);
        for answer in rotate_at_once(&nodes, algorithm, true).await {
            let kid = answer.unwrap();
            let keys = signing::list(&mut app.app.db.read().await.unwrap()).await.unwrap();
            let state = keys.iter().find(|key| key.kid == kid).unwrap().state;
            assert!(matches!(state, KeyState::Current | KeyState::Retired), "{state:?}");
        }
        the_one(app, algorithm, KeyState::Current).await;
        the_one(app, algorithm, KeyState::Next).await;
        let rotations = app.count(ROTATIONS).await;
        assert!((1..=8).contains(&rotations), "{rotations}");
        assert_eq!(app.count("select count(*) from signing_keys where algorithm = 'ES256'").await, 2 + rotations);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retired_key_is_taken_out_once() {
    for nodes in installations().await {
        let (app, algorithm) = (&nodes[0], SigningAlgorithm::Es256);
        let first = the_one(app, algorithm, KeyState::Current).await;
        let refused = signing::retire(&app.app.db, &first, &Actor::Operator).await;
        assert!(matches!(refused, Err(KeyError::NotRetired)), "it signs");
        signing::rotate(&app.app.db, &app.app.sealing, algorithm, true, &Actor::Operator).await.unwrap();
        let answers = at_once(8, |n| {
            let (db, kid) = (nodes[n % nodes.len()].app.db.clone(), first.clone());
            async move { signing::retire(&db, &kid, &Actor::Operator).await.is_ok() }
        });
        assert_eq!(answers.await.into_iter().filter(|is_done| *is_done).count(), 1);
    }
}

fn kids(jwks: &Value) -> Vec<String> {
    jwks["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_other_nodes_follow_a_rotation() {
    let first = TestApp::start(POSTGRES).await;
    let second = first.another_node().await;
    let (client, dana) = (second.web_client("c1").await, second.person("dana").await);
    let before = client.sign_in(&Visitor::new(), &dana, "openid").await;
    let algorithm: SigningAlgorithm = header(before.get("id_token"))["alg"].as_str().unwrap().parse().unwrap();
    let next = the_one(&first, algorithm, KeyState::Next).await;
    assert!(kids(&second.get("/jwks.json").await.json()).contains(&next), "it is published before it signs");
    let rotated = signing::rotate(&first.app.db, &first.app.sealing, algorithm, false, &Actor::Operator).await;
    assert_eq!(rotated.unwrap(), next);
    second
        .until("the second node signs with the new key", async || {
            let tokens = client.sign_in(&Visitor::new(), &dana, "openid").await;
            header(tokens.get("id_token"))["kid"] == *next
        })
        .await;
    let published = kids(&second.get("/jwks.json").await.json());
    let former = header(before.get("id_token"))["kid"].as_str().unwrap().to_owned();
    assert!(published.contains(&former), "what it signed is still verified");
    assert_eq!(client.userinfo(before.get("access_token")).await.status, 200);
}
