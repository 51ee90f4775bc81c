//! The words of a filter.

use crate::protocol::scim::ScimRefusal;

/// One word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word<'t> {
    /// A path, an operator, a number, `true`, `false`, `null`, `and`, `or`, `not`.
    Bare(&'t str),
    /// A text in quotes, without them.
    Quoted(String),
    /// `(`
    Open,
    /// `)`
    Close,
    /// `[`
    OpenElement,
    /// `]`
    CloseElement,
}

/// The words of `text`.
pub(super) fn words(text: &str) -> Result<Vec<Word<'_>>, ScimRefusal> {
    let (mut found, mut rest) = (Vec::new(), text.trim_start_matches(' '));
    while let Some(first) = rest.chars().next() {
        let (word, after) = match first {
            '(' => (Word::Open, rest.strip_prefix('(')),
            ')' => (Word::Close, rest.strip_prefix(')')),
            '[' => (Word::OpenElement, rest.strip_prefix('[')),
            ']' => (Word::CloseElement, rest.strip_prefix(']')),
            '"' => {
                let (text, after) = quoted(rest)?;
                (Word::Quoted(text), Some(after))
            }
            _ => {
                let end = rest.find([' ', '(', ')', '[', ']', '"']).unwrap_or(rest.len());
                let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
                (Word::Bare(word), Some(after))
            }
        };
        found.push(word);
        rest = after.unwrap_or_default().trim_start_matches(' ');
    }
    Ok(found)
}

/// The text in quotes at the beginning of `rest`, as JSON reads it, and what follows.
fn quoted(rest: &str) -> Result<(String, &str), ScimRefusal> {
    let mut is_escaped = true;
    for (at, c) in rest.char_indices() {
        let ends = c == '"' && !is_escaped;
        // The first quote begins the text; after it only a backslash escapes.
        is_escaped = c == '\\' && !is_escaped;
        if ends && at > 0 {
            let (literal, after) = rest.split_at_checked(at + 1).unwrap_or((rest, ""));
            let text = serde_json::from_str(literal);
            return Ok((text.map_err(|_| ScimRefusal::of_filter("A text in quotes is written as in JSON."))?, after));
        }
    }
    Err(ScimRefusal::of_filter("A text in quotes does not end."))
}
