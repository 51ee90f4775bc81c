//! When keys change (pure).

use super::model::{KeyRow, KeyState};
use crate::kernel::{Lifetime, Timestamp};

/// How long a key signs before it is replaced by itself.
const SIGNS_FOR: Lifetime = Lifetime::days(90);
/// How long a key has to be published before it signs: caches of the key set live five minutes,
/// and a site may be slow.
pub(super) const PUBLISHED_BEFORE: Lifetime = Lifetime::minutes(10);
/// How long a first start may take between its two keys of one algorithm.
const MADE_TOGETHER: Lifetime = Lifetime::seconds(60);

/// Whether a current key has signed for long enough.
pub(super) fn is_due(current: &KeyRow, now: Timestamp) -> bool {
    current.activated_at.is_some_and(|since| now.since(since) >= SIGNS_FOR)
}

/// Whether `next` was published early enough to sign now. The first two keys of an installation were
/// made together, before anything was published: whoever knows the current one knows the next.
pub(super) fn is_known_to_sites(next: &KeyRow, current: &KeyRow, now: Timestamp) -> bool {
    let current_is_the_first = current.activated_at == Some(current.created_at);
    let made_together = current_is_the_first && next.created_at.since(current.created_at) < MADE_TOGETHER;
    made_together || now.since(next.created_at) >= PUBLISHED_BEFORE
}

/// Whether a key still belongs into the published set: a retired one for as long as something
/// that it signed may be shown to us (`verifies_for`, the life of a session and its ID token).
pub(super) fn is_published(key: &KeyRow, verifies_for: Lifetime, now: Timestamp) -> bool {
    match key.state() {
        Some(KeyState::Next | KeyState::Current) => true,
        Some(KeyState::Retired) => key.retired_at.is_none_or(|since| now.since(since) < verifies_for),
        Some(KeyState::Removed) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Entropy, SigningKeyId};

    fn key(state: KeyState, created_s: i64) -> KeyRow {
        let at = Timestamp::from_seconds(created_s);
        KeyRow {
            id: SigningKeyId::new(at, &Entropy::seeded(1)),
            kid: "k".into(),
            algorithm: "ES256".into(),
            state: state.as_str().into(),
            sealed_private_jwk: String::new(),
            created_at: at,
            activated_at: Some(at),
            retired_at: Some(at),
        }
    }

    #[test]
    fn a_key_signs_only_after_it_was_published() {
        let (mut current, next) = (key(KeyState::Current, 0), key(KeyState::Next, 30));
        assert!(is_known_to_sites(&next, &current, Timestamp::from_seconds(31)), "made together at the first start");
        current.activated_at = Some(Timestamp::from_seconds(20));
        assert!(!is_known_to_sites(&next, &current, Timestamp::from_seconds(31)), "made by a rotation");
        assert!(!is_known_to_sites(&next, &current, Timestamp::from_seconds(629)));
        assert!(is_known_to_sites(&next, &current, Timestamp::from_seconds(630)));
    }

    #[test]
    fn a_key_is_replaced_after_ninety_days() {
        let current = key(KeyState::Current, 0);
        assert!(!is_due(&current, Timestamp::from_seconds(90 * 86400 - 1)));
        assert!(is_due(&current, Timestamp::from_seconds(90 * 86400)));
    }

    #[test]
    fn a_retired_key_verifies_for_a_while() {
        let retired = key(KeyState::Retired, 0);
        assert!(is_published(&retired, Lifetime::days(7), Timestamp::from_seconds(7 * 86400 - 1)));
        assert!(!is_published(&retired, Lifetime::days(7), Timestamp::from_seconds(7 * 86400)));
        assert!(!is_published(&key(KeyState::Removed, 0), Lifetime::days(7), Timestamp::from_seconds(1)));
    }
}
