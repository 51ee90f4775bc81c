//! The conversation with a mail server (RFC 5321), one mail a connection.
//!
//! A connection that is given up half-way is closed and never used again, so that no mail can
//! continue in the middle of another one.

use std::{net::IpAddr, path::Path, time::Duration};

use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, Certificate, TlsParameters, TlsVersion},
    commands::{Data, Mail, Rcpt},
    extension::ClientId,
    response::{Category, Code},
};
use openssl::x509::X509;
use tokio::time::timeout;
use url::{Url, form_urlencoded};

use super::{defuse::one_line, message::Outgoing};
use crate::kernel::{Doing, Fault, Secret};

/// For the whole conversation. It lies well below the 30 seconds that a worker has for a job: a
/// second worker must not begin while the first one may still succeed.
const WHOLE: Duration = Duration::from_secs(15);
/// For a connection that can be used.
const CONNECT: Duration = Duration::from_secs(5);
/// For saying goodbye, when the mail has long been taken.
const PARTING: Duration = Duration::from_secs(1);

/// A mail server, and how to speak to it.
pub(super) struct Server {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
}

/// How the conversation is protected. There is no way to go on without a certificate that we believe.
enum Security {
    /// TLS from the first byte (RFC 8314): `smtps://`.
    Tls(TlsParameters),
    /// TLS after STARTTLS, without which nothing is said (RFC 3207): `smtp://`.
    StartTls(TlsParameters),
    /// None: `smtp://` to this machine, where nobody is in between.
    Loopback,
}

/// Why a mail was not taken. The texts of `Later` go to the log: they hold no address and nothing
/// that the server said beyond its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Untaken {
    /// The server refuses this mail for good, in these words.
    Refused(String),
    /// It may be taken later.
    Later(String),
    /// It will be taken once somebody has mended the configuration, ours or the server's.
    Misconfigured(String),
}

impl Server {
    /// The server at `url`, whose certificate may be signed by one in `extra_ca_file` too.
    pub(super) fn new(url: &Secret<String>, extra_ca_file: Option<&Path>) -> Result<Self, Fault> {
        // The cause of a parse error may repeat a part of the URL, which may be the password.
        let unreadable = || Fault::new("read the mail server's URL ([mail] url)");
        let url = Url::parse(url.expose()).map_err(|_| unreadable())?;
        let host = url.host_str().ok_or_else(unreadable)?.trim_matches(['[', ']']).to_owned();
        let is_tls = url.scheme() == "smtps";
        let security = match (is_tls, is_loopback(&host)) {
            (true, _) => Security::Tls(tls(&host, extra_ca_file)?),
            (false, true) => Security::Loopback,
            (false, false) => Security::StartTls(tls(&host, extra_ca_file)?),
        };
        let usual_port = match &security {
            Security::Tls(_) => 465,
            Security::StartTls(_) => 587,
            Security::Loopback => 25,
        };
        let credentials = (!url.username().is_empty())
            .then(|| Credentials::new(plain(url.username()), plain(url.password().unwrap_or_default())));
        Ok(Self { host, port: url.port().unwrap_or(usual_port), security, credentials })
    }

    /// Hands `mail` over. When this returns `Ok`, the server has taken it.
    pub(super) async fn deliver(&self, mail: &Outgoing) -> Result<(), Untaken> {
        let late = |_| Untaken::Later("no answer in time".to_owned());
        let mut line = timeout(WHOLE, self.converse(mail)).await.map_err(late)??;
        // Whatever comes now, the mail was taken.
        let _ = timeout(PARTING, line.quit()).await;
        Ok(())
    }

