//! Mail: posted with what caused it, sealed, sent to one person, and to nobody else.

mod outbox;

use connex::{
    kernel::{Language, MailId},
    platform::mail::{self, Letter, Posting},
};

use crate::support::app::TestApp;

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
