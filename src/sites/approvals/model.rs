//! An approval, the words that it is made of, and who said them.

use std::str::FromStr;

use crate::audit::Actor;
use crate::kernel::{Fault, Json, OrganizationId, Remark, SiteId, Timestamp};

/// One word on an organization at a site: a request of its own, or what the agency says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Word {
    /// The organization asks to be approved.
    Requested,
    /// All its people, now and later, are welcome.
    Approved,
    /// Everybody is out until it is approved again.
    Suspended,
    /// Everybody is out, and it need not ask.
    Denied,
    /// The approval has ended; what opened the site besides has ended with it, and may begin anew.
    Revoked,
}

impl Word {
    /// As the columns have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::Suspended => "suspended",
            Self::Denied => "denied",
            Self::Revoked => "revoked",
        }
    }
}

impl FromStr for Word {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        [Self::Requested, Self::Approved, Self::Suspended, Self::Denied, Self::Revoked]
            .into_iter()
            .find(|word| word.as_str() == text)
            .ok_or_else(|| Fault::new("read a word of an agency"))
    }
}

/// Who speaks.
#[derive(Debug, Clone)]
pub struct By<'a> {
    /// As the audit trail names them.
    pub actor: &'a Actor,
    /// The clerk at the agency, when a site speaks for one.
    pub clerk: Option<Remark>,
}

impl<'a> From<&'a Actor> for By<'a> {
    fn from(actor: &'a Actor) -> Self {
        Self { actor, clerk: None }
    }
}

/// What is said with an approval.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// The roles that the agency gives to everybody of the organization.
    pub roles: Vec<String>,
    /// Until when; `None` for no end.
    pub valid_until: Option<Timestamp>,
    /// Why, for the organization to read.
    pub reason: Option<Remark>,
}

/// What is said with any other word.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// Why, for the organization to read.
    pub reason: Option<Remark>,
}

/// The word that counts.
#[derive(Debug, Clone)]
pub struct Approval {
    /// Where.
    pub site: SiteId,
    /// Of whom.
    pub organization: OrganizationId,
    /// The word.
    pub word: Word,
    /// The roles that the agency gives, while it approves.
    pub roles: Vec<String>,
    /// Why.
    pub reason: Option<String>,
    /// Until when; `None` for no end.
    pub valid_until: Option<Timestamp>,
    /// Who said it, as the audit trail has it.
    pub decided_by: Option<String>,
    /// The clerk who said it, when a site spoke for one.
    pub clerk: Option<String>,
    /// When the organization asked, the last time.
    pub requested_at: Option<Timestamp>,
    /// When the agency approved, the last time.
    pub approved_at: Option<Timestamp>,
    /// When it was said.
    pub said_at: Timestamp,
    /// Grows with each word.
    pub rev: i64,
}

/// A word of the history.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct WordSaid {
    /// The column `status`; see [`WordSaid::word`].
    status: String,
    roles: Json<Vec<String>>,
    /// Why.
    pub reason: Option<String>,
    /// Until when.
    pub valid_until: Option<Timestamp>,
    /// Who said it, as the audit trail has it.
    pub decided_by: String,
    /// The clerk who said it, when a site spoke for one.
    pub clerk: Option<String>,
    /// When.
    pub said_at: Timestamp,
    /// Its place in the history.
    pub rev: i64,
}

impl WordSaid {
    /// The word.
    ///
    /// # Errors
    /// When the column holds none, which is a defect.
    pub fn word(&self) -> Result<Word, Fault> {
        self.status.parse()
    }

    /// The roles that came with it.
    #[must_use]
    pub fn roles(&self) -> &[String] {
        &self.roles.0
    }
}
