//! The last day of an approval.

use std::str::FromStr;

use time::{Date, macros::format_description};

use crate::kernel::{Lifetime, Timestamp};

/// The last day on which an approval holds, in UTC: a date such as `2027-01-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastDay(Date);

/// A text is no date, or one that has no next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the last day is a date such as 2027-01-31")]
pub struct NotADay;

impl FromStr for LastDay {
    type Err = NotADay;
    fn from_str(text: &str) -> Result<Self, NotADay> {
        let day = Date::parse(text, format_description!("[year]-[month]-[day]")).map_err(|_| NotADay)?;
        day.next_day().map(|_| Self(day)).ok_or(NotADay)
    }
}

impl LastDay {
    /// The moment at which the approval is over: the whole day is in it.
    #[must_use]
    pub fn end(self) -> Timestamp {
        Timestamp::from_seconds(self.0.midnight().assume_utc().unix_timestamp()) + Lifetime::days(1)
    }

    /// A moment of the last day of an approval that is over at `end`, for pages that show the day.
    #[must_use]
    pub fn shown(end: Timestamp) -> Timestamp {
        end - Lifetime::millis(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_last_day_is_in_it() {
        let day: LastDay = "2028-02-29".parse().unwrap();
        assert_eq!(day.end().to_string(), "2028-03-01T00:00:00Z");
        assert!(LastDay::shown(day.end()).to_string().starts_with("2028-02-29T23:59:59"));
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in ["", "tomorrow", "2027-02-29", "2027-1-31", "31.1.2027", "2027-01-31T00:00:00Z", "9999-12-31"] {
            assert_eq!(text.parse::<LastDay>(), Err(NotADay), "{text}");
        }
    }
}
