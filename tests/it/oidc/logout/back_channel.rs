//! Back-channel logout: what the sites are told, and that slow and broken ones harm nobody.

use std::collections::BTreeSet;

use connex::{accounts, audit::Actor, kernel::Lifetime, sites::Family};
use serde_json::{Value, json};

use super::{end_session, is_signed_in};
use crate::support::{
    app::{Person, TestApp},
    client::{TestClient, Tokens, arrive, header},
    http::Visitor,
    jwt::verified,
    on_every_engine_and_scheme,
    receiver::{Down, Manner, Received, Receiver},
};

on_every_engine_and_scheme! {
    backchannel_logout_discovery_endpoint_verification
    backchannel_rp_initiated_logout
    the_logout_token_is_signed_with_the_algorithm_of_the_client
    a_slow_site_does_not_keep_the_browser_waiting
    every_site_of_the_session_is_told_by_its_own_sid
    a_site_that_is_down_is_told_when_it_is_back
    each_try_has_a_token_of_its_own
    a_busy_site_is_asked_again_when_it_wishes
    the_page_says_which_sites_were_told
    disabling_an_account_tells_the_sites_of_all_its_sessions
    another_person_in_the_same_browser_ends_the_session_before
    signing_in_again_keeps_the_sid_and_tells_nobody
    a_site_that_the_session_never_saw_is_not_told
}

/// A site that listens at `url`.
async fn site_at(app: &TestApp, name: &str, url: &str) -> TestClient {
    app.site(Family::OneOffice, name, url, false).await.1
}

/// Signs out as a site asks for it, and gives the address at which the browser arrives.
async fn sign_out_at(app: &TestApp, visitor: &Visitor, client: &TestClient, tokens: &Tokens) -> String {
    let home = client.redirect_uri.replace("/auth/connex/callback", "/");
    let params = [("id_token_hint", tokens.get("id_token")), ("post_logout_redirect_uri", &home), ("state", "s-1")];
    visitor.open(&end_session(app, &params)).await.outside().to_string()
}

async fn told(app: &TestApp, received: &Received) -> Value {
    Value::Object(verified(app, &received.logout_token()).await.expect("signed by us"))
}

async fn backchannel_logout_discovery_endpoint_verification(app: TestApp) {
    let metadata = app.get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["backchannel_logout_supported"], true);
    assert_eq!(metadata["backchannel_logout_session_supported"], true);
    assert_eq!(metadata["end_session_endpoint"], app.at("/end-session"));
}

async fn backchannel_rp_initiated_logout(app: TestApp) {
    let (receiver, visitor, dana) = (Receiver::start(&app).await, Visitor::new(), app.person("dana").await);
    let client = site_at(&app, "Birch County", &receiver.url).await;
    let tokens = client.sign_in(&visitor, &dana, "openid").await;
    let id_token = tokens.id_token();
    assert_eq!(sign_out_at(&app, &visitor, &client, &tokens).await, format!("{}/?state=s-1", receiver.url));
    let received = receiver.waits_for(&app, 1).await;
    let token = told(&app, &received[0]).await;
    let event = "http://schemas.openid.net/event/backchannel-logout";
    assert_eq!(token["events"], json!({ event: {} }));
    assert_eq!(token["iss"], app.issuer);
    assert_eq!(token["aud"], client.id);
    assert_eq!((&token["sub"], &token["sid"]), (&id_token["sub"], &id_token["sid"]));
    assert!(token["sid"].is_string() && token["jti"].is_string() && token.get("nonce").is_none());
    let (issued, ends) = (token["iat"].as_i64().unwrap(), token["exp"].as_i64().unwrap());
    assert!((app.now().seconds() - issued).abs() < 60 && ends > issued && ends - issued <= 120);
    assert_eq!(header(&received[0].logout_token())["typ"], "logout+jwt");
    assert!(!is_signed_in(&visitor, &client).await);
}

