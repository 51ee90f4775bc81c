//! A code as a person types it.

/// How many digits a code has.
pub(super) const DIGITS: usize = 6;

/// The digits of what was typed, without the spaces and dashes that people put between them;
/// `None` when these are not the digits of any code.
pub(super) fn digits(typed: &str) -> Option<String> {
    let is_between = |c: char| c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    let digits: String = typed.chars().filter(|c| !is_between(*c)).take(DIGITS + 1).collect();
    (digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn spaces_and_dashes_are_overlooked() {
        for typed in ["482913", " 482 913 ", "482-913", "482\u{a0}913", "48–29–13", "4 8 2 9 1 3\r\n"] {
            assert_eq!(digits(typed).as_deref(), Some("482913"), "{typed:?}");
        }
    }

    #[test]
    fn other_texts_are_no_code() {
        for typed in ["", "48291", "4829130", "48291a", "٤٨٢٩١٣", "482.913", "-", &"1".repeat(5000)] {
            assert_eq!(digits(typed), None, "{typed:?}");
        }
    }
}
