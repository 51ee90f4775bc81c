//! What a check found: one line for people, one object for programs.

use std::fmt;

use serde::Serialize;

use super::{CliError, Exit, Terminal};

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Mark {
    /// As it should be.
    Good,
    /// Worth knowing; nothing has to be done now.
    Hint,
    /// Something has to be done.
    Problem,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// What was looked at, in a word.
    pub(super) check: &'static str,
    /// How it stands.
    pub(super) mark: Mark,
    /// What was found, as a sentence.
    pub(super) says: String,
    /// What to do about it, as a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cure: Option<String>,
}

impl Finding {
    pub(super) fn good(check: &'static str, says: impl Into<String>) -> Self {
        Self { check, mark: Mark::Good, says: says.into(), cure: None }
    }

    pub(super) fn hint(check: &'static str, says: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { check, mark: Mark::Hint, says: says.into(), cure: Some(cure.into()) }
    }

    pub(super) fn problem(check: &'static str, says: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { check, mark: Mark::Problem, says: says.into(), cure: Some(cure.into()) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.mark {
            Mark::Good => '✓',
            Mark::Hint => '!',
            Mark::Problem => '✗',
        };
        write!(f, "{mark} {}", self.says)?;
        match &self.cure {
            Some(cure) => write!(f, " {cure}"),
            None => Ok(()),
        }
    }
}

/// Prints the findings. Status 1 when there is a problem among them.
///
/// # Errors
/// When nobody takes them.
pub(super) fn report(terminal: &mut Terminal, findings: &[Finding], json: bool) -> Result<Exit, CliError> {
    if json {
        terminal.json(&findings)?;
    } else {
        for finding in findings {
            terminal.say(finding)?;
        }
    }
    let is_good = findings.iter().all(|finding| finding.mark != Mark::Problem);
    Ok(if is_good { Exit::Done } else { Exit::Problems })
}
