//! A password as somebody typed it, and which ones may be chosen.

use unicode_normalization::UnicodeNormalization;

use crate::kernel::Secret;

/// The most bytes of a password. Far beyond any passphrase; the limit keeps the work small
/// that a stranger can ask for.
const MOST_BYTES: usize = 1024;

/// Of a chosen password, so many characters must not come from names that others know.
const LEAST_OWN_CHARACTERS: usize = 8;

/// A new password must take at least so many guesses (powers of ten): the strength that
/// zxcvbn calls safe against an attack on stolen slow hashes.
const LEAST_GUESSES_LOG10: f64 = 8.0;

/// A password in the form that is hashed: NFC, 1 to 1024 bytes as typed, no NUL.
///
/// It is compared exactly as typed otherwise: nothing is cut, trimmed or folded.
#[derive(Debug, Clone)]
pub struct Password(Secret<String>);

/// Why a text cannot be a password, or not a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Nothing was typed.
    #[error("Enter a password")]
    Empty,
    /// More than 1024 bytes.
    #[error("Password must be shorter")]
    TooLong,
    /// It holds a NUL character, which some systems take for the end.
    #[error("Password holds a character that cannot be used")]
    Character,
    /// Fewer characters than demanded.
    #[error("Password must be {least} characters or more")]
    TooShort {
        /// How many are demanded.
        least: u32,
    },
    /// It is among the first that an attacker tries.
    #[error("That password is easy to guess. Choose another one.")]
    Common,
    /// It says little more than the person's own name, address or organization.
    #[error("That password is made of names that others know. Choose another one.")]
    Names,
}

/// What a new password has to be.
#[derive(Debug, Clone, Copy)]
pub struct PasswordRules<'a> {
    /// The least number of characters: 15 alone, 8 with a second factor.
    pub min_length: u32,
    /// What others know: the person's names, addresses and organization, the site's name.
    pub context: &'a [&'a str],
}

impl Password {
    /// Takes what was typed to sign in.
    ///
    /// # Errors
    /// [`Empty`](PasswordError::Empty), [`TooLong`](PasswordError::TooLong) or
    /// [`Character`](PasswordError::Character), before any costly work.
    pub fn parse(typed: &str) -> Result<Self, PasswordError> {
        match typed.len() {
            0 => Err(PasswordError::Empty),
            1..=MOST_BYTES if typed.contains('\0') => Err(PasswordError::Character),
            1..=MOST_BYTES => Ok(Self(Secret::new(typed.nfc().collect()))),
            _ => Err(PasswordError::TooLong),
        }
    }

    /// Takes a new password, by the rules of NIST SP 800-63B-4 §3.1.1: length and a block list,
    /// nothing about kinds of characters.
    ///
    /// # Errors
    /// Why it cannot be chosen.
    pub fn choose(typed: &str, rules: &PasswordRules<'_>) -> Result<Self, PasswordError> {
        let password = Self::parse(typed)?;
        let text = password.0.expose();
        if u32::try_from(text.chars().count()).is_ok_and(|length| length < rules.min_length) {
            return Err(PasswordError::TooShort { least: rules.min_length });
        }
        let known = known_words(rules.context);
        if without(text, &known).chars().count() < LEAST_OWN_CHARACTERS {
            return Err(PasswordError::Names);
        }
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        if zxcvbn::zxcvbn(text, &known).guesses_log10() < LEAST_GUESSES_LOG10 {
            return Err(PasswordError::Common);
        }
        Ok(password)
    }

    /// The bytes to hash.
    pub(super) fn expose(&self) -> &[u8] {
        self.0.expose().as_bytes()
    }
}

/// The words of the context, folded, the longest first; of three letters or more, since shorter
/// ones are part of everything.
fn known_words(context: &[&str]) -> Vec<String> {
    let mut words: Vec<String> = context
        .iter()
        .chain(&["connex"])
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()).chain([*text]))
        .map(|word| word.nfc().collect::<String>().to_lowercase())
        .filter(|word| word.chars().count() >= 3)
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.dedup();
    words
}

/// What is left of `text` without the known words and what merely joins them.
fn without(text: &str, words: &[String]) -> String {
    let mut rest = text.to_lowercase();
    for word in words {
        rest = rest.replace(word.as_str(), " ");
    }
    rest.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(text: &str) -> Result<Password, PasswordError> {
        let context = ["Dana", "Whitfield", "dana@northline.example", "Northline Engineering"];
        Password::choose(text, &PasswordRules { min_length: 15, context: &context })
    }

    #[test]
    fn a_long_password_of_ones_own_is_taken() {
        for text in
            ["plum harvest canoe lantern", "Ärmel Öffnung Übermut", "xq7kvw0pz2mfh4ntd", "🦀 crabs walk sideways 🦀"]
        {
            assert!(choose(text).is_ok(), "{text}");
        }
        assert!(choose(&"plum harvest canoe ".repeat(13)).is_ok(), "256 characters are few enough");
    }

    #[test]
    fn a_password_that_others_guess_is_refused() {
        assert_eq!(choose("plum canoe").unwrap_err(), PasswordError::TooShort { least: 15 });
        assert_eq!(choose("äöüäöü").unwrap_err(), PasswordError::TooShort { least: 15 }, "characters, not bytes");
        for text in ["passwordpassword", "qwertyuiop123456", "aaaaaaaaaaaaaaaaaaaa", "abcdefghijklmnopqrstuvwxyz"] {
            assert_eq!(choose(text).unwrap_err(), PasswordError::Common, "{text}");
        }
        for text in
            ["Dana Whitfield 2026", "northline-engineering", "dana@northline.example!", "ConneX-connex-CONNEX-1"]
        {
            assert_eq!(choose(text).unwrap_err(), PasswordError::Names, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_a_password_is_refused_before_hashing() {
        assert_eq!(Password::parse("").unwrap_err(), PasswordError::Empty);
        assert_eq!(Password::parse("plum\0canoe").unwrap_err(), PasswordError::Character);
        assert_eq!(Password::parse(&"x".repeat(1 << 20)).unwrap_err(), PasswordError::TooLong);
        assert!(Password::parse(&"x".repeat(1024)).is_ok());
    }

    #[test]
    fn two_ways_to_type_a_letter_are_one_password() {
        let (composed, decomposed) = (Password::parse("caf\u{e9}").unwrap(), Password::parse("cafe\u{301}").unwrap());
        assert_eq!(composed.expose(), decomposed.expose());
        assert_ne!(composed.expose(), Password::parse("CAF\u{c9}").unwrap().expose(), "case counts");
        assert_ne!(composed.expose(), Password::parse("caf\u{e9} ").unwrap().expose(), "a space counts");
        assert_eq!(format!("{composed:?}"), "Password(Secret)");
    }
}