async fn the_logout_token_is_signed_with_the_algorithm_of_the_client(app: TestApp) {
    let (receiver, dana) = (Receiver::start(&app).await, app.person("dana").await);
    for algorithm in ["RS256", "ES256"] {
        let metadata = json!({
            "client_id": algorithm, "client_secret": "a secret of this client".replace(' ', "-"),
            "redirect_uris": [format!("{}/auth/connex/callback", receiver.url)],
            "post_logout_redirect_uris": [format!("{}/", receiver.url)],
            "backchannel_logout_uri": receiver.url, "id_token_signed_response_alg": algorithm,
        });
        let (client, visitor) = (app.client(metadata).await, Visitor::new());
        let tokens = client.sign_in(&visitor, &dana, "openid").await;
        sign_out_at(&app, &visitor, &client, &tokens).await;
        app.until("a logout token", async || {
            receiver.received().iter().any(|one| header(&one.logout_token())["alg"] == algorithm)
        })
        .await;
        assert_eq!(header(tokens.get("id_token"))["alg"], algorithm);
    }
}

async fn a_slow_site_does_not_keep_the_browser_waiting(app: TestApp) {
    let (receiver, visitor, dana) = (Receiver::start(&app).await, Visitor::new(), app.person("dana").await);
    receiver.behave(Manner::Hangs);
    let client = site_at(&app, "Birch County", &receiver.url).await;
    let tokens = client.sign_in(&visitor, &dana, "openid").await;
    assert_eq!(sign_out_at(&app, &visitor, &client, &tokens).await, format!("{}/?state=s-1", receiver.url));
    assert_eq!(app.count("select count(*) from logout_deliveries where state = 'told'").await, 0);
    assert!(!is_signed_in(&visitor, &client).await);
    receiver.waits_for(&app, 1).await;
}

async fn every_site_of_the_session_is_told_by_its_own_sid(app: TestApp) {
    let (visitor, dana) = (Visitor::new(), app.person("dana").await);
    let (mut expected, mut receivers, mut last) = (BTreeSet::new(), Vec::new(), None);
    for name in ["Birch County", "Cass County", "Aitkin County"] {
        let receiver = Receiver::start(&app).await;
        let client = site_at(&app, name, &receiver.url).await;
        let tokens = client.sign_in(&visitor, &dana, "openid").await;
        expected.insert((client.id.clone(), tokens.id_token()["sid"].to_string()));
        receivers.push(receiver);
        last = Some((client, tokens));
    }
    let (client, tokens) = last.unwrap();
    sign_out_at(&app, &visitor, &client, &tokens).await;
    let mut seen = BTreeSet::new();
    for receiver in &receivers {
        let token = told(&app, &receiver.waits_for(&app, 1).await[0]).await;
        seen.insert((token["aud"].as_str().unwrap().to_owned(), token["sid"].to_string()));
    }
    assert_eq!(seen, expected);
    let sids: BTreeSet<_> = seen.iter().map(|(_, sid)| sid).collect();
    assert_eq!(sids.len(), 3, "two sites know the session by the same sid");
}

async fn a_site_that_is_down_is_told_when_it_is_back(app: TestApp) {
    let (receiver, down, visitor) = (Receiver::start(&app).await, Down::hold(&app), Visitor::new());
    let dana = app.person("dana").await;
    let birch = site_at(&app, "Birch County", &receiver.url).await;
    let cass = site_at(&app, "Cass County", &down.url).await;
    let at_birch = birch.sign_in(&visitor, &dana, "openid").await;
    let at_cass = cass.sign_in(&visitor, &dana, "openid").await;
    sign_out_at(&app, &visitor, &birch, &at_birch).await;
    receiver.waits_for(&app, 1).await;
    failed_once(&app).await;
    let back = down.comes_back().await;
    app.advance(Lifetime::hours(1));
    let token = told(&app, &back.waits_for(&app, 1).await[0]).await;
    assert_eq!(token["sid"], at_cass.id_token()["sid"]);
    assert!((app.now().seconds() - token["iat"].as_i64().unwrap()).abs() < 60, "a token from before the pause");
    app.until("both settled", async || {
        app.count("select count(*) from logout_deliveries where state = 'told'").await == 2
    })
    .await;
    assert_eq!(receiver.received().len(), 1, "told twice");
}

