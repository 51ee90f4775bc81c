//! How fast one caller may call one node: counted in memory, because it protects the node and not a
//! secret, and because a read should not cost a write.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use crate::kernel::{Lifetime, Timestamp};

/// How many calls a caller has made in its present window. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Pace<K> {
    most: u32,
    window: Lifetime,
    counts: Arc<Mutex<HashMap<K, (Timestamp, u32)>>>,
}

impl<K: Eq + Hash> Pace<K> {
    /// At most `most` calls in each `window`, for callers of whom there are few.
    #[must_use]
    pub fn new(most: u32, window: Lifetime) -> Self {
        Self { most, window, counts: Arc::default() }
    }

    /// Counts a call at `now`. `Some` when it is one too many: how long to wait.
    #[must_use]
    pub fn take(&self, caller: K, now: Timestamp) -> Option<Lifetime> {
        // A thread that panicked has left a count behind, and nothing half done.
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let (began, count) = counts.entry(caller).or_insert((now, 0));
        if now >= *began + self.window {
            (*began, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        (*count > self.most).then(|| (*began + self.window).since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_waits_for_its_window_and_for_nobody_else() {
        let pace = Pace::new(2, Lifetime::seconds(10));
        let at = Timestamp::from_seconds;
        assert_eq!((pace.take("birch", at(0)), pace.take("birch", at(1))), (None, None));
        assert_eq!(pace.take("birch", at(4)), Some(Lifetime::seconds(6)));
        assert_eq!(pace.take("marlow", at(4)), None);
        assert_eq!(pace.take("birch", at(10)), None);
    }
}
