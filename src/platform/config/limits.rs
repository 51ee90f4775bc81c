//! Limits that people feel: sessions, passwords, throttling.

use super::reading::Reading;
use crate::kernel::Lifetime;

/// `[sessions]`, of everybody but operators.
#[derive(Debug, Clone)]
pub struct Sessions {
    /// How long a session lives unused.
    pub idle: Lifetime,
    /// How long it lives in any case.
    pub total: Lifetime,
}

/// `[accounts]`.
#[derive(Debug, Clone)]
pub struct Accounts {
    /// The least number of characters of a password that is used alone.
    pub password_min_length: u32,
}

/// `[limits]`.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Whether there are any limits.
    pub enabled: bool,
    /// Failures in a row on one account before each further try waits.
    pub sign_in_failures: u32,
    /// The first wait, which doubles with every further failure.
    pub sign_in_first_wait: Lifetime,
    /// The longest wait.
    pub sign_in_longest_wait: Lifetime,
    /// Failures from one network within five minutes.
    pub sign_in_failures_per_network: u32,
}

impl Sessions {
    pub(super) fn read(from: &mut Reading<'_>) -> Option<Self> {
        let idle = from.span("sessions.idle_minutes", Lifetime::minutes);
        let total = from.span("sessions.total_hours", Lifetime::hours);
        if idle.zip(total).is_some_and(|(idle, total)| idle > total) {
            let cure = "Write an idle time that is not longer than sessions.total_hours.";
            from.conflict("sessions.idle_minutes", "is longer than the total", cure);
        }
        Some(Self { idle: idle?, total: total? })
    }
}

impl Accounts {
    pub(super) fn read(from: &mut Reading<'_>) -> Option<Self> {
        Some(Self { password_min_length: from.count("accounts.password_min_length")? })
    }
}

impl Limits {
    pub(super) fn read(from: &mut Reading<'_>) -> Option<Self> {
        let enabled = from.flag("limits.enabled");
        let failures = from.count("limits.sign_in_failures");
        let first_wait = from.span("limits.sign_in_first_wait_seconds", Lifetime::seconds);
        let longest_wait = from.span("limits.sign_in_longest_wait_seconds", Lifetime::seconds);
        let per_network = from.count("limits.sign_in_failures_per_network");
        if first_wait.zip(longest_wait).is_some_and(|(first, longest)| first > longest) {
            let cure = "Write a first wait that is not longer than limits.sign_in_longest_wait_seconds.";
            from.conflict("limits.sign_in_first_wait_seconds", "is longer than the longest wait", cure);
        }
        Some(Self {
            enabled: enabled?,
            sign_in_failures: failures?,
            sign_in_first_wait: first_wait?,
            sign_in_longest_wait: longest_wait?,
            sign_in_failures_per_network: per_network?,
        })
    }
}
