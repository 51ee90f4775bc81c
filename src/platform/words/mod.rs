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

/// A number that a text follows.
pub trait Count {
    /// How many.
    fn count(&self) -> u64;
}

impl Count for u64 {
    fn count(&self) -> u64 {
        *self
    }
}

impl Count for i64 {
    fn count(&self) -> u64 {
        u64::try_from(*self).unwrap_or_default()
    }
}

impl Count for usize {
    fn count(&self) -> u64 {
        u64::try_from(*self).unwrap_or(u64::MAX)
    }
}

impl<N: Count> Count for &N {
    fn count(&self) -> u64 {
        (**self).count()
    }
}

include!(concat!(env!("OUT_DIR"), "/words.rs"));

#[cfg(test)]
mod tests;
