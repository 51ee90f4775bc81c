//! Mail leaves over verified TLS, or not at all.

use connex::kernel::Lifetime;

use super::{
    POSTING, app_with, letter, pass, post, put_off,
    server::{MailServer, Manner, PLAIN, Port},
};
use crate::support::{
    app::SQLITE,
    tls::{Certificate, certificate_for, expired_certificate_for},
};

/// This address reaches this machine, and is no loopback address: what goes there needs TLS.
const ELSEWHERE: &str = "0.0.0.0";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_leaves_after_starttls_and_sign_in() {
    let (port, known) = (Port::hold(), certificate_for(ELSEWHERE, "mail.test"));
    let manner = Manner { tls: "starttls", certificate: Some(&known), password: Some("p+w") };
    let server = MailServer::start(&port, &manner);
    let url = format!("smtp://mailer:p+w@{ELSEWHERE}:{}", port.number);
    let app = app_with(SQLITE, &url, &[&known]).await;
    post(&app, letter("dana@northline.example"), POSTING).await;
    let mail = server.waits_for(1).await.remove(0);
    assert!(mail.is_encrypted && mail.is_signed_in, "{mail:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_leaves_over_tls() {
    let port = Port::hold();
    let known = certificate_for("127.0.0.1", "mail.test");
    let server = MailServer::start(&port, &Manner { tls: "implicit", certificate: Some(&known), password: None });
    let app = app_with(SQLITE, &format!("smtps://127.0.0.1:{}", port.number), &[&known]).await;
    post(&app, letter("dana@northline.example"), POSTING).await;
    assert!(server.waits_for(1).await[0].text.contains("482 913"));
}

/// A server that shows `shown` gets nothing; once it shows a certificate for its host, it gets the mail.
async fn nothing_is_sent_and_nothing_is_lost(shown: &Certificate, is_trusted: bool) {
    for (scheme, tls, host) in [("smtps", "implicit", "127.0.0.1"), ("smtp", "starttls", ELSEWHERE)] {
        let (port, good) = (Port::hold(), certificate_for(host, "mail.test"));
        let trusted = if is_trusted { vec![&good, shown] } else { vec![&good] };
        let app = app_with(SQLITE, &format!("{scheme}://{host}:{}", port.number), &trusted).await;
        let server = MailServer::start(&port, &Manner { tls, certificate: Some(shown), password: None });
        post(&app, letter("dana@northline.example"), POSTING).await;
        app.until("the mail is put off", async || put_off(&app).await).await;
        assert!(server.taken().is_empty(), "{scheme}");
        drop(server);
        let server = MailServer::start(&port, &Manner { tls, certificate: Some(&good), password: None });
        app.advance(Lifetime::minutes(1));
        app.app.db.wake_a_worker();
        assert!(server.waits_for(1).await[0].is_encrypted, "{scheme}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_with_another_name_gets_nothing() {
    nothing_is_sent_and_nothing_is_lost(&certificate_for("192.0.2.1", "other.example"), true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_nobody_vouches_for_gets_nothing() {
    // Made for every host of this test, as an impostor would make it.
    for host in ["127.0.0.1", ELSEWHERE] {
        nothing_is_sent_and_nothing_is_lost(&certificate_for(host, "mail.test"), false).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_certificate_gets_nothing() {
    for host in ["127.0.0.1", ELSEWHERE] {
        nothing_is_sent_and_nothing_is_lost(&expired_certificate_for(host, "mail.test"), true).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_starttls_gets_nothing_unless_it_is_this_machine() {
    let port = Port::hold();
    let server = MailServer::start(&port, &PLAIN);
    let app = app_with(SQLITE, &format!("smtp://{ELSEWHERE}:{}", port.number), &[]).await;
    post(&app, letter("dana@northline.example"), POSTING).await;
    app.until("the mail is put off", async || put_off(&app).await).await;
    pass(&app, Lifetime::minutes(1)).await;
    assert!(server.taken().is_empty());
}
