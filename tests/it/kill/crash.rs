//! `kill -9` at a random moment: what was acknowledged is kept, and what was used is not used again.

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use reqwest::StatusCode;
use tokio::task::JoinSet;

use super::{
    Installation,
    load::{Code, redeem, redeem_on, refresh_on},
};
use crate::support::{
    app::{POSTGRES, SQLITE, Setting},
    process::Node,
    rounds,
};

const REFRESHERS: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_node_keeps_its_word_on_sqlite() {
    kill_again_and_again(SQLITE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_node_keeps_its_word_on_postgresql() {
    kill_again_and_again(POSTGRES).await;
}

#[expect(clippy::print_stderr, reason = "how soon a node is ready is measured, not asserted")]
async fn kill_again_and_again(setting: Setting) {
    let mut installation = Installation::prepare(setting, REFRESHERS).await;
    let mut node = Node::start(&installation.config);
    let (mut refreshed, mut slowest) = (0, Duration::ZERO);
    for round in 0..rounds(10, 100) {
        let (codes, count) = hurry_until_killed(&mut installation, node).await;
        refreshed += count;
        node = Node::start(&installation.config);
        slowest = slowest.max(node.ready_after());
        assert_word_is_kept(&mut installation, &codes, round).await;
    }
    assert!(refreshed > 0, "nobody was served");
    eprintln!("{setting:?}: {refreshed} refreshes acknowledged; ready again after {slowest:?} at most");
    assert!(node.stop().success());
}

/// Eight clients refresh and two redeem codes, until the node is killed under their hands.
async fn hurry_until_killed(installation: &mut Installation, node: Node) -> (Vec<Code>, usize) {
    let (stop, client) = (Arc::new(AtomicBool::new(false)), &installation.client);
    let (mut refreshing, mut redeeming) = (JoinSet::new(), JoinSet::new());
    for head in installation.heads.drain(..) {
        refreshing.spawn(refresh_on(client.clone(), head, stop.clone()));
    }
    for _ in 0..2 {
        redeeming.spawn(redeem_on(client.clone(), installation.visitor.clone(), stop.clone()));
    }
    // The moment of a power cut is nobody's choice.
    tokio::time::sleep(Duration::from_millis(rand::random_range(100..900))).await;
    node.kill_9();
    let ended = refreshing.join_all().await;
    installation.heads = ended.iter().map(|(head, _)| head.clone()).collect();
    let codes = redeeming.join_all().await.into_iter().flatten().collect();
    (codes, ended.iter().map(|(_, count)| count).sum())
}

async fn assert_word_is_kept(installation: &mut Installation, codes: &[Code], round: usize) {
    let client = &installation.client;
    // The newest token that was acknowledged, or its successor by the grace, whose answer the kill has swallowed.
    for head in &mut installation.heads {
        let answer = client.refresh(head).await;
        assert_eq!(answer.status, 200, "round {round}: an acknowledged refresh is lost: {}", answer.body);
        answer.json()["refresh_token"].as_str().unwrap().clone_into(head);
    }
    for Code { asked, code, given } in codes {
        if let Some(given) = given {
            let userinfo = client.userinfo(given["access_token"].as_str().unwrap()).await;
            assert_eq!(userinfo.status, 200, "round {round}: an acknowledged redemption is lost: {}", userinfo.body);
        }
        let mut successes = usize::from(given.is_some());
        for _ in 0..2 {
            let (status, _) = redeem(client, asked, code).await.unwrap();
            assert!(matches!(status, StatusCode::OK | StatusCode::BAD_REQUEST), "round {round}: {status}");
            successes += usize::from(status == StatusCode::OK);
        }
        assert!(successes <= 1, "round {round}: a code was redeemed twice");
    }
}
