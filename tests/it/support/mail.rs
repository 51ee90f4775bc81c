//! Mails that people got, read as their reader would: from the outbox of a test's installation.

use connex::{kernel::Language, platform::mail};

use super::app::TestApp;

/// A mail as its reader sees it.
#[derive(Debug, Clone)]
pub struct Mail {
    pub kind: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub language: Language,
}

impl TestApp {
    /// All mails to `address`, the oldest first.
    pub async fn mails_to(&self, address: &str) -> Vec<Mail> {
        let mut reader = self.app.db.read().await.unwrap();
        let kept = mail::kept(&mut reader, &self.app.sealing, 10_000).await.unwrap();
        let theirs = kept.into_iter().rev().filter(|mail| mail.letter.to.as_str().eq_ignore_ascii_case(address));
        let read = theirs.map(|mail| {
            let read = self.app.mail.render(&mail.letter).unwrap();
            let (subject, text, html) = (read.subject, read.text, read.html);
            Mail { kind: mail.kind, subject, text, html, language: mail.letter.language }
        });
        read.collect()
    }

    /// The newest mail to `address`; fails when there is none.
    pub async fn mail_to(&self, address: &str) -> Mail {
        self.mails_to(address).await.pop().unwrap_or_else(|| panic!("no mail to {address}"))
    }
}

impl Mail {
    /// The code, six digits; fails when there is none.
    pub fn code(&self) -> String {
        let line = self.text.lines().map(str::trim).find(|line| is_code(line));
        line.unwrap_or_else(|| panic!("no code in {}", self.text)).replace(' ', "")
    }

    /// The address behind the link; fails when there is none.
    pub fn link(&self) -> String {
        let line = self.text.lines().find(|line| line.starts_with("http://") || line.starts_with("https://"));
        line.unwrap_or_else(|| panic!("no link in {}", self.text)).to_owned()
    }
}

fn is_code(line: &str) -> bool {
    line.len() == 7 && line.chars().enumerate().all(|(at, c)| if at == 3 { c == ' ' } else { c.is_ascii_digit() })
}
