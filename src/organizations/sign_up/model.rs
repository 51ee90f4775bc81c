//! A sign-up that is under way, and the answers in it.

use serde::{Deserialize, Serialize};

use crate::kernel::{DraftId, EmailAddress, InvitationId, Language, Lifetime, OrganizationId};
use crate::platform::hash::PasswordHash;

/// The kind of the token in the draft's cookie.
pub struct DraftCookie;

/// How long a draft is kept after its last step.
pub(super) const LIFE: Lifetime = Lifetime::hours(24);

/// A sign-up that is under way.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) id: DraftId,
    /// The address that the person gave.
    pub(super) email: EmailAddress,
    /// Whether the person has proven to read mail there.
    pub(super) is_verified: bool,
    /// The language of the mails, and of the account.
    pub(super) language: Language,
    pub(super) choice: Option<Choice>,
    pub(super) credentials: Option<Credentials>,
    pub(super) password_hash: Option<PasswordHash>,
    /// The request of the site that the person came from, sealed.
    pub(super) errand: Option<String>,
}

/// To which organization the person will belong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Choice {
    /// One that invited them.
    Invited {
        /// The invitation.
        invitation: InvitationId,
        /// The organization's name, as it was shown.
        name: String,
    },
    /// One that they ask.
    Join {
        /// The organization.
        organization: OrganizationId,
        /// Its name, as it was shown.
        name: String,
        /// A few words to those who decide; may be empty.
        note: String,
    },
    /// One that they found.
    Found(NewOrganization),
}

impl Choice {
    /// The organization's name.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Invited { name, .. } | Self::Join { name, .. } => name,
            Self::Found(new) => &new.name,
        }
    }
}

/// A new organization as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct NewOrganization {
    pub(super) name: String,
    pub(super) street: String,
    pub(super) city: String,
    pub(super) state: String,
    pub(super) postal_code: String,
    pub(super) email: String,
    /// May be empty.
    pub(super) phone: String,
}

/// User ID and names as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Credentials {
    pub(super) username: String,
    pub(super) given_name: String,
    pub(super) family_name: String,
}
