//! Mail leaves over verified TLS, or not at all.

use connex::kernel::Lifetime;

use super::{
    POSTING, app_with, letter, pass, post, put_off,
    server::{MailServer, Manner, PLAIN, Port},
    settled,
};
use crate::support::{
    app::SQLITE,
    tls::{Certificate, certificate, certificate_for, expired_certificate_for},
};

/// This address reaches this machine, and is no loopback address: what goes there needs TLS.
const ELSEWHERE: &str = "0.0.0.0";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_leaves_after_starttls_and_sign_in() {
    let (port, known) = (Port::hold(), certificate_for(ELSEWHERE, "mail.test"));
    let manner = Manner { tls: "starttls", certificate: Some(&known), password: Some("p+w") };
    let server = MailServer::start(&port, &manner);
    let url = format!("smtp://mailer:p+w@{ELSEWHERE}:{}", port.number);
    let app = app_with(SQLITE, &url, Some(&known)).await;
    post(&app, letter("dana@northline.example"), POSTING).await;
    let mail = server.waits_for(1).await.remove(0);
    assert!(mail.is_encrypted && mail.is_signed_in, "{mail:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_leaves_over_tls() {
    let port = Port::hold();
    let (pem, key) = certificate().clone();
    let server = MailServer::start(
        &port,
        &Manner { tls: "implicit", certificate: Some(&Certificate { pem, key }), password: None },
    );
    let app = app_with(SQLITE, &format!("smtps://127.0.0.1:{}", port.number), None).await;
    post(&app, letter("dana@northline.example"), POSTING).await;
    assert!(server.waits_for(1).await[0].text.contains("482 913"));
}

/// The certificate of the server, and the one that we trust besides the system's.
async fn nothing_is_sent_and_nothing_is_lost(shown: &Certificate, trusted: Option<&Certificate>) {
    for (scheme, tls, host) in [("smtps", "implicit", "127.0.0.1"), ("smtp", "starttls", ELSEWHERE)] {
        let port = Port::hold();
        let server = MailServer::start(&port, &Manner { tls, certificate: Some(shown), password: None });
        let app = app_with(SQLITE, &format!("{scheme}://{host}:{}", port.number), trusted).await;
        post(&app, letter("dana@northline.example"), POSTING).await;
        app.until("the mail is put off", async || put_off(&app).await).await;
        drop(server);
        // The server gets another certificate, and the mail goes out.
        let mended = certificate_of_the_trusted(host);
        let Some(mended) = mended else { continue };
        let server = MailServer::start(&port, &Manner { tls, certificate: Some(&mended), password: None });
        assert!(server.taken().is_empty());
        pass_until_sent(&app).await;
        assert_eq!(server.waits_for(1).await.len(), 1);
    }
}

/// The certificate that every test's installation trusts, where it has the right name.
fn certificate_of_the_trusted(host: &str) -> Option<Certificate> {
    let (pem, key) = certificate().clone();
    (host == "127.0.0.1").then_some(Certificate { pem, key })
}

async fn pass_until_sent(app: &crate::support::app::TestApp) {
    app.advance(Lifetime::minutes(1));
    app.app.db.wake_a_worker();
    settled(app, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_with_another_name_gets_nothing() {
    let other = certificate_for("192.0.2.1", "other.example");
    nothing_is_sent_and_nothing_is_lost(&other, Some(&other)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_nobody_vouches_for_gets_nothing() {
    nothing_is_sent_and_nothing_is_lost(&certificate_for("127.0.0.1", "localhost"), None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_certificate_gets_nothing() {
    let expired = expired_certificate_for("127.0.0.1", "localhost");
    nothing_is_sent_and_nothing_is_lost(&expired, Some(&expired)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_starttls_gets_nothing_unless_it_is_this_machine() {
    let port = Port::hold();
    let server = MailServer::start(&port, &PLAIN);
    let app = app_with(SQLITE, &format!("smtp://{ELSEWHERE}:{}", port.number), None).await;
    post(&app, letter("dana@northline.example"), POSTING).await;
    app.until("the mail is put off", async || put_off(&app).await).await;
    pass(&app, Lifetime::minutes(1)).await;
    assert!(server.taken().is_empty());
}
