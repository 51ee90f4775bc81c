//! Letters, and what becomes of them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::kernel::{EmailAddress, Language, MailId, Timestamp};

/// A mail to one person, in words.
#[derive(Clone, Serialize, Deserialize)]
pub struct Letter {
    /// Who gets it.
    pub to: EmailAddress,
    /// In which language it is written. It stands in a column of its own, so it is not sealed.
    #[serde(skip)]
    pub language: Language,
    /// The subject. Line ends and other control characters in it become spaces.
    pub subject: String,
    /// What it says, one paragraph an element. What looks like a web address in them is made unfit
    /// for clicking: a name that somebody typed must not become a link.
    pub paragraphs: Vec<String>,
    /// Six digits to be typed in; shown as "482 913".
    pub code: Option<String>,
    /// The one link: what it does in words, and its address, which is made of our issuer.
    pub link: Option<(String, String)>,
}

/// Only where and how long: the rest holds codes, links and names.
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Letter in {} with {} paragraphs", self.language, self.paragraphs.len())
    }
}

/// How a letter is posted.
#[derive(Debug, Clone)]
pub struct Posting {
    /// What kind of mail it is, `accounts.code`, for the operator and the list of mails.
    pub kind: &'static str,
    /// The text form of the id (an invitation's, …) whose page shows what became of the mail.
    pub about: Option<String>,
    /// When it is no longer worth sending; `None` for four days from now.
    pub expires_at: Option<Timestamp>,
}

/// What became of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is still to be sent, or was put off by the server.
    Waiting,
    /// The mail server took it at this moment. More than that no sender knows.
    Sent(Timestamp),
    /// The mail server refused it for good, in these words.
    Refused(String),
    /// It was no longer worth sending before a server took it.
    Expired,
}

/// A letter that is still kept, opened.
#[derive(Debug, Clone)]
pub struct KeptMail {
    /// Its id.
    pub id: MailId,
    /// What kind of mail it is.
    pub kind: String,
    /// When it was posted.
    pub posted_at: Timestamp,
    /// What it says.
    pub letter: Letter,
}
