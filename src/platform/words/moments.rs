//! Moments and spans as people read them.

use super::Words;
use crate::kernel::{Language, Lifetime, Timestamp};

impl Words {
    /// The day of a moment: "Nov 20, 2026", "20 nov 2026". In UTC, as everything here.
    #[must_use]
    pub fn day(self, at: Timestamp) -> String {
        let date = at.utc();
        let month = self.month(date.month().into());
        match self.language {
            Language::English => format!("{month} {}, {}", date.day(), date.year()),
            Language::Spanish => format!("{} {month} {}", date.day(), date.year()),
        }
    }

    /// Day and time of a moment: "Nov 20, 2026, 2:05 pm UTC", "20 nov 2026, 14:05 UTC".
    #[must_use]
    pub fn moment(self, at: Timestamp) -> String {
        let (day, time) = (self.day(at), at.utc());
        match self.language {
            Language::English => {
                let (half, hour) = if time.hour() < 12 { ("am", time.hour()) } else { ("pm", time.hour() - 12) };
                let hour = if hour == 0 { 12 } else { hour };
                format!("{day}, {hour}:{:02} {half} UTC", time.minute())
            }
            Language::Spanish => format!("{day}, {}:{:02} UTC", time.hour(), time.minute()),
        }
    }

    /// A span: "40 seconds", "12 minutes", "3 hours", "7 days". What is left over counts as a whole one.
    #[must_use]
    pub fn span(self, span: Lifetime) -> String {
        let seconds = u64::try_from(span.as_seconds()).unwrap_or_default().max(1);
        match seconds {
            ..=90 => self.time_seconds(seconds),
            91..=5400 => self.time_minutes(seconds.div_ceil(60)),
            5401..=129_600 => self.time_hours(seconds.div_ceil(3600)),
            _ => self.time_days(seconds.div_ceil(86_400)),
        }
    }

    const fn month(self, number: u8) -> &'static str {
        match number {
            1 => self.time_jan(),
            2 => self.time_feb(),
            3 => self.time_mar(),
            4 => self.time_apr(),
            5 => self.time_may(),
            6 => self.time_jun(),
            7 => self.time_jul(),
            8 => self.time_aug(),
            9 => self.time_sep(),
            10 => self.time_oct(),
            11 => self.time_nov(),
            _ => self.time_dec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_as_people_write_it() {
        let at = Timestamp::from_millis(1_795_183_500_000);
        let both = Language::ALL.map(|language| Words::new(language).moment(at));
        assert_eq!(both, ["Nov 20, 2026, 2:05 pm UTC", "20 nov 2026, 14:05 UTC"]);
        let midnight = Timestamp::from_millis(1_795_132_800_000);
        assert_eq!(Words::new(Language::English).moment(midnight), "Nov 20, 2026, 12:00 am UTC");
    }
}
