//! How mail leaves.

use url::Url;

use super::{problem::Wrong, reading::Reading};
use crate::kernel::{EmailAddress, Secret};

/// `[mail]`.
#[derive(Debug, Clone)]
pub enum Mail {
    /// Kept in the database and shown at `/dev/mail`; only with a loopback issuer.
    Outbox,
    /// Handed to a mail server.
    Smtp {
        /// `smtp://…` (with STARTTLS) or `smtps://…`, with the password.
        url: Secret<String>,
        /// The sender.
        from: EmailAddress,
    },
}

impl Mail {
    pub(super) fn read(from: &mut Reading<'_>) -> Option<Self> {
        let url = from.text("mail.url", server);
        let problems_before = from.problems.len();
        let sender = from.text_if_given("mail.from", |text| {
            text.parse::<EmailAddress>().map_err(|_| {
                Wrong::new(
                    format!("is {text:?}, which is no address"),
                    "Write an address such as no-reply@example.org.",
                )
            })
        });
        match (url?, sender) {
            (None, _) => Some(Self::Outbox),
            (Some(url), Some(from)) => Some(Self::Smtp { url, from }),
            (Some(_), None) => {
                if from.problems.len() == problems_before {
                    let cure = "Mail needs a sender: write mail.from, such as \"no-reply@example.org\".";
                    from.conflict("mail.from", "is missing", cure);
                }
                None
            }
        }
    }
}

/// The server's URL, `None` for the outbox. It may hold a password: no message repeats it.
fn server(text: &str) -> Result<Option<Secret<String>>, Wrong> {
    if text == "outbox" {
        return Ok(None);
    }
    let cure = "Write smtps://USER:PASSWORD@HOST, smtp://HOST:PORT, or outbox.";
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "smtp" | "smtps") && url.host().is_some() => {
            Ok(Some(Secret::new(text.to_owned())))
        }
        _ => Err(Wrong::new("is neither outbox nor an smtp:// or smtps:// URL", cure)),
    }
}
