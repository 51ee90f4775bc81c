//! What is known of one key.

/// One key of `connex.toml`.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// `section.key`, or `issuer`.
    pub name: &'static str,
    /// A value as it is written in the file.
    pub example: &'static str,
    /// What it means, in sentences, with the reason for its range.
    pub meaning: &'static str,
    /// What it is when nobody says, as it would be written in the environment.
    pub default: Option<&'static str>,
    /// The least and the most, for numbers.
    pub range: Option<(i64, i64)>,
    /// Whether the value is never to be shown.
    pub is_secret: bool,
}

impl Key {
    pub(super) const fn new(name: &'static str, example: &'static str, meaning: &'static str) -> Self {
        Self { name, example, meaning, default: None, range: None, is_secret: false }
    }

    pub(super) const fn default(mut self, text: &'static str) -> Self {
        self.default = Some(text);
        self
    }

    pub(super) const fn range(mut self, least: i64, most: i64) -> Self {
        self.range = Some((least, most));
        self
    }

    pub(super) const fn secret(mut self) -> Self {
        self.is_secret = true;
        self
    }

    /// The environment variable that overrides the file.
    #[must_use]
    pub fn environment(&self) -> String {
        format!("CONNEX_{}", self.name.replace('.', "_").to_uppercase())
    }

    /// The example as lines of the file.
    #[must_use]
    pub fn example_lines(&self) -> String {
        match self.name.split_once('.') {
            Some((section, key)) => format!("[{section}]\n{key} = {}", self.example),
            None => format!("{} = {}", self.name, self.example),
        }
    }
}
