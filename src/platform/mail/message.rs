//! A letter as an Internet message (RFC 5322): text and HTML, one recipient.

use std::time::{Duration, SystemTime};

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{Header, HeaderName, HeaderValue},
    },
};

use super::{KeptMail, render::Rendered};
use crate::kernel::{Doing, EmailAddress, Fault};

/// A message and its envelope: one sender, one recipient.
pub(super) struct Outgoing {
    pub(super) sender: Address,
    pub(super) recipient: Address,
    pub(super) text: Vec<u8>,
}

/// No program should answer: no "out of office", no notice of a bounce to a bounce (RFC 3834 §5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }
    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }
    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The message of `mail` as `brand` sends it from `from`.
///
/// All of it follows from the mail, so that one that goes out twice after a crash is the same
/// message with the same `Message-ID`, and mail programs show it once.
pub(super) fn message(mail: &KeptMail, read: &Rendered, brand: &str, from: &EmailAddress) -> Result<Outgoing, Fault> {
    let doing = "write a mail";
    let sender: Address = from.as_str().parse().doing(doing)?;
    let recipient: Address = mail.letter.to.as_str().parse().doing(doing)?;
    let millis = u64::try_from(mail.posted_at.millis()).doing(doing)?;
    let id = mail.id;
    let both = MultiPart::alternative()
        .boundary(format!("part-of-{id}"))
        .singlepart(lettre::message::SinglePart::plain(read.text.clone()))
        .singlepart(lettre::message::SinglePart::html(read.html.clone()));
    let message = Message::builder()
        .from(Mailbox::new(Some(brand.to_owned()), sender.clone()))
        .to(Mailbox::new(None, recipient.clone()))
        .subject(read.subject.clone())
        .date(SystemTime::UNIX_EPOCH + Duration::from_millis(millis))
        .message_id(Some(format!("<{id}@{}>", sender.domain())))
        .header(AutoSubmitted)
        .multipart(both)
        .doing(doing)?;
    Ok(Outgoing { sender, recipient, text: message.formatted() })
}
