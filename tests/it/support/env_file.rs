//! An env file, as a shell reads it.

use std::collections::BTreeMap;

/// The variables that it sets.
pub fn variables(text: &str) -> BTreeMap<String, String> {
    let line = |line: &str| {
        let (name, value) = line.split_once('=')?;
        Some((name.to_owned(), value.trim_matches('\'').replace(r"'\''", "'")))
    };
    text.lines().filter_map(line).collect()
}
