//! The outbox of a demo: `/dev/mail`.

use connex::{
    kernel::{Language, Lifetime, Secret},
    platform::{
        config,
        mail::{self, Fate, Letter, Posting},
        store::Sql,
    },
};

use super::{POSTING, letter, post, settled};
use crate::support::{
    app::{SQLITE, TestApp},
    http::Visitor,
    on_both_engines,
};

on_both_engines! {
    a_mail_is_shown_in_the_outbox_with_a_link_to_click
    a_mail_that_was_never_committed_was_never_posted
    what_became_of_the_newest_mail_is_told
    no_code_and_no_link_stand_in_the_database
    old_mails_are_swept
    a_letter_reads_the_same_in_a_test_and_in_the_outbox
}

async fn a_mail_is_shown_in_the_outbox_with_a_link_to_click(app: TestApp) {
    let browser = Visitor::new();
    let empty = browser.open(&app.at("/dev/mail")).await.page();
    assert!(empty.text().contains("No mail yet"), "{}", empty.text());
    post(&app, letter("dana@northline.example"), POSTING).await;
    let spanish =
        Letter { language: Language::Spanish, subject: "Su código".to_owned(), ..letter("luis@northline.example") };
    post(&app, spanish, POSTING).await;
    let list = browser.open(&app.at("/dev/mail")).await.page();
    assert!(list.text().contains("dana@northline.example · test.code"), "{}", list.text());
    assert!(!list.body.contains("482 913"), "a list shows no codes");
    let first = list.attribute("#mails li a", "href");
    let shown = browser.open(&app.at(&first)).await.page();
    assert_eq!(shown.words("#to"), "luis@northline.example");
    assert!(shown.text().contains("482 913") && shown.text().contains("Nadie lee las respuestas"));
    assert_eq!(shown.attribute("#link", "href"), "https://id.example/reset/canary-of-a-link");
    for nowhere in
        ["/dev/mail/mail_0", "/dev/mail/mail_01h2xcejqtf2nbrexx3vqjhp41", "/dev/mail/acct_01h2xcejqtf2nbrexx3vqjhp41"]
    {
        assert_eq!(browser.get(&app.at(nowhere)).await.status, 404, "{nowhere}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_is_no_outbox_where_mail_leaves_by_a_server() {
    let app = TestApp::start_with(SQLITE, |config| {
        let url = Secret::new("smtp://127.0.0.1:1".to_owned());
        config.mail = config::Mail::Smtp { url, from: "no-reply@id.example".parse().unwrap() };
    })
    .await;
    let id = post(&app, letter("dana@northline.example"), POSTING).await;
    for path in ["/dev/mail".to_owned(), format!("/dev/mail/{id}")] {
        assert_eq!(app.get(&path).await.status, 404, "{path}");
    }
}

async fn a_mail_that_was_never_committed_was_never_posted(app: TestApp) {
    let mut unit = app.app.db.write().await.unwrap();
    mail::post(&mut unit, &app.app.sealing, letter("dana@northline.example"), POSTING).await.unwrap();
    drop(unit);
    assert_eq!(app.count("select count(*) from mails").await + app.count("select count(*) from jobs").await, 0);
}

async fn what_became_of_the_newest_mail_is_told(app: TestApp) {
    let about = |what: &str| Posting { about: Some(what.to_owned()), ..POSTING };
    let fate = async |what: &str| mail::fate_of(&mut app.app.db.read().await.unwrap(), what).await.unwrap();
    assert_eq!(fate("inv_1").await, None);
    post(&app, letter("dana@northline.example"), about("inv_1")).await;
    settled(&app, 1).await;
    let first = fate("inv_1").await;
    assert!(matches!(first, Some(Fate::Sent(_))), "{first:?}");
    app.advance(Lifetime::minutes(1));
    post(&app, letter("dana@northline.example"), about("inv_1")).await;
    settled(&app, 2).await;
    assert_ne!(fate("inv_1").await, first);
    assert_eq!(fate("inv_2").await, None);
}

/// All tables with text, as whoever steals the database reads them.
async fn no_code_and_no_link_stand_in_the_database(app: TestApp) {
    post(&app, letter("dana@northline.example"), Posting { about: Some("inv_1".to_owned()), ..POSTING }).await;
    let mut reader = app.app.db.read().await.unwrap();
    let mails = "select kind || about || language || coalesce(sealed, '') || status || coalesce(answer, '') from mails";
    let mut stolen: Vec<String> = vec![reader.sql(mails).scalar().await.unwrap().unwrap()];
    drop(reader);
    settled(&app, 1).await;
    let mut reader = app.app.db.read().await.unwrap();
    for rows in
        ["select payload from jobs", "select last_error from jobs", "select subject || detail from audit_entries"]
    {
        let rows = reader.sql(rows).scalar::<Option<String>>().await.unwrap().flatten();
        stolen.push(rows.unwrap_or_default());
    }
    let stolen = stolen.join("\n");
    for secret in ["482913", "482 913", "canary-of-a-link", "dana@northline.example"] {
        assert!(stolen.contains("test.code") && !stolen.contains(secret), "{secret} in {stolen}");
    }
}

async fn old_mails_are_swept(app: TestApp) {
    post(&app, letter("dana@northline.example"), POSTING).await;
    settled(&app, 1).await;
    let sweep = async || {
        let mut unit = app.app.db.write().await.unwrap();
        mail::sweep(&mut unit).await.unwrap();
        unit.commit().await.unwrap();
        app.count("select count(*) from mails").await
    };
    app.advance(Lifetime::days(29));
    assert_eq!(sweep().await, 1);
    app.advance(Lifetime::days(2));
    assert_eq!(sweep().await, 0);
}

async fn a_letter_reads_the_same_in_a_test_and_in_the_outbox(app: TestApp) {
    post(&app, letter("dana@northline.example"), POSTING).await;
    let got = app.mail_to("dana@northline.example").await;
    assert_eq!((got.code().as_str(), got.kind.as_str()), ("482913", "test.code"));
    assert_eq!((got.link().as_str(), got.language), ("https://id.example/reset/canary-of-a-link", Language::English));
    assert!(got.html.contains("482 913"));
    assert!(app.mails_to("eve@northline.example").await.is_empty());
    let page = Visitor::new().open(&app.at("/dev/mail")).await.page();
    let shown = Visitor::new().open(&app.at(&page.attribute("#mails li a", "href"))).await.page();
    assert_eq!(
        (shown.words("h1"), shown.words("#text").contains(got.text.lines().next().unwrap())),
        (got.subject, true)
    );
}
