//! What is wrong with a configuration, where, and how to mend it.

use std::{fmt, path::PathBuf};

use serde::Serialize;

/// One thing wrong with the configuration.
///
/// It never holds the value of a key that is a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfigProblem {
    /// The file, unless the environment is at fault.
    pub file: Option<PathBuf>,
    /// The line in the file, counted from 1.
    pub line: Option<usize>,
    /// The environment variable, where that is at fault.
    pub variable: Option<String>,
    /// The key, such as `tokens.code_seconds`.
    pub key: Option<String>,
    /// What is wrong, as the end of a sentence about the key, or a sentence of its own.
    pub what: String,
    /// The name that was probably meant.
    pub nearest: Option<String>,
    /// What to do about it, as a sentence.
    pub cure: String,
}

impl fmt::Display for ConfigProblem {
    /// `connex.toml:12: tokens.code_seconds is 90, above 60. Write a number from 1 to 60.`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.variable, &self.file, self.line) {
            (Some(variable), _, _) => write!(f, "environment variable {variable}: ")?,
            (None, Some(file), Some(line)) => write!(f, "{}:{line}: ", file.display())?,
            (None, Some(file), None) => write!(f, "{}: ", file.display())?,
            (None, None, _) => {}
        }
        if let Some(key) = &self.key {
            write!(f, "{key} ")?;
        }
        write!(f, "{}.", self.what)?;
        if let Some(nearest) = &self.nearest {
            write!(f, " Did you mean {nearest}?")?;
        }
        write!(f, " {}", self.cure)
    }
}

/// Everything that is wrong with a configuration, at least one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(transparent)]
pub struct ConfigProblems(Vec<ConfigProblem>);

impl ConfigProblems {
    /// The problems; without any there is nothing to report.
    pub(super) fn found(mut problems: Vec<ConfigProblem>) -> Result<(), Self> {
        if problems.is_empty() {
            return Ok(());
        }
        problems.sort_by_key(|problem| problem.line);
        Err(Self(problems))
    }

    /// The one problem.
    pub(super) fn one(problem: ConfigProblem) -> Self {
        Self(vec![problem])
    }

    /// Each of them, by line.
    pub fn iter(&self) -> impl Iterator<Item = &ConfigProblem> {
        self.0.iter()
    }
}

impl fmt::Display for ConfigProblems {
    /// One line a problem.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, problem) in self.0.iter().enumerate() {
            let line_end = if n == 0 { "" } else { "\n" };
            write!(f, "{line_end}{problem}")?;
        }
        Ok(())
    }
}

/// Why a text is no value for its key: the end of a sentence that begins with the key, and a
/// sentence that says what to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) what: String,
    pub(super) cure: String,
}

impl Wrong {
    /// A reason and its cure.
    pub(super) fn new(what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { what: what.into(), cure: cure.into() }
    }
}
