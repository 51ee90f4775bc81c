//! The time of day, read in one place. Whatever depends on time takes it as an argument.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970, as the claims `iat` and `exp` count them.
#[expect(clippy::disallowed_methods, reason = "a site has no unit of work; this is its one clock")]
pub(crate) fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|elapsed| i64::try_from(elapsed.as_secs()).ok())
        .unwrap_or_default()
}