async fn failed_once(app: &TestApp) {
    app.until("a try that failed", async || {
        app.count("select count(*) from jobs where attempts > 0 and last_error is not null and leased_until = 0").await
            == 1
    })
    .await;
}

async fn each_try_has_a_token_of_its_own(app: TestApp) {
    let (receiver, visitor, dana) = (Receiver::start(&app).await, Visitor::new(), app.person("dana").await);
    let client = site_at(&app, "Birch County", &receiver.url).await;
    let tokens = client.sign_in(&visitor, &dana, "openid").await;
    let mut ids = BTreeSet::new();
    receiver.behave(Manner::Answers(400));
    sign_out_at(&app, &visitor, &client, &tokens).await;
    for (tries, next) in [(1, 500), (2, 302), (3, 200), (4, 200)] {
        let received = receiver.waits_for(&app, tries).await;
        let token = told(&app, &received[tries - 1]).await;
        assert_eq!(token["sid"], tokens.id_token()["sid"]);
        assert!(ids.insert(token["jti"].to_string()), "a jti came twice");
        if tries < 4 {
            failed_once(&app).await;
            receiver.behave(Manner::Answers(next));
            app.advance(Lifetime::hours(1));
        }
    }
    app.until("nothing left to do", async || app.count("select count(*) from jobs").await == 0).await;
}

async fn a_busy_site_is_asked_again_when_it_wishes(app: TestApp) {
    let (receiver, visitor, dana) = (Receiver::start(&app).await, Visitor::new(), app.person("dana").await);
    let client = site_at(&app, "Birch County", &receiver.url).await;
    let tokens = client.sign_in(&visitor, &dana, "openid").await;
    receiver.behave(Manner::IsBusyFor(900));
    sign_out_at(&app, &visitor, &client, &tokens).await;
    receiver.waits_for(&app, 1).await;
    failed_once(&app).await;
    let wait = app.count("select run_at from jobs").await - app.now().millis();
    assert!((600_000..=900_000).contains(&wait), "{wait} ms");
    receiver.behave(Manner::Answers(204));
    app.advance(Lifetime::minutes(15));
    receiver.waits_for(&app, 2).await;
}

async fn the_page_says_which_sites_were_told(app: TestApp) {
    let (receiver, down, visitor) = (Receiver::start(&app).await, Down::hold(&app), Visitor::new());
    let dana = app.person("dana").await;
    for (name, url) in [("Birch County", &receiver.url), ("Cass <b>County</b>", &down.url)] {
        site_at(&app, name, url).await.sign_in(&visitor, &dana, "openid").await;
    }
    let question = visitor.open(&app.at("/logout")).await.page();
    assert!(question.text().contains("Birch County") && question.text().contains("Cass <b>County</b>"));
    let page = visitor.press(&question, "#logout", &[]).await.page();
    assert_eq!(page.words("#logged-out .ok"), "✓ Signed out of Birch County");
    assert_eq!(page.words("#logged-out .bad"), "✗ Cass <b>County</b> has not answered yet");
}

