//! `connex config explain KEY`.

use std::fmt;

use serde::Serialize;

use super::keys::{keys, nearest};

/// What `connex config explain` says about a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The key, such as `tokens.code_seconds`.
    pub key: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What it is when nobody says; `None` for a key that is mandatory, or off when absent.
    pub default: Option<&'static str>,
    /// The least and the most, for numbers.
    pub range: Option<(i64, i64)>,
    /// The environment variable that overrides the file.
    pub environment: String,
    /// Lines for `connex.toml`.
    pub example: String,
}

/// There is no such key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("there is no key {key}{}", nearest.map(|name| format!("; did you mean {name}?")).unwrap_or_default())]
pub struct NoSuchKey {
    /// What was asked for.
    pub key: String,
    /// The key that was probably meant.
    pub nearest: Option<&'static str>,
}

/// Explains the key `tokens.code_seconds`, also under the name of its environment variable.
///
/// # Errors
/// When there is no such key, with the nearest one.
pub fn explain(name: &str) -> Result<Explanation, NoSuchKey> {
    let key = keys()
        .iter()
        .find(|key| key.name == name || key.environment() == name)
        .ok_or_else(|| NoSuchKey { key: name.to_owned(), nearest: nearest(name, keys().iter().map(|key| key.name)) })?;
    Ok(Explanation {
        key: key.name,
        meaning: key.meaning,
        default: key.default.filter(|text| !text.is_empty()),
        range: key.range,
        environment: key.environment(),
        example: key.example_lines(),
    })
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n  {}", self.key, self.meaning)?;
        if let Some((least, most)) = self.range {
            writeln!(f, "  A number from {least} to {most}.")?;
        }
        writeln!(f, "  Default: {}", self.default.unwrap_or("none"))?;
        writeln!(f, "  Environment: {}", self.environment)?;
        write!(f, "  Example:\n    {}", self.example.replace('\n', "\n    "))
    }
}
