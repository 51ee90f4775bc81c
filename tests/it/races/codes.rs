//! Fifty at once redeem one code.

use crate::support::{
    app::{POSTGRES, Person, TestApp},
    client::{Asked, TestClient, Tokens},
    http::Visitor,
    on_both_engines, rounds,
};

use super::{at_once, successes};

on_both_engines! {
    one_of_fifty_redeems_a_code_and_the_replays_kill_what_it_gave
    a_replay_after_an_hour_kills_what_the_code_gave
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_fifty_on_three_nodes() {
    let (mut nodes, _proxy) = TestApp::behind_a_proxy(POSTGRES, 3).await;
    one_of_fifty_redeems_a_code_and_the_replays_kill_what_it_gave(nodes.remove(0)).await;
}

/// A code for a person who is signed in and has agreed.
async fn code(visitor: &Visitor, client: &TestClient) -> (Asked, String) {
    let asked = client.asks("openid offline_access");
    let callback = visitor.open(&asked.url()).await.outside();
    let code = asked.code(&callback);
    (asked, code)
}

async fn prepare(app: &TestApp) -> (Visitor, TestClient, Person) {
    let (visitor, client, dana) = (Visitor::without_keep_alive(), app.web_client("c1").await, app.person("dana").await);
    client.sign_in(&visitor, &dana, "openid offline_access").await;
    (visitor, client, dana)
}

/// RFC 6749 §4.1.2: the second use of a code revokes what the first use gave.
async fn assert_dead(client: &TestClient, tokens: &Tokens) {
    assert_eq!(client.userinfo(tokens.get("access_token")).await.status, 401);
    for token in ["access_token", "refresh_token"] {
        assert_eq!(client.introspect(tokens.get(token)).await["active"], false, "{token}");
    }
    assert_eq!(client.refresh(tokens.get("refresh_token")).await.json()["error"], "invalid_grant");
}

async fn one_of_fifty_redeems_a_code_and_the_replays_kill_what_it_gave(app: TestApp) {
    let (visitor, client, _dana) = prepare(&app).await;
    for round in 0..rounds(10, 200) {
        let (asked, code) = code(&visitor, &client).await;
        let answers = at_once(50, |_| {
            let (client, asked, code) = (client.clone(), asked.clone(), code.clone());
            async move { client.redeem(&asked, &code).await }
        });
        let good = successes(answers.await, 400, "invalid_grant");
        assert_eq!(good.len(), 1, "round {round}");
        assert_dead(&client, &Tokens { all: good[0].json() }).await;
    }
    // What other codes gave is untouched.
    let (asked, code) = code(&visitor, &client).await;
    assert_eq!(client.redeem(&asked, &code).await.status, 200);
}

async fn a_replay_after_an_hour_kills_what_the_code_gave(app: TestApp) {
    let (visitor, client, _dana) = prepare(&app).await;
    let (asked, code) = code(&visitor, &client).await;
    let tokens = Tokens { all: client.redeem(&asked, &code).await.json() };
    app.advance(connex::kernel::Lifetime::hours(1));
    assert_eq!(client.redeem(&asked, &code).await.json()["error"], "invalid_grant");
    assert_dead(&client, &tokens).await;
}
