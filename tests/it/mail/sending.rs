//! What arrives: read by a real mail server, as its users would get it.

use connex::{
    kernel::{EmailAddress, Language, Lifetime},
    platform::mail::{Fate, Letter, Posting},
};

use super::{
    POSTING, app_with, fate, letter, post,
    server::{MailServer, Manner, PLAIN, Port},
    settled,
};
use crate::support::{
    app::{SQLITE, Setting, TestApp},
    log::Log,
};

on_both_settings! {
    a_mail_arrives_as_text_and_html_with_one_recipient
    a_hundred_mails_arrive_once_each
    a_letter_is_forgotten_when_it_was_sent
}

async fn begin(setting: Setting) -> (TestApp, MailServer) {
    let port = Port::hold();
    let server = MailServer::start(&port, &PLAIN);
    (app_with(setting, &format!("smtp://127.0.0.1:{}", port.number), &[]).await, server)
}

async fn a_mail_arrives_as_text_and_html_with_one_recipient(setting: Setting) {
    let (app, server) = begin(setting).await;
    let id = post(&app, letter("Dana@Northline.example"), Posting { about: Some("inv_1".to_owned()), ..POSTING }).await;
    let mail = server.waits_for(1).await.remove(0);
    assert_eq!(
        (mail.from.as_str(), mail.to.as_slice()),
        ("no-reply@id.example", ["Dana@northline.example".to_owned()].as_slice())
    );
    assert_eq!((mail.kind.as_str(), mail.parts), ("multipart/alternative", 2));
    assert!(mail.text.contains("    482 913\n") && mail.html.contains("<strong>482 913</strong>"), "{mail:?}");
    assert!(mail.text.contains("\nhttps://id.example/reset/canary-of-a-link\n"), "{}", mail.text);
    assert!(mail.html.contains("href=\"https://id.example/reset/canary-of-a-link\""), "{}", mail.html);
    let headers =
        ["From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version"].map(|name| mail.header(name));
    let message_id = format!("<{id}@id.example>");
    let expected =
        ["ConneX <no-reply@id.example>", "Dana@northline.example", "Your code", &message_id, "auto-generated", "1.0"];
    assert_eq!(headers, expected);
    assert!(mail.header("Date").contains(&app.now().utc().year().to_string()), "{}", mail.header("Date"));
    settled(&app, 1).await;
    assert!(matches!(fate(&app).await, Fate::Sent(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_in_spanish_arrives_with_all_its_letters() {
    let (app, server) = begin(SQLITE).await;
    let spanish = Letter {
        language: Language::Spanish,
        subject: "Su código para la Organización Peñón".to_owned(),
        paragraphs: vec!["Use este código, José. ".repeat(20)],
        ..letter("luis@northline.example")
    };
    post(&app, spanish, POSTING).await;
    let mail = server.waits_for(1).await.remove(0);
    assert_eq!(mail.header("Subject"), "Su código para la Organización Peñón");
    assert!(mail.text.contains("Use este código, José.") && mail.text.contains("Nadie lee las respuestas"));
    assert!(mail.html.contains("<html lang=\"es\">") && mail.html.contains("código, José"));
}

async fn a_hundred_mails_arrive_once_each(setting: Setting) {
    let (app, server) = begin(setting).await;
    for n in 0..100 {
        post(&app, letter(&format!("p{n}@northline.example")), POSTING).await;
    }
    settled(&app, 100).await;
    let mut recipients: Vec<_> = server.taken().into_iter().flat_map(|mail| mail.to).collect();
    recipients.sort();
    recipients.dedup();
    assert_eq!((recipients.len(), server.taken().len()), (100, 100));
}

async fn a_letter_is_forgotten_when_it_was_sent(setting: Setting) {
    let (app, _server) = begin(setting).await;
    post(&app, letter("dana@northline.example"), POSTING).await;
    settled(&app, 1).await;
    assert_eq!(app.count("select count(*) from mails where sealed is not null").await, 0);
}

/// what one person types is neither a header nor a second recipient.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_slips_a_header_a_recipient_or_a_link_in() {
    for typed in
        ["a@x.example\r\nRCPT TO:<eve@x.example>", "a@x.example,eve@x.example", "a@x.example\0", "=?utf-8?q?a=40x?=@"]
    {
        assert!(typed.parse::<EmailAddress>().is_err(), "{typed:?}");
    }
    let (app, server) = begin(SQLITE).await;
    let evil = "Northline\r\nBcc: eve@evil.example\r\n\r\n.\r\nhttps://evil.example/pay <a href=x>";
    let typed = Letter {
        subject: evil.to_owned(),
        paragraphs: vec![evil.to_owned()],
        link: None,
        ..letter("dana@northline.example")
    };
    post(&app, typed, POSTING).await;
    let mail = server.waits_for(1).await.remove(0);
    assert_eq!(mail.to, ["dana@northline.example"]);
    assert!(mail.headers.iter().all(|(name, _)| name != "Bcc"), "{:?}", mail.headers);
    assert!(mail.text.contains("482 913") && mail.text.contains("Nobody reads replies"), "it does not end at a dot");
    for part in [&mail.text, &mail.html] {
        assert!(!part.contains("://evil") && !part.contains("evil.example/"), "{part}");
    }
    assert!(!mail.html.contains("<a"), "{}", mail.html);
}

#[tokio::test]
async fn the_password_and_the_code_are_in_no_log() {
    let (log, _guard) = Log::listen();
    let (port, password) = (Port::hold(), "hunter2 is my password");
    let refusing = MailServer::start(&port, &Manner { password: Some("another"), ..PLAIN });
    let url = format!("smtp://mailer:{}@127.0.0.1:{}", password.replace(' ', "%20"), port.number);
    let app = app_with(SQLITE, &url, &[]).await;
    post(&app, letter("dana@northline.example"), POSTING).await;
    app.until("the wrong password is logged", async || log.text().contains("535 to sign-in")).await;
    drop(refusing);
    let mut server = MailServer::start(&port, &Manner { password: Some(password), ..PLAIN });
    app.advance(Lifetime::minutes(1));
    assert!(server.waits_for(1).await[0].is_signed_in, "nothing is lost");
    server.behave(&[("MAIL", "550 dana@northline.example is not welcome")]);
    post(&app, letter("dana@northline.example"), POSTING).await;
    app.until("the trouble is logged", async || log.text().contains("550 to MAIL")).await;
    let text = log.text();
    for secret in ["hunter2", "482913", "482 913", "canary-of-a-link", "dana@northline.example"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}
