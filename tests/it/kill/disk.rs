//! A disk that is full: everybody is told to come back, nothing that was acknowledged is lost, and it goes on.

use std::fs;

use reqwest::StatusCode;

use super::{
    Installation,
    load::{Code, fetch_code, is_busy, redeem},
};
use crate::support::{app::SQLITE, client::TestClient, http::Visitor, process::Node};

/// What fits before the disk is full: enough to be ready, and for some hundred writes.
const ROOM: u64 = 128 * 1024;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let installation = Installation::prepare(SQLITE, 1).await;
    let path = installation.app.database.url().strip_prefix("sqlite:").unwrap();
    let node = Node::start_on_a_small_disk(&installation.config, fs::metadata(path).unwrap().len() + ROOM);
    let (client, visitor) = (&installation.client, &installation.visitor);
    let (codes, head, refused) = write_until_full(client, visitor, installation.heads[0].clone()).await;
    assert!(refused >= 20, "the disk is not full:\n{}", node.output());
    assert_eq!(installation.app.get("/livez").await.status, 200);

    node.make_room();
    for Code { asked, code, given } in &codes {
        if let Some(given) = given {
            assert_eq!(
                client.userinfo(given["access_token"].as_str().unwrap()).await.status,
                200,
                "it was acknowledged"
            );
        }
        let (status, _) = redeem(client, asked, code).await.unwrap();
        let expected = if given.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
        assert_eq!(status, expected, "a refused redemption spends nothing, a good one spends the code");
    }
    assert_eq!(client.refresh(&head).await.status, 200);
    let dana = &installation.person;
    client.sign_in(&Visitor::new(), dana, "openid").await;
    assert!(node.stop().success());
}

/// Writes until twenty writes were refused: codes, and one client's refreshes.
async fn write_until_full(client: &TestClient, visitor: &Visitor, mut head: String) -> (Vec<Code>, String, usize) {
    let (mut codes, mut refused) = (Vec::new(), 0);
    for _ in 0..3000 {
        if refused >= 20 {
            break;
        }
        match fetch_code(client, visitor).await {
            None => refused += 1,
            Some((asked, code)) => {
                let answer = redeem(client, &asked, &code).await.unwrap();
                let is_given = answer.0 == StatusCode::OK || !is_busy(&answer);
                refused += usize::from(!is_given);
                codes.push(Code { asked, code, given: is_given.then_some(answer.1) });
            }
        }
        let answer = client.refresh(&head).await;
        if answer.status == StatusCode::OK {
            answer.json()["refresh_token"].as_str().unwrap().clone_into(&mut head);
        } else {
            assert!(is_busy(&(answer.status, answer.json())));
            assert_eq!(answer.header("retry-after"), "2");
        }
    }
    (codes, head, refused)
}
