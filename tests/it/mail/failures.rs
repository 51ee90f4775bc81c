//! Mail servers that refuse, put off, hang, or are not there.

use connex::{
    kernel::Lifetime,
    platform::{
        jobs::{self, NewJob},
        mail::{Fate, Posting},
    },
};

use super::{
    POSTING, app_with, fate, letter, pass, post, put_off,
    server::{MailServer, PLAIN, Port},
    settled,
};
use crate::support::app::{Setting, TestApp};

on_both_settings! {
    after_two_hours_each_mail_goes_out_once
    a_mail_that_is_not_worth_sending_any_more_is_not_sent
    a_mail_that_is_refused_is_told_and_not_tried_again
    a_mail_that_is_put_off_is_tried_again
    a_server_that_is_out_of_order_refuses_nobody
    a_server_that_hangs_holds_nobody_up
}

async fn begin(setting: Setting) -> (Port, TestApp) {
    let port = Port::hold();
    let app = app_with(setting, &format!("smtp://127.0.0.1:{}", port.number), &[]).await;
    (port, app)
}

fn about_an_invitation() -> Posting {
    Posting { about: Some("inv_1".to_owned()), ..POSTING }
}

async fn after_two_hours_each_mail_goes_out_once(setting: Setting) {
    let (port, app) = begin(setting).await;
    for person in ["dana", "luis", "ellen"] {
        post(&app, letter(&format!("{person}@northline.example")), about_an_invitation()).await;
    }
    app.until("the mails are put off", async || put_off(&app).await).await;
    // Longer each time, as the tries are; together more than two hours.
    for minutes in [3, 15, 40, 80] {
        pass(&app, Lifetime::minutes(minutes)).await;
        assert_eq!(fate(&app).await, Fate::Waiting);
    }
    let server = MailServer::start(&port, &PLAIN);
    app.advance(Lifetime::hours(3));
    app.app.db.wake_a_worker();
    settled(&app, 3).await;
    let mut recipients: Vec<_> = server.taken().into_iter().flat_map(|mail| mail.to).collect();
    recipients.sort();
    assert_eq!(recipients, ["dana@northline.example", "ellen@northline.example", "luis@northline.example"]);
    assert!(matches!(fate(&app).await, Fate::Sent(_)));
}

async fn a_mail_that_is_not_worth_sending_any_more_is_not_sent(setting: Setting) {
    let (port, app) = begin(setting).await;
    let expires_at = Some(app.now() + Lifetime::minutes(10));
    post(&app, letter("dana@northline.example"), Posting { expires_at, ..about_an_invitation() }).await;
    app.until("the mail is put off", async || put_off(&app).await).await;
    app.advance(Lifetime::minutes(11));
    assert_eq!(fate(&app).await, Fate::Expired);
    let server = MailServer::start(&port, &PLAIN);
    settled(&app, 1).await;
    assert!(server.taken().is_empty());
    assert_eq!(app.count("select count(*) from mails where sealed is not null").await, 0);
    assert_eq!(fate(&app).await, Fate::Expired);
}

async fn a_mail_that_is_refused_is_told_and_not_tried_again(setting: Setting) {
    let (port, app) = begin(setting).await;
    let mut server = MailServer::start(&port, &PLAIN);
    for (step, posted) in [("RCPT", 1), ("DATA", 2)] {
        server.behave(&[(step, "550 5.1.1 <dana@northline.example>: no such user\u{1b}[31m here")]);
        post(&app, letter("dana@northline.example"), about_an_invitation()).await;
        settled(&app, posted).await;
        let Fate::Refused(words) = fate(&app).await else { panic!("{:?}", fate(&app).await) };
        assert!(
            words.starts_with("550 5.1.1 <dana@northline.example>: no such user") && !words.contains('\u{1b}'),
            "{words}"
        );
    }
    assert_eq!(app.count("select count(*) from audit_entries where fact = 'mail.refused'").await, 2);
    let named = "select count(*) from audit_entries where detail like '%northline%' or detail not like '%inv_1%'";
    assert_eq!(app.count(named).await, 0);
    assert_eq!(app.count("select count(*) from mails where sealed is not null").await, 0);
    server.behave(&[]);
    app.advance(Lifetime::hours(3));
    assert_eq!(app.count("select count(*) from jobs").await, 0);
    assert!(server.taken().is_empty());
}

async fn a_mail_that_is_put_off_is_tried_again(setting: Setting) {
    let (port, app) = begin(setting).await;
    let mut server = MailServer::start(&port, &PLAIN);
    server.behave(&[("RCPT", "451 4.7.1 greylisted, come back later")]);
    post(&app, letter("dana@northline.example"), about_an_invitation()).await;
    app.until("the mail is put off", async || put_off(&app).await).await;
    pass(&app, Lifetime::minutes(1)).await;
    assert_eq!(fate(&app).await, Fate::Waiting);
    server.behave(&[]);
    app.advance(Lifetime::minutes(1));
    app.app.db.wake_a_worker();
    assert_eq!(server.waits_for(1).await[0].to, ["dana@northline.example"]);
    settled(&app, 1).await;
    assert_eq!(app.count("select count(*) from audit_entries where fact = 'mail.refused'").await, 0);
}

/// A 5xx that is not about this mail: the sender is not allowed, the sign-in is wrong, no service.
async fn a_server_that_is_out_of_order_refuses_nobody(setting: Setting) {
    let (port, app) = begin(setting).await;
    let mut server = MailServer::start(&port, &PLAIN);
    post(&app, letter("dana@northline.example"), about_an_invitation()).await;
    server.waits_for(1).await;
    let troubles = [("MAIL", "550 sender not allowed"), ("RCPT", "530 sign in first"), ("DATA", "503 out of order")];
    for (n, trouble) in (2..).zip(troubles) {
        server.behave(&[trouble]);
        post(&app, letter("dana@northline.example"), about_an_invitation()).await;
        app.until("the mail is put off", async || put_off(&app).await).await;
        assert_eq!(fate(&app).await, Fate::Waiting, "{trouble:?}");
        server.behave(&[]);
        app.advance(Lifetime::minutes(1));
        app.app.db.wake_a_worker();
        settled(&app, n).await;
        assert!(matches!(fate(&app).await, Fate::Sent(_)), "{trouble:?}");
    }
}

async fn a_server_that_hangs_holds_nobody_up(setting: Setting) {
    let (port, app) = begin(setting).await;
    let mut server = MailServer::start(&port, &PLAIN);
    server.behave(&[("EHLO", "hang")]);
    for n in 0..60 {
        post(&app, letter(&format!("p{n}@northline.example")), POSTING).await;
    }
    let begun = "select count(*) from jobs where kind = 'mail.send' and attempts > 0";
    app.until("the workers are busy with mail", async || app.count(begun).await >= 32).await;
    let mut unit = app.app.db.write().await.unwrap();
    let other = NewJob { kind: "test.other", key: String::new(), payload: String::new(), expires_at: None };
    jobs::enqueue(&mut unit, other).await.unwrap();
    unit.commit().await.unwrap();
    app.until("other work is done", async || {
        app.count("select count(*) from jobs where kind = 'test.other'").await == 0
    })
    .await;
    assert_eq!(app.count("select count(*) from mails where status = 'waiting'").await, 60);
    assert!(server.taken().is_empty());
    // What was put off goes out although others still hang.
    server.behave(&[]);
    app.advance(Lifetime::minutes(1));
    app.until("the mails arrive", async || server.taken().len() >= 48).await;
}
