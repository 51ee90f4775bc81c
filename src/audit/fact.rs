//! Facts: what happened, to what.

use std::fmt::Display;

use serde_json::{Map, Value};

use crate::kernel::{AccountId, OrganizationId};

/// Something that happened, in the past tense: `accounts.signed_in`.
///
/// Slices build theirs in `facts.rs`. Details hold ids and plain words, never secrets, never
/// addresses or names of people.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Its name: slice, dot, what happened.
    pub name: &'static str,
    /// What it is about: the text form of an id.
    pub subject: String,
    /// What else is to be known.
    pub detail: Value,
    /// In whose activity it is shown.
    pub person: Option<AccountId>,
    /// In which organization's activity it is shown.
    pub organization: Option<OrganizationId>,
}

impl Fact {
    /// A fact about `subject`.
    pub fn new(name: &'static str, subject: &impl Display) -> Self {
        Self { name, subject: subject.to_string(), detail: Value::Object(Map::new()), person: None, organization: None }
    }

    /// The same fact, shown in the activity of `person`.
    #[must_use]
    pub const fn person(mut self, person: AccountId) -> Self {
        self.person = Some(person);
        self
    }

    /// The same fact, shown in the activity of `organization`.
    #[must_use]
    pub const fn organization(mut self, organization: OrganizationId) -> Self {
        self.organization = Some(organization);
        self
    }

    /// The same fact with one more detail.
    #[must_use]
    pub fn with(mut self, key: &str, value: &impl Display) -> Self {
        if let Value::Object(detail) = &mut self.detail {
            detail.insert(key.to_owned(), Value::String(value.to_string()));
        }
        self
    }
}
