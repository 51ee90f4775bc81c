//! Foreign text, made fit for a log line.

use std::fmt::{self, Write};

/// The most bytes of one value. A log is no place for what a stranger sends by the megabyte.
const MOST_BYTES: usize = 1024;

/// Collects what is written to it, with what breaks or bends a line escaped, and stops early.
///
/// Escaped are control characters (line ends, terminal sequences) and those that are invisible
/// or turn the direction of writing: `\u{202e}` is written as these eight characters.
#[derive(Default)]
pub(super) struct Clean {
    text: String,
    is_cut: bool,
}

impl Clean {
    /// The value, cleaned.
    pub(super) fn of(value: impl fmt::Display) -> String {
        let mut clean = Self::default();
        // The only error is our own: that it was long enough.
        let _ = write!(clean, "{value}");
        clean.finish()
    }

    fn finish(mut self) -> String {
        if self.is_cut {
            self.text.push('…');
        }
        self.text
    }
}

impl Write for Clean {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        for c in part.chars() {
            if self.text.len() + c.len_utf8() > MOST_BYTES {
                self.is_cut = true;
                // An error ends the formatting: 100 KiB are not walked to the end for nothing.
                return Err(fmt::Error);
            }
            match c {
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                c if bends(c) => write!(self.text, "{}", c.escape_unicode())?,
                c => self.text.push(c),
            }
        }
        Ok(())
    }
}

/// Whether `c` is invisible, or changes how its neighbours are shown.
#[must_use]
pub fn bends(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_breaks_a_line_is_escaped() {
        let text = "a\r\nb\u{1b}[31m\u{202e}c\u{2028}\u{85}\0";
        assert_eq!(Clean::of(text), r"a\r\nb\u{1b}[31m\u{202e}c\u{2028}\u{85}\u{0}");
        assert_eq!(Clean::of("Zoë Żółć 田中 🦀"), "Zoë Żółć 田中 🦀");
    }

    #[test]
    fn what_is_long_is_cut() {
        let clean = Clean::of("é".repeat(100 << 10));
        assert_eq!(clean.len(), MOST_BYTES + '…'.len_utf8());
        assert!(clean.ends_with("é…"));
        assert_eq!(Clean::of("x".repeat(MOST_BYTES)).len(), MOST_BYTES, "what just fits is whole");
    }
}
