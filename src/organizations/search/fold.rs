//! How names are taken apart, so that two spellings of one name meet (pure).

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The shortest and the longest beginning of a word that is a token. What is typed beyond the
/// longest one is not compared.
const SHORTEST: usize = 3;
const LONGEST: usize = 8;
/// So many letters of a name give trigrams.
const MOST_LETTERS: usize = 40;

/// Words that tell no organization from another.
const FILLERS: [&str; 4] = ["and", "the", "of", "y"];
/// Legal forms: "Northline Hauling" and "Northline Hauling LLC" are one name to a person.
const FORMS: [&str; 13] =
    ["llc", "inc", "co", "corp", "ltd", "lp", "llp", "pllc", "pc", "company", "incorporated", "corporation", "limited"];

/// A name, or what was typed for one: lower case, without accents and signs, word by word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Folded {
    words: Vec<String>,
}

impl Folded {
    pub(super) fn of(text: &str) -> Self {
        let mut plain = String::with_capacity(text.len());
        for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
            match c {
                // Within a word: O'Brien, A.B.C.
                '\'' | '’' | '.' => {}
                'ß' => plain.push_str("ss"),
                'ł' => plain.push('l'),
                'ø' => plain.push('o'),
                'æ' => plain.push_str("ae"),
                c if c.is_alphanumeric() => plain.push(c),
                _ => plain.push(' '),
            }
        }
        Self { words: plain.split_whitespace().map(str::to_owned).collect() }
    }

    /// The whole name, its words one space apart: the order in which hits are shown.
    pub(super) fn line(&self) -> String {
        self.words.join(" ")
    }

    /// All letters and digits, without the spaces.
    pub(super) fn squeezed(&self) -> String {
        self.words.concat()
    }

    /// The words that tell it from others; all of them, when none does.
    fn telling(&self) -> impl Iterator<Item = &String> {
        let is_telling = |word: &&String| !FILLERS.contains(&word.as_str()) && !FORMS.contains(&word.as_str());
        let has_one = self.words.iter().any(|word| is_telling(&word));
        self.words.iter().filter(move |word| !has_one || is_telling(word))
    }

    /// The telling words without spaces: names with the same core are the same to a person.
    pub(super) fn core(&self) -> String {
        self.telling().map(String::as_str).collect()
    }

    /// The tokens of up to three typed words, the longest first; none when all are too short.
    pub(super) fn longest_words(&self) -> Vec<String> {
        let mut words: Vec<&String> = self.telling().filter(|word| word.chars().count() >= SHORTEST).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        words.dedup();
        words.into_iter().take(3).map(|word| beginning(word, LONGEST)).collect()
    }

    /// The token of the whole, for "north line" that is written "Northline", and the reverse.
    pub(super) fn squeezed_token(&self) -> String {
        format!("^{}", beginning(&self.squeezed(), LONGEST))
    }

    /// The token of a name that is the same to a person.
    pub(super) fn exact_token(&self) -> String {
        format!("={}", beginning(&self.core(), MOST_LETTERS))
    }

    /// The tokens of the trigrams of the core, each once, in its order.
    pub(super) fn trigrams(&self) -> Vec<String> {
        let letters: Vec<char> = self.core().chars().take(MOST_LETTERS).collect();
        let mut tokens = Vec::new();
        for three in letters.windows(3) {
            let token: String = std::iter::once(&'~').chain(three).collect();
            if !tokens.contains(&token) {
                tokens.push(token);
            }
        }
        tokens
    }

    /// What a name is found by in the order of names: all but its trigrams, each once.
    pub(super) fn tokens(&self) -> Vec<String> {
        let mut tokens = vec![self.exact_token()];
        let squeezed = self.squeezed();
        for word in &self.words {
            tokens.extend(beginnings(word));
        }
        tokens.extend(beginnings(&squeezed).map(|beginning| format!("^{beginning}")));
        tokens.sort();
        tokens.dedup();
        tokens
    }

    /// How alike two names are, from 0 to 1.
    pub(super) fn alikeness(&self, other: &Self) -> f64 {
        strsim::normalized_damerau_levenshtein(&self.core(), &other.core())
    }

    /// How well this, typed with errors, fits the beginning of `name` or of one of its words.
    pub(super) fn fit(&self, name: &Self) -> f64 {
        let typed = self.core();
        let length = typed.chars().count();
        let starts = std::iter::once(name.core()).chain(name.words.iter().cloned());
        let fits = starts.flat_map(|start| {
            // A letter too many or too few moves the end.
            (length.saturating_sub(1)..=length + 1)
                .map(|end| strsim::normalized_damerau_levenshtein(&typed, &beginning(&start, end)))
                .collect::<Vec<_>>()
        });
        fits.fold(0.0, f64::max)
    }
}

fn beginning(word: &str, letters: usize) -> String {
    word.chars().take(letters).collect()
}

/// The beginnings of a word that are tokens.
fn beginnings(word: &str) -> impl Iterator<Item = String> {
    let letters = word.chars().count();
    (SHORTEST..=letters.min(LONGEST)).map(move |length| beginning(word, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spellings_of_a_name_meet() {
        let same = [
            ("Northline Hauling LLC", "  NORTHLINE   hauling "),
            ("Zielińska & Søns", "zielinska and sons"),
            ("O’Brien Paving, Inc.", "obrien paving"),
            ("A.B.C. Trucking", "abc trucking"),
            ("Ｎorthline", "northline"),
        ];
        for (one, other) in same {
            assert_eq!(Folded::of(one).exact_token(), Folded::of(other).exact_token(), "{one}");
        }
        assert_ne!(Folded::of("Northline").exact_token(), Folded::of("Northland").exact_token());
        assert_eq!(Folded::of("The Company").core(), "thecompany", "a name of nothing but fillers keeps them");
    }

    #[test]
    fn a_name_is_found_by_beginnings_of_words_and_of_the_whole() {
        let tokens = Folded::of("Northline Hauling LLC").tokens();
        for token in ["nor", "northlin", "hau", "hauling", "llc", "^northlin", "=northlinehauling"] {
            assert!(tokens.iter().any(|known| known == token), "{token}: {tokens:?}");
        }
        assert!(tokens.contains(&Folded::of("north line").squeezed_token()));
        assert!(Folded::of("North Line Paving").tokens().contains(&Folded::of("northline").squeezed_token()));
    }

    #[test]
    fn the_longest_typed_words_lead() {
        assert_eq!(Folded::of("the lake of construction company").longest_words(), ["construc", "lake"]);
        assert!(Folded::of("a b").longest_words().is_empty());
    }

    #[test]
    fn typing_errors_are_measured() {
        let name = Folded::of("Northline Hauling LLC");
        assert!(Folded::of("nothline").fit(&name) > 0.8);
        assert!(Folded::of("haulling").fit(&name) > 0.8);
        assert!(Folded::of("lakeside").fit(&name) < 0.5);
        assert!(name.alikeness(&Folded::of("North Line Haulin")) > 0.8);
        assert!(name.alikeness(&Folded::of("Northline Engineering")) < 0.8);
    }
}
