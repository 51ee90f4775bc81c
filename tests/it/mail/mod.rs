//! Mail: posted with what caused it, sealed, sent to one person, and to nobody else.

use std::fs;

use connex::{
    kernel::{Language, Lifetime, MailId, Secret},
    platform::{
        config,
        mail::{self, Fate, Letter, Posting},
    },
};

use crate::support::{
    app::{Setting, TestApp},
    tls::Certificate,
};

/// Runs each test, an `async fn(Setting)`, on both engines.
macro_rules! on_both_settings {
    ($($name:ident)*) => {
        mod sqlite { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() {
            super::$name(crate::support::app::SQLITE).await;
        })* }
        mod postgres { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() {
            super::$name(crate::support::app::POSTGRES).await;
        })* }
    };
}

mod crash;
mod failures;
mod outbox;
mod sending;
mod server;
mod tls;

/// A letter to `to` with a code and a link.
fn letter(to: &str) -> Letter {
    Letter {
        to: to.parse().unwrap(),
        language: Language::English,
        subject: "Your code".to_owned(),
        paragraphs: vec!["Use this code.".to_owned(), "It works for 10 minutes.".to_owned()],
        code: Some("482913".to_owned()),
        link: Some(("Open the page".to_owned(), "https://id.example/reset/canary-of-a-link".to_owned())),
    }
}

const POSTING: Posting = Posting { kind: "test.code", about: None, expires_at: None };

async fn post(app: &TestApp, letter: Letter, posting: Posting) -> MailId {
    let mut unit = app.app.db.write().await.unwrap();
    let id = mail::post(&mut unit, &app.app.sealing, letter, posting).await.unwrap();
    unit.commit().await.unwrap();
    id
}

/// Waits until so many mails are settled.
async fn settled(app: &TestApp, count: i64) {
    app.until("the mails are settled", async || {
        app.count("select count(*) from mails where status <> 'waiting'").await >= count
            && app.count("select count(*) from jobs where kind = 'mail.send'").await == 0
    })
    .await;
}

/// An installation whose mail leaves by the server at `url`, and which trusts these certificates too.
async fn app_with(setting: Setting, url: &str, trusted: &[&Certificate]) -> TestApp {
    let url = Secret::new(url.to_owned());
    TestApp::start_with(setting, |config| {
        config.mail = config::Mail::Smtp { url, from: "no-reply@id.example".parse().unwrap() };
        let file = config.outbound.extra_ca_file.as_ref().unwrap();
        let known = fs::read(file).unwrap();
        fs::write(
            file,
            [known].into_iter().chain(trusted.iter().map(|one| one.pem.clone())).flatten().collect::<Vec<u8>>(),
        )
        .unwrap();
    })
    .await
}

/// What became of the mail about `inv_1`.
async fn fate(app: &TestApp) -> Fate {
    mail::fate_of(&mut app.app.db.read().await.unwrap(), "inv_1").await.unwrap().unwrap()
}

/// Lets time pass until every mail that waits was tried again.
async fn pass(app: &TestApp, span: Lifetime) {
    let tries = "select coalesce(cast(sum(attempts) as bigint), 0) from jobs where kind = 'mail.send'";
    let before = app.count(tries).await;
    app.advance(span);
    app.until("the mails are tried again", async || {
        app.app.db.wake_a_worker();
        app.count(tries).await > before && put_off(app).await
    })
    .await;
}

/// Whether mails wait, and no worker has one.
async fn put_off(app: &TestApp) -> bool {
    let waiting = "select count(*) from jobs where kind = 'mail.send' and attempts > 0";
    let held = "select count(*) from jobs where kind = 'mail.send' and (attempts = 0 or leased_until > 0)";
    app.count(waiting).await > 0 && app.count(held).await == 0
}
