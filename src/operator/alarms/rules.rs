//! What is worth a mail, to whom.

use crate::kernel::{Lifetime, Timestamp};
use crate::sync::status::SiteHealth;

/// How long something may wait before whoever looks after the site hears of it.
const CONTACT_AFTER: Lifetime = Lifetime::minutes(5);
/// How long before the operators do.
const OPERATORS_AFTER: Lifetime = Lifetime::hours(1);
/// How long a person who left may still be let in there before the operators hear of it.
const LEAVING_AFTER: Lifetime = Lifetime::minutes(15);

/// A trouble of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It has refused something, and nothing comes of waiting: whoever looks after it hears of it, at once.
    Refused,
    /// It has not taken something for five minutes: whoever looks after it hears of it.
    Waits,
    /// One of the two for an hour: the operators hear of it.
    Late,
    /// It has not confirmed for a quarter of an hour that somebody is to be let in no more: the operators hear of it.
    Leaving,
    /// So much differs there that nothing is put back before somebody was asked: both hear of it, at once.
    Differs,
}

impl Kind {
    pub(super) const ALL: [Self; 5] = [Self::Refused, Self::Waits, Self::Late, Self::Leaving, Self::Differs];

    /// As the column has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Waits => "waits",
            Self::Late => "late",
            Self::Leaving => "leaving",
            Self::Differs => "differs",
        }
    }

    /// Whether the operators hear of it.
    pub(super) const fn is_for_operators(self) -> bool {
        !matches!(self, Self::Refused | Self::Waits)
    }

    /// Whether whoever looks after the site hears of it.
    pub(super) const fn is_for_the_contact(self) -> bool {
        matches!(self, Self::Refused | Self::Waits | Self::Differs)
    }
}

/// The troubles of a site. A site that an operator has paused has none: they know.
///
/// `refused_since` is when it was first found to have refused something, if it was before.
pub(super) fn troubles(health: &SiteHealth, refused_since: Option<Timestamp>, now: Timestamp) -> Vec<Kind> {
    if health.held_at.is_some() {
        return Vec::new();
    }
    let is_old = |at: Option<Timestamp>, span: Lifetime| at.is_some_and(|at| at + span <= now);
    let refused = health.attention_count > 0;
    let waits = is_old(health.oldest_due_at, CONTACT_AFTER) && is_stuck(health, now);
    let is_late =
        (waits && is_old(health.oldest_due_at, OPERATORS_AFTER)) || (refused && is_old(refused_since, OPERATORS_AFTER));
    let said = [
        (Kind::Refused, refused),
        (Kind::Waits, waits),
        (Kind::Late, is_late),
        (Kind::Leaving, is_old(health.oldest_leaving_at, LEAVING_AFTER)),
        (Kind::Differs, health.paused_at.is_some()),
    ];
    said.into_iter().filter(|(_, is_so)| *is_so).map(|(kind, _)| kind).collect()
}

/// A large organization that was just approved is told for minutes, and nothing is wrong: the site confirms, and
/// nothing was tried in vain for long.
fn is_stuck(health: &SiteHealth, now: Timestamp) -> bool {
    let confirms = health.last_ok_at.is_some_and(|at| at + CONTACT_AFTER > now);
    let fails = health.oldest_failing_at.is_some_and(|at| at + CONTACT_AFTER <= now);
    !confirms || fails || health.trouble.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Entropy, SiteId};

    const START: Timestamp = Timestamp::from_seconds(100_000);

    fn after(span: Lifetime) -> Timestamp {
        START + span
    }

    /// A site that has not confirmed since `START`.
    fn silent() -> SiteHealth {
        SiteHealth {
            due_count: 3,
            oldest_due_at: Some(START),
            trouble: Some("not answering".to_owned()),
            ..SiteHealth::of_nothing(SiteId::new(START, &Entropy::seeded(1)))
        }
    }

    #[test]
    fn who_hears_depends_on_how_long_it_lasts() {
        let spans = [(4, vec![]), (5, vec![Kind::Waits]), (59, vec![Kind::Waits]), (60, vec![Kind::Waits, Kind::Late])];
        for (minutes, expected) in spans {
            assert_eq!(troubles(&silent(), None, after(Lifetime::minutes(minutes))), expected, "{minutes} minutes");
        }
    }

    #[test]
    fn what_was_refused_is_told_at_once_and_after_an_hour() {
        let refused = SiteHealth { attention_count: 1, oldest_due_at: None, ..silent() };
        assert_eq!(troubles(&refused, None, START), [Kind::Refused], "nothing comes of waiting");
        assert_eq!(troubles(&refused, Some(START), after(Lifetime::minutes(59))), [Kind::Refused]);
        assert_eq!(troubles(&refused, Some(START), after(Lifetime::hours(1))), [Kind::Refused, Kind::Late]);
        let down = SiteHealth { attention_count: 1, ..silent() };
        assert_eq!(troubles(&down, Some(START), after(Lifetime::minutes(5))), [Kind::Refused, Kind::Waits]);
    }

    #[test]
    fn whoever_left_is_told_of_sooner() {
        let leaving = SiteHealth { oldest_leaving_at: Some(START), ..silent() };
        assert_eq!(troubles(&leaving, None, after(Lifetime::minutes(14))), [Kind::Waits]);
        assert_eq!(troubles(&leaving, None, after(Lifetime::minutes(15))), [Kind::Waits, Kind::Leaving]);
    }

    #[test]
    fn a_site_that_confirms_one_after_the_other_is_not_stuck() {
        let now = after(Lifetime::minutes(10));
        let busy = SiteHealth { trouble: None, last_ok_at: Some(after(Lifetime::minutes(9))), ..silent() };
        assert_eq!(troubles(&busy, None, now), []);
        let failing = SiteHealth { oldest_failing_at: Some(START), ..busy.clone() };
        assert_eq!(troubles(&failing, None, now), [Kind::Waits], "one of them fails again and again");
        let once = SiteHealth { oldest_failing_at: Some(after(Lifetime::minutes(8))), ..busy.clone() };
        assert_eq!(troubles(&once, None, now), []);
        let stopped = SiteHealth { last_ok_at: Some(START), ..busy };
        assert_eq!(troubles(&stopped, None, now), [Kind::Waits]);
    }

    #[test]
    fn a_site_that_waits_for_a_word_is_told_of_at_once_and_a_paused_one_never() {
        let differs = SiteHealth { paused_at: Some(START), oldest_due_at: None, ..silent() };
        assert_eq!(troubles(&differs, None, START), [Kind::Differs]);
        let held = SiteHealth { held_at: Some(START), attention_count: 1, ..differs };
        assert_eq!(troubles(&held, None, after(Lifetime::days(1))), []);
    }
}