    async fn converse(&self, mail: &Outgoing) -> Result<AsyncSmtpConnection, Untaken> {
        let mut line = self.connect().await?;
        if let Some(credentials) = &self.credentials {
            let known = [Mechanism::Plain, Mechanism::Login];
            line.auth(&known, credentials).await.map_err(|error| ours("sign-in", &error))?;
        }
        let (sender, recipient) = (mail.sender.clone(), mail.recipient.clone());
        line.command(Mail::new(Some(sender), Vec::new())).await.map_err(|error| ours("MAIL", &error))?;
        line.command(Rcpt::new(recipient, Vec::new())).await.map_err(|error| theirs("RCPT", &error))?;
        line.command(Data).await.map_err(|error| theirs("DATA", &error))?;
        line.message(&mail.text).await.map_err(|error| theirs("the mail", &error))?;
        Ok(line)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Untaken> {
        let hello = ClientId::default();
        let at_once = match &self.security {
            Security::Tls(tls) => Some(tls.clone()),
            Security::StartTls(_) | Security::Loopback => None,
        };
        let server = (self.host.as_str(), self.port);
        let mut line = AsyncSmtpConnection::connect_tokio1(server, Some(CONNECT), &hello, at_once, None)
            .await
            .map_err(|error| ours("the greeting", &error))?;
        if let Security::StartTls(tls) = &self.security {
            line.starttls(tls.clone(), &hello).await.map_err(|error| ours("STARTTLS", &error))?;
        }
        Ok(line)
    }
}

/// Why nothing came of a step that has nothing to do with this one mail.
fn ours(step: &str, error: &Error) -> Untaken {
    match error.status() {
        Some(code) if error.is_permanent() => {
            Untaken::Misconfigured(format!("the mail server answered {code} to {step}"))
        }
        Some(code) => Untaken::Later(format!("the mail server answered {code} to {step}")),
        None if error.is_tls() || error.is_client() => Untaken::Misconfigured(format!("{step}: {}", chain(error))),
        None => Untaken::Later(format!("{step}: {}", chain(error))),
    }
}

/// Why nothing came of a step that is about this mail. A server that wants us to sign in first, or
/// knows no such command, says so with a code that is not about the mail (RFC 5321 §4.2.2).
fn theirs(step: &str, error: &Error) -> Untaken {
    match error.status() {
        Some(code) if error.is_permanent() && is_about_a_mail(code) => Untaken::Refused(answer(code, error)),
        _ => ours(step, error),
    }
}

/// Whether a 5xx speaks of mailbox or mail: 550 to 559, not 500 to 504 (syntax) nor 530 to 538 (sign-in).
fn is_about_a_mail(code: Code) -> bool {
    matches!(code.category, Category::MailSystem)
}

/// What the server said, as an administrator may read it.
fn answer(code: Code, error: &Error) -> String {
    let words = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    one_line(&format!("{code} {words}"))
}

/// The causes of an error that is no answer of the server.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(deeper) = cause {
        let words = deeper.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = deeper.source();
    }
    one_line(&text)
}

fn tls(host: &str, extra_ca_file: Option<&Path>) -> Result<TlsParameters, Fault> {
    let mut tls = TlsParameters::builder(host.to_owned()).set_min_tls_version(TlsVersion::Tlsv12);
    if let Some(file) = extra_ca_file {
        let about = |error: String| Fault::of("read the certificates for mail ([outbound] extra_ca_file)", error);
        let pem = std::fs::read(file).map_err(|error| about(format!("{}: {error}", file.display())))?;
        let certificates = X509::stack_from_pem(&pem)
            .ok()
            .filter(|certificates| !certificates.is_empty())
            .ok_or_else(|| about(format!("{} holds no PEM certificate", file.display())))?;
        for certificate in certificates {
            let der = certificate.to_der().doing("read a certificate for mail")?;
            tls = tls.add_root_certificate(Certificate::from_der(der).doing("read a certificate for mail")?);
        }
    }
    tls.build().doing("prepare TLS for mail")
}

/// Whether only this machine answers under `host`, which need not be an address.
fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A user or password of a URL without its percent signs.
fn plain(text: &str) -> String {
    // A form has three signs of its own, which a URL's user may hold as they are.
    let form = text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(form.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str) -> Server {
        Server::new(&Secret::new(url.to_owned()), None).unwrap()
    }

    #[test]
    fn only_this_machine_is_spoken_to_without_tls() {
        for url in ["smtp://localhost", "smtp://127.0.0.1", "smtp://127.8.0.1:2525", "smtp://[::1]"] {
            assert!(matches!(server(url).security, Security::Loopback), "{url}");
        }
        for url in ["smtp://mail.example.org", "smtp://0.0.0.0", "smtp://10.0.0.1", "smtp://localhost.example.org"] {
            assert!(matches!(server(url).security, Security::StartTls(_)), "{url}");
        }
        assert!(matches!(server("smtps://localhost").security, Security::Tls(_)));
    }

    #[test]
    fn each_way_has_its_port() {
        let urls = ["smtps://m.example", "smtp://m.example", "smtp://localhost", "smtp://m.example:2525"];
        assert_eq!(urls.map(|url| server(url).port), [465, 587, 25, 2525]);
        assert_eq!(server("smtps://[2001:db8::1]").host, "2001:db8::1");
    }

    #[test]
    fn users_and_passwords_are_read_as_they_were_meant() {
        for (written, meant) in [("a%40b.example", "a@b.example"), ("p+q%25=r&s", "p+q%=r&s"), ("plain", "plain")] {
            assert_eq!(plain(written), meant);
        }
        assert!(server("smtp://localhost").credentials.is_none());
    }

    #[test]
    fn an_unreadable_url_is_not_repeated() {
        let fault = Server::new(&Secret::new("smtp://user:hunter2@".to_owned()), None).err().unwrap();
        assert!(!format!("{fault:?}").contains("hunter2"), "{fault:?}");
    }
}
