//! The time of day, read in one place, and how times are written. Whatever depends on time takes it as an argument.

use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// Seconds since 1970, as the claims `iat` and `exp` count them.
#[expect(clippy::disallowed_methods, reason = "a site has no unit of work; this is its one clock")]
pub fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|elapsed| i64::try_from(elapsed.as_secs()).ok())
        .unwrap_or_default()
}

/// A moment for machines: RFC 3339.
pub fn rfc3339(seconds: i64) -> String {
    moment(seconds).format(&Rfc3339).unwrap_or_default()
}

/// A moment for people, such as `Nov 20, 2026, 14:05 UTC`.
pub fn in_words(seconds: i64) -> String {
    let form = format_description!("[month repr:short] [day padding:none], [year], [hour]:[minute] UTC");
    moment(seconds).format(&form).unwrap_or_default()
}

/// A day for people, such as `Nov 20, 2026`.
pub fn day_in_words(seconds: i64) -> String {
    let form = format_description!("[month repr:short] [day padding:none], [year]");
    moment(seconds).format(&form).unwrap_or_default()
}

/// Reads an RFC 3339 time.
pub fn parse(text: &str) -> Option<i64> {
    OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
}

fn moment(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
