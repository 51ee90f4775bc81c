//! The weeks before today: the clock of a demo that is being filled begins there and is moved on.

use crate::app::Surroundings;
use crate::kernel::Lifetime;
use crate::platform::store::Clock;

/// How long ago it begins. Mail is kept for 30 days, so that all of it is still in the outbox.
const BEGINNING: Lifetime = Lifetime::days(28);

/// A clock behind that of the system.
pub(super) struct Past {
    clock: Clock,
    ago: Lifetime,
}

impl Past {
    /// Goes back to the beginning.
    pub(super) fn begin() -> Self {
        Self { clock: Clock::behind(BEGINNING), ago: BEGINNING }
    }

    /// What an installation is opened with that lives in this past.
    pub(super) fn surroundings(&self) -> Surroundings {
        Surroundings { clock: self.clock.clone(), ..Surroundings::default() }
    }

    /// Lets time pass until `ago` before today; it never goes back.
    pub(super) fn pass_until(&mut self, ago: Lifetime) {
        self.clock.advance(Lifetime::millis(self.ago.as_millis() - ago.as_millis()));
        self.ago = self.ago.min(ago);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_ends_today() {
        let (mut past, today) = (Past::begin(), Clock::default());
        let ago = |past: &Past| today.now().since(past.clock.now()).as_seconds();
        assert!(ago(&past) >= Lifetime::days(28).as_seconds() - 60);
        past.pass_until(Lifetime::days(2));
        past.pass_until(Lifetime::days(5));
        assert!((ago(&past) - Lifetime::days(2).as_seconds()).abs() < 60, "it does not go back");
        past.pass_until(Lifetime::ZERO);
        assert!(ago(&past) < 60);
    }
}
