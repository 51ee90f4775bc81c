//! What organizations write to people: each letter to one person, in that person's language.

use std::fmt::Display;

use super::store::memberships;
use crate::accounts::{self, Account};
use crate::kernel::{EmailAddress, Fault, Language, OrganizationId, Timestamp};
use crate::platform::{
    mail::{self, Letter, Posting},
    store::Unit,
    web::Kit,
    words::Words,
};

/// Who gets a letter, and in which language.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    pub(super) to: EmailAddress,
    pub(super) language: Language,
}

impl From<&Account> for Reader {
    fn from(person: &Account) -> Self {
        Self { to: person.email().clone(), language: person.language() }
    }
}

/// What a letter says, in the reader's language.
pub(super) struct Said {
    pub(super) subject: String,
    pub(super) paragraphs: Vec<String>,
    /// What the link does, and the path of ours that it leads to.
    pub(super) link: Option<(String, String)>,
}

impl Said {
    /// A letter without a link.
    pub(super) const fn plainly(subject: String, paragraphs: Vec<String>) -> Self {
        Self { subject, paragraphs, link: None }
    }
}

/// What a letter is about, and until when it is worth sending.
pub(super) struct About {
    pub(super) kind: &'static str,
    pub(super) id: Option<String>,
    pub(super) expires_at: Option<Timestamp>,
}

impl About {
    /// A letter that is worth sending for as long as any other.
    pub(super) fn kind(kind: &'static str) -> Self {
        Self { kind, id: None, expires_at: None }
    }

    /// A letter about the thing with this id, which is over at `expires_at`.
    pub(super) fn until(kind: &'static str, id: &impl Display, expires_at: Timestamp) -> Self {
        Self { kind, id: Some(id.to_string()), expires_at: Some(expires_at) }
    }
}

/// Posts a letter in the transaction of what it tells.
pub(super) async fn post(
    unit: &mut Unit,
    kit: &Kit,
    reader: Reader,
    about: About,
    say: impl FnOnce(Words) -> Said,
) -> Result<(), Fault> {
    let said = say(Words::new(reader.language));
    let letter = Letter {
        to: reader.to,
        language: reader.language,
        subject: said.subject,
        paragraphs: said.paragraphs,
        code: None,
        link: said.link.map(|(label, path)| (label, format!("{}{path}", kit.issuer()))),
    };
    let posting = Posting { kind: about.kind, about: about.id, expires_at: about.expires_at };
    mail::post(unit, kit.sealing(), letter, posting).await?;
    Ok(())
}

/// Everybody who decides for an organization.
pub(super) async fn administrators(unit: &mut Unit, organization: OrganizationId) -> Result<Vec<Account>, Fault> {
    let mut found = Vec::new();
    for account in memberships::administrators(unit, organization).await? {
        found.extend(accounts::get(unit, account).await?);
    }
    Ok(found)
}
