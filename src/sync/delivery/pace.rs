//! No more requests a second than a site takes.

use std::time::Duration;

use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

/// A pace that all who call a site keep together. What was not used in the last second may be made
/// up for.
#[derive(Debug)]
pub struct Pace(Mutex<Inside>);

#[derive(Debug)]
struct Inside {
    gap: Duration,
    next: Instant,
}

impl Pace {
    /// At most so many requests a second; 0 for as many as come.
    #[must_use]
    pub fn new(per_second: i64) -> Self {
        Self(Mutex::new(Inside { gap: gap_of(per_second), next: Instant::now() }))
    }

    /// The pace is another one from now on.
    pub(super) async fn set(&self, per_second: i64) {
        self.0.lock().await.gap = gap_of(per_second);
    }

    /// Waits until the next request may go.
    pub(super) async fn keep(&self) {
        let at = self.0.lock().await.turn(Instant::now());
        sleep_until(at).await;
    }
}

impl Inside {
    /// When a request that is ready at `now` may go.
    fn turn(&mut self, now: Instant) -> Instant {
        let saved = now.checked_sub(Duration::from_secs(1)).unwrap_or(now);
        let at = self.next.max(saved + self.gap);
        self.next = at + self.gap;
        at
    }
}

fn gap_of(per_second: i64) -> Duration {
    match u32::try_from(per_second) {
        Ok(0) | Err(_) => Duration::ZERO,
        Ok(count) => Duration::from_secs(1) / count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How long after the first of them the last of `count` requests goes that are all ready at once.
    fn last_of(count: u32, per_second: i64) -> Duration {
        let ready = Instant::now() + Duration::from_secs(60);
        let mut inside = Inside { gap: gap_of(per_second), next: ready - Duration::from_secs(30) };
        let turns: Vec<_> = (0..count).map(|_| inside.turn(ready).max(ready)).collect();
        *turns.last().unwrap() - *turns.first().unwrap()
    }

    #[test]
    fn a_second_of_requests_goes_at_once_and_the_rest_waits() {
        assert_eq!(last_of(10, 10), Duration::ZERO);
        assert_eq!(last_of(30, 10), Duration::from_secs(2));
    }

    #[test]
    fn without_a_limit_nobody_waits() {
        assert_eq!(last_of(1000, 0), Duration::ZERO);
    }
}