async fn disabling_an_account_tells_the_sites_of_all_its_sessions(app: TestApp) {
    let (birch, cass) = (Receiver::start(&app).await, Receiver::start(&app).await);
    let (at_birch, at_cass) =
        (site_at(&app, "Birch County", &birch.url).await, site_at(&app, "Cass County", &cass.url).await);
    let (dana, erin, laptop, phone) =
        (app.person("dana").await, app.person("erin").await, Visitor::new(), Visitor::new());
    let mut sids = BTreeSet::new();
    for (client, visitor) in [(&at_birch, &laptop), (&at_cass, &laptop), (&at_birch, &phone)] {
        sids.insert(client.sign_in(visitor, &dana, "openid").await.id_token()["sid"].to_string());
    }
    at_cass.sign_in(&Visitor::new(), &erin, "openid").await;
    disable(&app, &dana).await;
    let mut told_of = BTreeSet::new();
    for received in birch.waits_for(&app, 2).await.iter().chain(&cass.waits_for(&app, 1).await) {
        told_of.insert(told(&app, received).await["sid"].to_string());
    }
    assert_eq!(told_of, sids);
    assert!(!is_signed_in(&laptop, &at_birch).await && !is_signed_in(&phone, &at_birch).await);
}

async fn disable(app: &TestApp, person: &Person) {
    let mut unit = app.app.db.write().await.unwrap();
    assert!(accounts::disable(&mut unit, &Actor::Operator, person.id, None).await.unwrap());
    unit.commit().await.unwrap();
}

async fn another_person_in_the_same_browser_ends_the_session_before(app: TestApp) {
    let (receiver, visitor) = (Receiver::start(&app).await, Visitor::new());
    let client = site_at(&app, "Birch County", &receiver.url).await;
    let (dana, erin) = (app.person("dana").await, app.person("erin").await);
    let before = client.sign_in(&visitor, &dana, "openid offline_access").await;
    let asked = client.asks("openid").with("prompt", "login");
    let after = client.complete(&visitor, &erin, &asked).await;
    let token = told(&app, &receiver.waits_for(&app, 1).await[0]).await;
    assert_eq!((&token["sid"], &token["sub"]), (&before.id_token()["sid"], &before.id_token()["sub"]));
    assert_ne!(token["sid"], after.id_token()["sid"]);
    assert_eq!(client.refresh(before.get("refresh_token")).await.json()["error"], "invalid_grant");
    assert_eq!(client.userinfo(before.get("access_token")).await.status, 401);
    assert_eq!(client.userinfo(after.get("access_token")).await.status, 200);
}

async fn signing_in_again_keeps_the_sid_and_tells_nobody(app: TestApp) {
    let (receiver, visitor, dana) = (Receiver::start(&app).await, Visitor::new(), app.person("dana").await);
    let client = site_at(&app, "Birch County", &receiver.url).await;
    let before = client.sign_in(&visitor, &dana, "openid").await;
    app.advance(Lifetime::minutes(5));
    let asked = client.asks("openid").with("prompt", "login");
    let page = visitor.open(&asked.url()).await;
    let callback = arrive(&visitor, &dana, page).await;
    let after = client.redeem(&asked, &asked.code(&callback)).await.json();
    let after = Tokens { all: after }.id_token();
    assert_eq!(before.id_token()["sid"], after["sid"]);
    assert!(after["auth_time"].as_i64() > before.id_token()["auth_time"].as_i64());
    assert_eq!(app.count("select count(*) from sessions where ended_at is not null").await, 0);
    assert_eq!(app.count("select count(*) from jobs").await, 0);
    assert!(receiver.received().is_empty());
}

async fn a_site_that_the_session_never_saw_is_not_told(app: TestApp) {
    let (seen, unseen, visitor) = (Receiver::start(&app).await, Receiver::start(&app).await, Visitor::new());
    let (dana, erin) = (app.person("dana").await, app.person("erin").await);
    let birch = site_at(&app, "Birch County", &seen.url).await;
    let cass = site_at(&app, "Cass County", &unseen.url).await;
    let tokens = birch.sign_in(&visitor, &dana, "openid").await;
    cass.sign_in(&Visitor::new(), &erin, "openid").await;
    sign_out_at(&app, &visitor, &birch, &tokens).await;
    seen.waits_for(&app, 1).await;
    app.until("nothing left to do", async || app.count("select count(*) from jobs").await == 0).await;
    assert!(unseen.received().is_empty());
}
