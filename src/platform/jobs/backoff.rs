//! How long to wait before the next try (pure).

use crate::kernel::{Entropy, Lifetime};

/// The span before try number `attempts + 1`: 2 s, 10 s, 30 s, 2 min, 10 min, 30 min, 1 h, then
/// every 2 h, each ±20 %, so that those who failed together do not come back together.
#[must_use]
pub fn wait_before(attempts: i64, entropy: &Entropy) -> Lifetime {
    let seconds = match attempts {
        ..=1 => 2,
        2 => 10,
        3 => 30,
        4 => 120,
        5 => 600,
        6 => 1800,
        7 => 3600,
        _ => 7200,
    };
    let percent = 80 + i64::from(entropy.below(41));
    Lifetime::millis(seconds * 10 * percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_try_waits_longer_up_to_two_hours() {
        let entropy = Entropy::seeded(3);
        let spans: Vec<_> = (1..12).map(|n| wait_before(n, &entropy).as_seconds()).collect();
        assert!((1..=2).contains(&spans[0]), "{spans:?}");
        assert!(spans.windows(2).take(7).all(|pair| pair[0] < pair[1]), "{spans:?}");
        assert!(spans.iter().all(|span| *span <= 8640), "{spans:?}");
    }
}
