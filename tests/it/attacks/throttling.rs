//! Guessing passwords, and locking others out by guessing (L-4, X-17, R-8).

use connex::kernel::Lifetime;
use reqwest::Method;

use crate::support::{
    app::TestApp,
    http::{Page, Visitor, read},
    on_both_engines,
};

on_both_engines! {
    after_five_wrong_tries_one_waits_longer_each_time
    a_known_network_is_served_however_often_strangers_fail
    failures_on_one_account_do_not_make_another_wait
    failures_from_one_network_make_that_network_wait
    a_hundred_failures_in_a_row_are_the_most_whatever_the_account_is_called
    an_unknown_account_waits_like_a_known_one
    nobody_chooses_the_address_that_is_counted
    a_proxy_that_is_listed_is_believed_and_its_client_cannot_pass_for_another
}

/// The same app with throttling, behind a proxy on this machine.
async fn behind_a_proxy(app: &TestApp) -> TestApp {
    TestApp::start_with(app.setting.with_limits(), |config| {
        config.http.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await
}

/// A try to sign in, from a browser that was never here.
async fn tries_with(app: &TestApp, headers: &[(&str, &str)], name: &str, password: &str) -> Page {
    let visitor = Visitor::new();
    let from = |method: Method| {
        let request = visitor.request(method, &app.at("/login"));
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
    };
    let page = read(from(Method::GET)).await;
    let proof = page.attribute("input[name=proof]", "value");
    read(from(Method::POST).form(&[("username", name), ("password", password), ("proof", &proof)])).await
}

async fn tries(app: &TestApp, from: &str, name: &str, password: &str) -> u16 {
    let answer = tries_with(app, &[("x-forwarded-for", from)], name, password).await;
    if answer.status == 429 {
        assert!(answer.header("retry-after").parse::<i64>().unwrap() > 0);
    }
    answer.status.as_u16()
}

const RIGHT: &str = crate::support::app::PASSWORD;
const HOME: &str = "198.51.100.7";

async fn after_five_wrong_tries_one_waits_longer_each_time(app: TestApp) {
    let app = behind_a_proxy(&app).await;
    app.person("dana").await;
    for _ in 0..5 {
        assert_eq!(tries(&app, HOME, "dana", "wrong").await, 422);
    }
    for wait in [30, 60, 120, 240, 480, 900, 900] {
        // Not even the right password is looked at before the time has come.
        assert_eq!(tries(&app, HOME, "dana", RIGHT).await, 429);
        app.advance(Lifetime::seconds(wait - 5));
        assert_eq!(tries(&app, HOME, "DANA ", RIGHT).await, 429, "{wait} s");
        app.advance(Lifetime::seconds(6));
        assert_eq!(tries(&app, HOME, "dana", "wrong").await, 422, "{wait} s");
    }
    app.advance(Lifetime::seconds(901));
    assert_eq!(tries(&app, HOME, "dana", RIGHT).await, 303);
    assert_eq!(tries(&app, HOME, "dana", "wrong").await, 422, "the right password starts the count anew");
}

/// 110 failures from 37 networks, none of which fails often.
async fn strangers_fail(app: &TestApp, names: &[&str]) {
    for (count, name) in names.iter().cycle().take(110).enumerate() {
        tries(app, &format!("203.0.{}.9", count / 3), name, "wrong").await;
    }
}

async fn a_known_network_is_served_however_often_strangers_fail(app: TestApp) {
    let app = behind_a_proxy(&app).await;
    app.person("dana").await;
    assert_eq!(tries(&app, HOME, "dana", RIGHT).await, 303);
    strangers_fail(&app, &["dana"]).await;
    assert_eq!(tries(&app, "192.0.2.1", "dana", RIGHT).await, 429, "an unknown network");
    assert_eq!(tries(&app, HOME, "dana", RIGHT).await, 303, "the person's own network");
}

async fn failures_on_one_account_do_not_make_another_wait(app: TestApp) {
    let app = behind_a_proxy(&app).await;
    app.person("dana").await;
    app.person("erin").await;
    for _ in 0..6 {
        tries(&app, HOME, "dana", "wrong").await;
    }
    assert_eq!(tries(&app, HOME, "dana", RIGHT).await, 429);
    assert_eq!(tries(&app, HOME, "erin", RIGHT).await, 303);
    assert_eq!(tries(&app, "192.0.2.1", "dana", RIGHT).await, 303, "another network");
}

async fn failures_from_one_network_make_that_network_wait(app: TestApp) {
    let app = behind_a_proxy(&app).await;
    app.person("dana").await;
    for count in 0..100 {
        // Neighbours in the same /24 are one network.
        assert_eq!(tries(&app, &format!("198.51.100.{}", count % 9), &format!("nobody{count}"), "wrong").await, 422);
    }
    assert_eq!(tries(&app, HOME, "dana", RIGHT).await, 429);
    assert_eq!(tries(&app, "198.51.101.7", "dana", RIGHT).await, 303, "the network beside it");
    app.advance(Lifetime::seconds(301));
    assert_eq!(tries(&app, HOME, "dana", RIGHT).await, 303);
}

async fn a_hundred_failures_in_a_row_are_the_most_whatever_the_account_is_called(app: TestApp) {
    let app = behind_a_proxy(&app).await;
    let dana = app.person("dana").await;
    strangers_fail(&app, &["dana", &dana.email]).await;
    assert_eq!(tries(&app, "192.0.2.1", "dana", RIGHT).await, 429);
    assert_eq!(tries(&app, "192.0.2.2", &dana.email, RIGHT).await, 429);
}

async fn an_unknown_account_waits_like_a_known_one(app: TestApp) {
    let app = behind_a_proxy(&app).await;
    app.person("dana").await;
    let course = async |name: &str| {
        let mut statuses = Vec::new();
        for _ in 0..7 {
            statuses.push(tries(&app, HOME, name, "wrong").await);
        }
        app.advance(Lifetime::seconds(31));
        statuses.push(tries(&app, HOME, name, "wrong").await);
        statuses
    };
    let known = course("dana").await;
    assert_eq!(known, [422, 422, 422, 422, 422, 429, 429, 422]);
    assert_eq!(course("nobody").await, known);
}

async fn nobody_chooses_the_address_that_is_counted(app: TestApp) {
    // Nobody is a trusted proxy here: what a caller says of her own address is not believed.
    let app = TestApp::start_with(app.setting.with_limits(), |_| {}).await;
    app.person("dana").await;
    for count in 0..6 {
        let other = format!("203.0.113.{count}");
        let forwarded = format!("for={other}");
        let headers = [
            ("x-forwarded-for", other.as_str()),
            ("forwarded", &forwarded),
            ("x_forwarded_for", &other),
            ("x-real-ip", &other),
            ("true-client-ip", &other),
            ("cf-connecting-ip", &other),
        ];
        tries_with(&app, &headers, "dana", "wrong").await;
    }
    assert_eq!(tries_with(&app, &[("x-forwarded-for", "203.0.114.1")], "dana", RIGHT).await.status, 429);
}

async fn a_proxy_that_is_listed_is_believed_and_its_client_cannot_pass_for_another(app: TestApp) {
    let app = behind_a_proxy(&app).await;
    app.person("dana").await;
    // Eve is at 203.0.113.5; what she sends herself stands before what the proxy adds.
    for count in 0..6 {
        let chain = format!("10.0.{count}.1, {HOME}, 203.0.113.5");
        tries_with(&app, &[("x-forwarded-for", &chain)], "dana", "wrong").await;
    }
    assert_eq!(tries(&app, "203.0.113.5", "dana", RIGHT).await, 429, "she shed her own count");
    assert_eq!(tries(&app, HOME, "dana", RIGHT).await, 303, "she made another network wait");
    let twin =
        [("x-forwarded-for", "203.0.113.5"), ("x_forwarded_for", "192.0.2.77"), ("forwarded", "for=203.0.113.5")];
    assert_eq!(tries_with(&app, &twin, "dana", RIGHT).await.status, 429);
}
