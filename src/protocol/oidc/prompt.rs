//! `prompt` values and which combine (OIDC Core §3.1.2.1, Initiating User Registration 1.0).

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What the client wants the person to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// No page at all: answer at once or refuse.
    None,
    /// Sign in again, even with a live session.
    Login,
    /// Agree again, even if agreed before.
    Consent,
    /// Choose the account.
    SelectAccount,
    /// Make a new account.
    Create,
}

impl Prompt {
    /// Every value, in the order of the metadata.
    pub const ALL: &[Self] = &[Self::None, Self::Login, Self::Consent, Self::SelectAccount, Self::Create];

    /// The value as it is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
            Self::Create => "create",
        }
    }
}

/// The values of one request. Empty when the parameter is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct PromptSet(BTreeSet<Prompt>);

/// Why a `prompt` is refused. Both are `invalid_request`; the texts are fit for `error_description`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PromptError {
    /// `none` stands beside another value.
    #[error("prompt none cannot be combined with other values")]
    NoneWithOthers,
    /// A value is none that we know.
    #[error("prompt holds an unknown value; known are none, login, consent, select_account and create")]
    Unknown,
}

impl PromptSet {
    /// Reads the values, separated by spaces.
    ///
    /// # Errors
    /// See [`PromptError`].
    pub fn parse(text: &str) -> Result<Self, PromptError> {
        let read =
            |word| Prompt::ALL.iter().copied().find(|prompt| prompt.as_str() == word).ok_or(PromptError::Unknown);
        let set: BTreeSet<_> = text.split(' ').filter(|word| !word.is_empty()).map(read).collect::<Result<_, _>>()?;
        if set.contains(&Prompt::None) && set.len() > 1 {
            return Err(PromptError::NoneWithOthers);
        }
        Ok(Self(set))
    }

    /// Whether `prompt` was asked for.
    #[must_use]
    pub fn contains(&self, prompt: Prompt) -> bool {
        self.0.contains(&prompt)
    }

    /// Whether no page may be shown.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.contains(Prompt::None)
    }

    /// Whether nothing special was asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is left to ask when `done` has been asked: a person who signed in again is not asked
    /// to do so for ever.
    #[must_use]
    pub fn without(&self, done: Prompt) -> Self {
        Self(self.0.iter().copied().filter(|prompt| *prompt != done).collect())
    }

    /// The values asked for.
    pub fn iter(&self) -> impl Iterator<Item = Prompt> {
        self.0.iter().copied()
    }
}

impl FromStr for PromptSet {
    type Err = PromptError;
    fn from_str(text: &str) -> Result<Self, PromptError> {
        Self::parse(text)
    }
}

impl fmt::Display for PromptSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.iter().map(Prompt::as_str).collect();
        f.write_str(&words.join(" "))
    }
}

impl Serialize for PromptSet {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PromptSet {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_combine_except_none() {
        let set = PromptSet::parse("consent login").unwrap();
        assert!(set.contains(Prompt::Login) && set.contains(Prompt::Consent) && !set.is_none());
        assert_eq!(set.to_string(), "login consent");
        assert!(PromptSet::parse("none").unwrap().is_none());
        assert!(PromptSet::parse("none none").unwrap().is_none());
        assert_eq!(PromptSet::parse("none login"), Err(PromptError::NoneWithOthers));
        assert_eq!(PromptSet::parse("login Consent"), Err(PromptError::Unknown));
    }

    #[test]
    fn what_was_asked_is_not_asked_again() {
        let set = PromptSet::parse("login consent").unwrap();
        assert_eq!(set.without(Prompt::Login), PromptSet::parse("consent").unwrap());
        assert!(set.without(Prompt::Login).without(Prompt::Consent).is_empty());
        let stored = serde_json::to_string(&set).unwrap();
        assert_eq!(serde_json::from_str::<PromptSet>(&stored).unwrap(), set);
        assert!(PromptSet::default().is_empty() && serde_json::from_str::<PromptSet>("\"\"").unwrap().is_empty());
    }
}
