//! Scope: an ordered set of valid tokens (RFC 6749 §3.3).

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A set of scope tokens. The same set has one text form, whatever the order it was asked in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Scope(BTreeSet<String>);

/// The text holds a character that no scope token may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the scope holds a character that is not allowed in it")]
pub struct NotAScope;

impl Scope {
    /// Whether `token` is in the set.
    #[must_use]
    pub fn contains(&self, token: &str) -> bool {
        self.0.contains(token)
    }

    /// Whether nothing is in this set that is not in `other`.
    #[must_use]
    pub fn is_subset_of(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).cloned().collect())
    }

    /// The tokens, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether nothing is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a token. False when it was there already, or is not a scope token.
    pub fn insert(&mut self, token: &str) -> bool {
        is_token(token) && self.0.insert(token.to_owned())
    }
}

/// NQCHAR of RFC 6749 appendix A: printable ASCII without space, `"` and `\`.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E))
}

impl FromStr for Scope {
    type Err = NotAScope;

    /// Reads tokens that are separated by spaces; an empty text is an empty set.
    fn from_str(text: &str) -> Result<Self, NotAScope> {
        let tokens = text.split(' ').filter(|token| !token.is_empty());
        tokens
            .map(|token| is_token(token).then(|| token.to_owned()).ok_or(NotAScope))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl<S: AsRef<str>> FromIterator<S> for Scope {
    /// A set of tokens known to the program; what is not a scope token is left out.
    fn from_iter<I: IntoIterator<Item = S>>(tokens: I) -> Self {
        let mut scope = Self::default();
        for token in tokens {
            scope.insert(token.as_ref());
        }
        scope
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, token) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(token)?;
        }
        Ok(())
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_repetition_do_not_matter() {
        let scope: Scope = "openid profile  email openid".parse().unwrap();
        assert_eq!(scope.to_string(), "email openid profile");
        assert_eq!(scope, ["profile", "email", "openid", "not a token"].into_iter().collect());
        assert_eq!(serde_json::to_string(&scope).unwrap(), r#""email openid profile""#);
        assert_eq!(serde_json::from_str::<Scope>(r#""profile openid email""#).unwrap(), scope);
    }

    #[test]
    fn a_scope_never_grows_by_narrowing() {
        let granted: Scope = "openid email".parse().unwrap();
        let wanted: Scope = "openid admin".parse().unwrap();
        assert!(!wanted.is_subset_of(&granted));
        assert_eq!(wanted.intersection(&granted), "openid".parse().unwrap());
        assert!(Scope::default().is_subset_of(&granted));
    }

    #[test]
    fn what_is_no_scope_token_is_refused() {
        for text in ["openid\tprofile", "a\nb", "caf\u{e9}", "a\"b", "a\\b", "a\u{7f}"] {
            assert_eq!(text.parse::<Scope>(), Err(NotAScope), "{text:?}");
        }
        assert!(!Scope::default().insert("two words"));
        assert!("".parse::<Scope>().unwrap().is_empty());
    }
}
