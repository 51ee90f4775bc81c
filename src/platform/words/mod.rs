//! What our pages and mails say, in each language.
//!
//! The texts stand in `locales/<language>/<topic>.toml`; `build.rs` makes one method of each, so a
//! text that is missing in a language, or asked for by a wrong name, does not compile. No text
//! holds HTML: templates escape what a text returns.

mod moments;

use crate::kernel::Language;

/// The words of one language. Cheap to copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Words {
    /// The language.
    pub language: Language,
}

impl Words {
    /// The words of `language`.
    #[must_use]
    pub const fn new(language: Language) -> Self {
        Self { language }
    }
}

include!(concat!(env!("OUT_DIR"), "/words.rs"));

#[cfg(test)]
mod tests;
