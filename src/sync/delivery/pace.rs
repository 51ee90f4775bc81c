//! When a request to a site may go: no more of them a second than the site takes, and no more at a
//! time than there are places for.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Mutex, Semaphore, SemaphorePermit},
    time::{Instant, sleep_until},
};

/// A pace that all who call a site keep together. What was not used in the last second may be made
/// up for.
///
/// A site has one place that is its own; for more requests at a time it needs places that all sites of
/// the node share. So sites that do not answer, and hold what they have for ten seconds, make the
/// others slower at most, and never wait.
#[derive(Debug)]
pub struct Pace {
    inside: Mutex<Inside>,
    own: Semaphore,
    shared: Arc<Semaphore>,
}

#[derive(Debug)]
struct Inside {
    gap: Duration,
    next: Instant,
}

/// A place that a request takes up. It is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place<'a> {
    _permit: Option<SemaphorePermit<'a>>,
}

impl Pace {
    /// Of somebody who makes one request after the other: at most so many a second; 0 for as many as come.
    #[must_use]
    pub fn new(per_second: i64) -> Self {
        Self::sharing(per_second, Arc::new(Semaphore::new(0)))
    }

    /// The same, of a site that has a part in the places of its node.
    pub(super) fn sharing(per_second: i64, shared: Arc<Semaphore>) -> Self {
        let inside = Inside { gap: gap_of(per_second), next: Instant::now() };
        Self { inside: Mutex::new(inside), own: Semaphore::new(1), shared }
    }

    /// The pace is another one from now on.
    pub(super) async fn set(&self, per_second: i64) {
        self.inside.lock().await.gap = gap_of(per_second);
    }

    /// Waits until the next request may go. Who waits for the pace takes up no place.
    pub(super) async fn keep(&self) -> Place<'_> {
        let at = self.inside.lock().await.turn(Instant::now());
        sleep_until(at).await;
        let permit = tokio::select! {
            biased;
            own = self.own.acquire() => own,
            shared = self.shared.acquire() => shared,
        };
        // Neither of the two is ever closed.
        Place { _permit: permit.ok() }
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

    #[tokio::test]
    async fn a_site_has_a_place_whatever_others_hold() {
        let shared = Arc::new(Semaphore::new(2));
        let [one, other] = [Pace::sharing(0, shared.clone()), Pace::sharing(0, shared)];
        let held = [one.keep().await, one.keep().await, one.keep().await];
        let own = other.keep().await;
        let second = tokio::time::timeout(Duration::ZERO, other.keep());
        assert!(second.await.is_err(), "the shared places are taken");
        drop(held);
        other.keep().await;
        drop(own);
    }
}
