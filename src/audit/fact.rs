//! Facts: what happened, to what.

use std::fmt::Display;

use serde_json::{Map, Value};

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
}

impl Fact {
    /// A fact about `subject`.
    pub fn new(name: &'static str, subject: &impl Display) -> Self {
        Self { name, subject: subject.to_string(), detail: Value::Object(Map::new()) }
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
