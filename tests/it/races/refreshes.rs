//! Fifty at once refresh one token: a client that runs on several machines, or whose answer was lost.

use connex::kernel::Lifetime;

use crate::support::{
    app::{POSTGRES, TestApp},
    http::Visitor,
    on_both_engines, rounds,
};

use super::{at_once, successes};

on_both_engines! {
    fifty_refreshes_of_one_token_have_one_successor
    an_old_token_after_its_grace_ends_the_family_once
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_successor_on_three_nodes() {
    let (mut nodes, _proxy) = TestApp::behind_a_proxy(POSTGRES, 3).await;
    fifty_refreshes_of_one_token_have_one_successor(nodes.remove(0)).await;
}

async fn fifty_refreshes_of_one_token_have_one_successor(app: TestApp) {
    let (client, dana) = (app.web_client("c1").await, app.person("dana").await);
    let tokens = client.sign_in(&Visitor::without_keep_alive(), &dana, "openid offline_access").await;
    let mut head = tokens.get("refresh_token").to_owned();
    for round in 1..=rounds(10, 200) {
        let answers = at_once(50, |_| {
            let (client, head) = (client.clone(), head.clone());
            async move { client.refresh(&head).await }
        });
        let good = successes(answers.await, 400, "invalid_grant");
        assert_eq!(good.len(), 50, "round {round}: nobody is signed out");
        let successor = good[0].json()["refresh_token"].as_str().unwrap().to_owned();
        assert!(good.iter().all(|answer| answer.json()["refresh_token"] == *successor), "round {round}");
        assert_ne!(successor, head);
        let generation = app.count("select generation from refresh_families").await;
        assert_eq!(generation, i64::try_from(round).unwrap() + 1, "one live head");
        head = successor;
        app.advance(Lifetime::minutes(5));
    }
    assert_eq!(client.introspect(&head).await["active"], true);
    assert_eq!(app.count("select count(*) from refresh_families").await, 1);
}

async fn an_old_token_after_its_grace_ends_the_family_once(app: TestApp) {
    let (client, dana) = (app.web_client("c1").await, app.person("dana").await);
    let tokens = client.sign_in(&Visitor::new(), &dana, "openid offline_access").await;
    let old = tokens.get("refresh_token").to_owned();
    let head = client.refresh(&old).await.json()["refresh_token"].as_str().unwrap().to_owned();
    app.advance(Lifetime::minutes(5));
    let answers = at_once(20, |n| {
        let (client, token) = (client.clone(), if n == 7 { head.clone() } else { old.clone() });
        async move { client.refresh(&token).await }
    });
    // The newest token is in the race too: it comes before the thief or after.
    assert!(successes(answers.await, 400, "invalid_grant").len() <= 1);
    assert_eq!(client.refresh(&head).await.json()["error"], "invalid_grant");
    let told = app.count("select count(*) from audit_entries where fact = 'oidc.refresh_token_reused'").await;
    assert_eq!(told, 1);
}
