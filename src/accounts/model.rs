//! An account: the record of a person.

use crate::kernel::{AccountId, EmailAddress, Json, Language, PersonName, Timestamp, Username, VerifiedEmail};
use crate::platform::hash::PasswordHash;
use crate::protocol::oidc::standard_claims::StandardClaims;

/// Whether an account may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountStatus {
    /// It may.
    Active,
    /// Not until somebody enables it again.
    Disabled,
    /// Never again.
    Deleted,
}

impl AccountStatus {
    /// As the column has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Deleted => "deleted",
        }
    }
}

/// A person's account. The user ID has no setter: it never changes.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Account {
    pub(super) id: AccountId,
    pub(super) subject: String,
    pub(super) username: Username,
    pub(super) email: EmailAddress,
    pub(super) email_verified_at: Option<Timestamp>,
    pub(super) given_name: PersonName,
    pub(super) family_name: PersonName,
    pub(super) claims: Json<StandardClaims>,
    pub(super) password_hash: Option<PasswordHash>,
    pub(super) password_changed_at: Option<Timestamp>,
    pub(super) language: String,
    pub(super) status: String,
    pub(super) disabled_by: Option<String>,
    pub(super) rev: i64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

impl Account {
    /// Its id, for us.
    #[must_use]
    pub const fn id(&self) -> AccountId {
        self.id
    }

    /// What sites know the person by: random, never reassigned.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The user ID.
    #[must_use]
    pub const fn username(&self) -> &Username {
        &self.username
    }

    /// The address for mail, proven or not.
    #[must_use]
    pub const fn email(&self) -> &EmailAddress {
        &self.email
    }

    /// The address, when its owner has proven it.
    #[must_use]
    pub fn verified_email(&self) -> Option<VerifiedEmail> {
        VerifiedEmail::from_row(&self.email, self.email_verified_at)
    }

    /// The given name.
    #[must_use]
    pub const fn given_name(&self) -> &PersonName {
        &self.given_name
    }

    /// The family name.
    #[must_use]
    pub const fn family_name(&self) -> &PersonName {
        &self.family_name
    }

    /// Given and family name, as agencies see it.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }

    /// Further standard claims that were loaded with the account.
    #[must_use]
    pub const fn further_claims(&self) -> &StandardClaims {
        &self.claims.0
    }

    /// The language of its pages and mails.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language.parse().unwrap_or_default()
    }

    /// The organization that disabled it; `None` when the operator did, or nobody.
    #[must_use]
    pub fn disabled_by(&self) -> Option<&str> {
        self.disabled_by.as_deref()
    }

    /// Whether it may be used.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == AccountStatus::Active.as_str()
    }

    /// The status in words.
    #[must_use]
    pub fn status(&self) -> &str {
        &self.status
    }

    /// Grows with each change.
    #[must_use]
    pub const fn rev(&self) -> i64 {
        self.rev
    }

    /// When it was opened.
    #[must_use]
    pub const fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// When the person last set a password of their own choice; `None` when it is the first one.
    #[must_use]
    pub const fn password_changed_at(&self) -> Option<Timestamp> {
        self.password_changed_at
    }

    /// When it was last changed.
    #[must_use]
    pub const fn updated_at(&self) -> Timestamp {
        self.updated_at
    }
}
