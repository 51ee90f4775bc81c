//! How a case ended.

use std::fmt;

use serde::Serialize;

use super::Case;

/// How a case ended, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The site does what it must.
    Passed,
    /// It does not.
    Failed,
    /// It could not be tried at this site.
    NotApplicable,
}

/// Why a case did not pass.
#[derive(Debug)]
pub(super) enum Miss {
    /// What was seen instead, as a sentence.
    Failed(String),
    /// Why it could not be tried, as a sentence.
    NotApplicable(String),
}

impl Miss {
    pub(super) fn failed(seen: impl Into<String>) -> Self {
        Self::Failed(seen.into())
    }

    pub(super) fn not_applicable(why: impl Into<String>) -> Self {
        Self::NotApplicable(why.into())
    }
}

/// Fails the case with what was `seen` unless `holds`.
pub(super) fn ensure(holds: bool, seen: impl FnOnce() -> String) -> Result<(), Miss> {
    if holds { Ok(()) } else { Err(Miss::Failed(seen())) }
}

/// How a case ended: one line for people, one object for programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The number of the case, which never changes.
    pub id: &'static str,
    /// The case in a word or two.
    pub name: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// What was seen, as a sentence; when it passed, what the site does.
    pub seen: String,
    /// What to do; `None` unless it failed.
    pub cure: Option<&'static str>,
    /// Where more is written.
    pub doc: String,
}

impl Verdict {
    pub(super) fn of(case: Case, ended: Result<(), Miss>) -> Self {
        let (outcome, seen) = match ended {
            Ok(()) => (Outcome::Passed, case.promise().to_owned()),
            Err(Miss::Failed(seen)) => (Outcome::Failed, seen),
            Err(Miss::NotApplicable(why)) => (Outcome::NotApplicable, why),
        };
        let cure = (outcome == Outcome::Failed).then_some(case.cure());
        let doc = format!("docs/guides/site-check.md#{}", case.id().to_lowercase());
        Self { id: case.id(), name: case.name(), outcome, seen, cure, doc }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.outcome {
            Outcome::Passed => '✓',
            Outcome::Failed => '✗',
            Outcome::NotApplicable => '–',
        };
        write!(f, "{mark} {} {}: {}", self.id, self.name, self.seen)?;
        match self.cure {
            Some(cure) => write!(f, " {cure} See {}.", self.doc),
            None => Ok(()),
        }
    }
}
