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
        let at = {
            let mut inside = self.0.lock().await;
            let saved = Instant::now().checked_sub(Duration::from_secs(1)).unwrap_or_else(Instant::now);
            let at = inside.next.max(saved + inside.gap);
            inside.next = at + inside.gap;
            at
        };
        sleep_until(at).await;
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

    #[tokio::test(start_paused = true)]
    async fn a_second_of_requests_goes_at_once_and_the_rest_waits() {
        let pace = Pace::new(10);
        tokio::time::advance(Duration::from_secs(5)).await;
        let began = Instant::now();
        for _ in 0..30 {
            pace.keep().await;
        }
        let took = began.elapsed();
        assert!((Duration::from_millis(1900)..Duration::from_millis(2200)).contains(&took), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_nobody_waits() {
        let (pace, began) = (Pace::new(0), Instant::now());
        for _ in 0..1000 {
            pace.keep().await;
        }
        assert_eq!(began.elapsed(), Duration::ZERO);
    }
}
