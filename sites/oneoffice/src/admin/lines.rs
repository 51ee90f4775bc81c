//! The log of the copies in words.

use sample_kit::clock;
use sample_kit::copy::Change;

/// A line of the log as a page shows it.
pub(super) struct Line {
    /// When, for machines and for people.
    pub(super) at: (String, String),
    /// Why.
    pub(super) reason: &'static str,
    /// What was changed; also who had changed it here, where ConneX put it back.
    pub(super) text: String,
    /// Who changed it.
    pub(super) actor: String,
}

/// The log as a page shows it.
pub(super) fn of(changes: Vec<Change>) -> Vec<Line> {
    changes.into_iter().map(line).collect()
}

fn line(change: Change) -> Line {
    let text = match change.put_back_from.as_deref() {
        None => change.words(),
        Some("") => format!("put back: {}", change.words()),
        Some(by) => format!("put back: {} (changed here by {by})", change.words()),
    };
    let at = (clock::rfc3339(change.at), clock::in_words(change.at));
    Line { at, reason: reason(&change.reason), text, actor: change.actor }
}

fn reason(word: &str) -> &'static str {
    match word {
        "approval" => "Approval",
        "drift" => "Auto sync",
        "resync" => "Resync",
        "login" => "Sign-in",
        "retry" => "Sent again",
        "here" => "Changed at this site",
        _ => "Changed in ConneX",
    }
}
