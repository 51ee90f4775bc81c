//! What is said of a site and of its copies.

use crate::operator::status::{Change, Delivery, State};
use crate::platform::words::Words;
use crate::sync::status::Condition;

/// Whether a site gets what it should, in words.
#[must_use]
pub const fn condition(t: Words, condition: Condition) -> &'static str {
    match condition {
        Condition::Paused => t.ops_condition_paused(),
        Condition::Differs => t.ops_condition_differs(),
        Condition::Credentials => t.ops_condition_credentials(),
        Condition::NotAnswering => t.ops_condition_not_answering(),
        Condition::AskedToWait => t.ops_condition_asked_to_wait(),
        Condition::Unproven => t.ops_condition_unproven(),
        Condition::Working => t.ops_condition_working(),
    }
}

/// How the condition is marked, beside its words.
#[must_use]
pub const fn mark(condition: Condition) -> &'static str {
    match condition {
        Condition::Paused | Condition::AskedToWait | Condition::Unproven => "warn",
        Condition::Differs | Condition::Credentials | Condition::NotAnswering => "bad",
        Condition::Working => "ok",
    }
}

/// Where a copy stands, in words.
#[must_use]
pub fn state(t: Words, delivery: &Delivery) -> &'static str {
    match delivery.state.as_str() {
        "ok" => t.ops_state_ok(),
        "attention" => t.ops_state_attention(),
        _ => t.ops_state_due(),
    }
}

/// Why a copy became due, in words.
#[must_use]
pub fn reason(t: Words, delivery: &Delivery) -> &'static str {
    match delivery.reason.as_str() {
        "approval" => t.ops_reason_approval(),
        "drift" => t.ops_reason_drift(),
        "resync" => t.ops_reason_resync(),
        "login" => t.ops_reason_login(),
        "retry" => t.ops_reason_retry(),
        _ => t.ops_reason_change(),
    }
}

/// What the site should hold, in words.
#[must_use]
pub fn want(t: Words, delivery: &Delivery) -> &'static str {
    match delivery.want.as_str() {
        "present" => t.ops_want_present(),
        "inactive" => t.ops_want_inactive(),
        _ => t.ops_want_absent(),
    }
}

/// The name of a list of deliveries.
#[must_use]
pub const fn tab(t: Words, state: State) -> &'static str {
    match state {
        State::Attention => t.ops_state_attention(),
        State::Due => t.ops_state_due(),
        State::Ok => t.ops_state_ok(),
        State::All => t.ops_state_all(),
    }
}

/// How an organization stands at a site, in words: what the agency has said counts more than a link.
#[must_use]
pub fn standing(t: Words, word: Option<&str>, is_linked: bool) -> &'static str {
    match word {
        Some("approved") => t.ops_standing_approved(),
        Some("suspended") => t.ops_standing_suspended(),
        Some("denied") => t.ops_standing_denied(),
        Some("requested") => t.ops_standing_requested(),
        _ if is_linked => t.ops_standing_linked(),
        Some("revoked") => t.ops_standing_revoked(),
        _ => t.ops_standing_none(),
    }
}

/// What came of a change, in words.
#[must_use]
pub fn outcome(t: Words, change: &Change) -> &'static str {
    match change.outcome.as_str() {
        "put_back" => t.ops_outcome_put_back(),
        "found" => t.ops_outcome_found(),
        _ => t.ops_outcome_kept(),
    }
}
