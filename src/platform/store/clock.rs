//! The one clock that decides what has expired.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use crate::kernel::{Lifetime, Timestamp};

/// The system's clock, which tests may move forward. Clones share the shift.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead_millis: Arc<AtomicI64>,
}

impl Clock {
    /// The moment now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the system's clock")]
    pub fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let millis = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(millis.saturating_add(self.ahead_millis.load(Ordering::Relaxed)))
    }

    /// A clock that is `span` behind the system's: a demo is filled with what happened lately.
    #[must_use]
    pub fn behind(span: Lifetime) -> Self {
        Self { ahead_millis: Arc::new(AtomicI64::new(-span.as_millis())) }
    }

    /// Lets `span` pass at once, for everybody who shares this clock.
    pub fn advance(&self, span: Lifetime) {
        self.ahead_millis.fetch_add(span.as_millis(), Ordering::Relaxed);
    }
}
