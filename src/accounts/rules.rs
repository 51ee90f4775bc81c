//! How many wrong tries are borne, and how long one waits after them (pure).
//!
//! Three counts: tries on one account from one network, tries on one account from everywhere, and
//! tries from one network on all accounts. Only the first makes a person wait who has signed in
//! from this network before, so a stranger elsewhere cannot lock a bidder out on bid day.

use crate::kernel::{Lifetime, Timestamp};
use crate::platform::config::Limits;

/// Wrong tries in a row on one account over all networks, after which only networks are served
/// from which the person has signed in before (NIST SP 800-63B §3.2.2: at most 100).
const IN_A_ROW: i64 = 100;
/// After how many wrong tries in a row the owner is told by mail.
pub(super) const TELL_AFTER: i64 = 10;
/// How long a network counts as known.
pub(super) const KNOWN_FOR: Lifetime = Lifetime::days(90);
/// Over what span the tries of one network are counted.
pub(super) const NETWORK_WINDOW: Lifetime = Lifetime::minutes(5);

/// How long to wait after try number `tries` on one account from one network: nothing for the
/// first few, then 30 s, doubling up to 15 min.
#[must_use]
pub fn wait_after(tries: i64, limits: &Limits) -> Lifetime {
    let free = i64::from(limits.sign_in_failures);
    if tries < free {
        return Lifetime::ZERO;
    }
    let doublings = u32::try_from(tries - free).unwrap_or(u32::MAX).min(16);
    let wait = limits.sign_in_first_wait.as_millis().saturating_mul(1 << doublings);
    Lifetime::millis(wait.min(limits.sign_in_longest_wait.as_millis()))
}

/// How long all unknown networks wait after `tries` in a row on one account.
#[must_use]
pub fn wait_everywhere_after(tries: i64, limits: &Limits) -> Lifetime {
    if tries < IN_A_ROW { Lifetime::ZERO } else { limits.sign_in_longest_wait }
}

/// How long one network waits after `tries` within the window that began at `began`.
#[must_use]
pub fn network_waits_until(tries: i64, began: Timestamp, limits: &Limits) -> Timestamp {
    if tries < i64::from(limits.sign_in_failures_per_network) {
        Timestamp::from_millis(0)
    } else {
        began + NETWORK_WINDOW
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_begin_after_five_and_double_up_to_fifteen_minutes() {
        let limits = Limits {
            enabled: true,
            sign_in_failures: 5,
            sign_in_first_wait: Lifetime::seconds(30),
            sign_in_longest_wait: Lifetime::minutes(15),
            sign_in_failures_per_network: 100,
        };
        let waits: Vec<_> = (1..=12).map(|tries| wait_after(tries, &limits).as_seconds()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
        assert_eq!(wait_after(i64::MAX, &limits).as_seconds(), 900);
    }
}
