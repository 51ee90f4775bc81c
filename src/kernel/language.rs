//! The languages that we speak.

use std::{fmt, str::FromStr};

/// A language of our pages and mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English, which everybody gets who asked for nothing that we speak.
    #[default]
    English,
    /// Spanish.
    Spanish,
}

/// We do not speak that language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a language of ours")]
pub struct NotOurs;

impl Language {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::English, Self::Spanish];

    /// The tag (BCP 47): `en` or `es`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    /// What its speakers call it.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Spanish => "Español",
        }
    }

    /// The first of `tags` that we speak; regions are disregarded (`es-MX` is Spanish).
    #[must_use]
    pub fn first_of<'a>(tags: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        tags.into_iter().find_map(|tag| tag.parse().ok())
    }

    /// What an `Accept-Language` header asks for most (RFC 9110 §12.5.4), if we speak any of it.
    #[must_use]
    pub fn accepted(header: &str) -> Option<Self> {
        let mut wishes: Vec<(u16, Self)> = header
            .split(',')
            .take(20)
            .filter_map(|wish| {
                let (tag, parameters) = wish.split_once(';').unwrap_or((wish, ""));
                let weight = parameters.trim().strip_prefix("q=").map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0));
                let language = tag.trim().parse().ok()?;
                (weight > 0.0 && weight <= 1.0).then_some((per_mille(weight), language))
            })
            .collect();
        // The sort is stable: of two with the same weight, the first one counts.
        wishes.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        wishes.first().map(|(_, language)| *language)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the weight lies between 0 and 1")]
fn per_mille(weight: f32) -> u16 {
    (weight * 1000.0) as u16
}

impl FromStr for Language {
    type Err = NotOurs;
    fn from_str(tag: &str) -> Result<Self, NotOurs> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary)).ok_or(NotOurs)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_is_wished_most_is_chosen() {
        let chosen = [
            ("es-MX,es;q=0.9,en;q=0.8", Some(Language::Spanish)),
            ("fr, en;q=0.5, es;q=0.7", Some(Language::Spanish)),
            ("en-US,en;q=0.9,es;q=0.9", Some(Language::English)),
            ("es;q=0, fr", None),
            ("", None),
            ("es;q=banana", None),
        ];
        for (header, language) in chosen {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
        assert_eq!(Language::first_of(["fr-CA", "es-419", "en"]), Some(Language::Spanish));
    }
}
