//! Names of people, organizations and sites, and user IDs.

use std::{fmt, str::FromStr};

use unicode_normalization::UnicodeNormalization;

/// Why a text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAName {
    /// Nothing but spaces.
    #[error("enter a name")]
    Empty,
    /// More than the most characters.
    #[error("use fewer characters")]
    TooLong,
    /// A control character, or one that reorders the text around it.
    #[error("use letters, digits, spaces and punctuation only")]
    Character,
}

/// Characters that are invisible or turn the direction of writing: they make one name look like
/// another, or break a log line.
fn deceives(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{00AD}')
}

/// NFC, single spaces, no ends; refuses what deceives.
fn tidy(text: &str, most: usize) -> Result<String, NotAName> {
    let text: String = text.nfc().collect();
    if text.chars().any(deceives) {
        return Err(NotAName::Character);
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.chars().count() {
        0 => Err(NotAName::Empty),
        // Names travel in tokens, which have to stay small also when every letter takes four bytes.
        n if n > most || text.len() > 2 * most => Err(NotAName::TooLong),
        _ => Ok(text),
    }
}

/// Declares a name type of at most `$most` characters.
macro_rules! name {
    ($name:ident, $most:literal, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Eq, Hash, sqlx::Type, serde::Serialize)]
        #[sqlx(transparent)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The name as it is shown.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The form in which two names are compared: lower case.
            #[must_use]
            pub fn folded(&self) -> String {
                self.0.to_lowercase()
            }
        }

        impl FromStr for $name {
            type Err = NotAName;
            fn from_str(text: &str) -> Result<Self, NotAName> {
                tidy(text, $most).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(PersonName, 100, "A given or family name, 1 to 100 characters and at most 200 bytes, NFC.");
name!(OrganizationName, 120, "The name of an organization, 1 to 120 characters and at most 240 bytes, NFC.");
name!(AddressLine, 120, "A street address, a city or a county: 1 to 120 characters and at most 240 bytes, NFC.");
name!(
    Remark,
    200,
    "A few words from one person to another, 1 to 200 characters and at most 400 bytes, NFC, on one line."
);
name!(SiteName, 120, "The name of an agency's site as people know it, 1 to 120 characters and at most 240 bytes, NFC.");

/// A user ID: 1 to 254 characters, chosen once and never changed.
///
/// It shares one namespace with e-mail addresses and is compared by its folded form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, sqlx::Type, serde::Serialize)]
#[sqlx(transparent)]
#[serde(transparent)]
pub struct Username(String);

impl Username {
    /// The user ID as it was chosen.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that is unique.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for Username {
    type Err = NotAName;
    fn from_str(text: &str) -> Result<Self, NotAName> {
        let text = text.trim();
        match text.len() {
            0 => return Err(NotAName::Empty),
            255.. => return Err(NotAName::TooLong),
            _ => {}
        }
        // ASCII only, for the same reason as addresses: look-alike letters.
        let allowed = |c: char| c.is_ascii_alphanumeric() || "@._-+'".contains(c);
        if !text.chars().all(allowed) {
            return Err(NotAName::Character);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_letters_of_all_scripts() {
        let name: OrganizationName = "  Zielińska  Ștefan & Fils\u{A0}S.à r.l. ".parse().unwrap();
        assert_eq!(name.as_str(), "Zielińska Ștefan & Fils S.à r.l.");
    }

    #[test]
    fn names_that_deceive_are_refused() {
        for text in ["a\nb", "a\0b", "pay\u{202E}roll", "a\u{200B}b"] {
            assert_eq!(text.parse::<PersonName>(), Err(NotAName::Character), "{text:?}");
        }
        assert_eq!("   ".parse::<PersonName>(), Err(NotAName::Empty));
        assert_eq!("𐐷".repeat(51).parse::<PersonName>(), Err(NotAName::TooLong), "204 bytes");
        assert_eq!("x".repeat(101).parse::<PersonName>(), Err(NotAName::TooLong));
    }

    #[test]
    fn a_user_id_is_ascii() {
        assert_eq!("Dana@northline.example".parse::<Username>().unwrap().folded(), "dana@northline.example");
        assert!("dаna".parse::<Username>().is_err(), "a Cyrillic letter");
        assert!("dana whitfield".parse::<Username>().is_err());
    }
}
