//! Foreign words in a letter: names that people typed end up in mails to others.

use crate::kernel::EmailAddress;
use crate::platform::telemetry::bends;

/// The most characters of a subject, and of what a mail server answers.
const MOST_CHARACTERS: usize = 200;
/// Shown by nobody; no mail program reads an address across it.
const GAP: char = '\u{200B}';

/// `text` as one line of bounded length: what would break it, or turn its direction, is a space.
pub(super) fn one_line(text: &str) -> String {
    let line: String = flat(text).chars().take(MOST_CHARACTERS).collect();
    line.trim().to_owned()
}

/// `text` without anything that a mail program makes a link of, except e-mail addresses. A name
/// such as "Verify at evil.example/x" would otherwise be a link in a mail that we vouch for.
pub(super) fn unclickable(text: &str) -> String {
    let flat = flat(text);
    let words: Vec<String> = flat.split(' ').map(without_address).collect();
    words.join(" ")
}

fn flat(text: &str) -> String {
    text.chars().map(|c| if bends(c) { ' ' } else { c }).collect()
}

fn without_address(word: &str) -> String {
    let bare = word.trim_matches(|c: char| c.is_ascii_punctuation());
    if bare.parse::<EmailAddress>().is_ok() {
        return word.to_owned();
    }
    let mut safe = String::with_capacity(word.len());
    let mut following = word.chars().skip(1);
    for c in word.chars() {
        safe.push(c);
        let joins = following.next().is_some_and(|next| next.is_alphanumeric() || next == '/');
        if joins && matches!(c, '.' | ':' | '/' | '。' | '．') {
            safe.push(GAP);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_a_name_is_no_link() {
        for text in ["https://evil.example/x", "Verify at evil.example now", "www.evil.example.", "HTTP://EVIL.EXAMPLE"]
        {
            let safe = unclickable(text);
            assert!(safe.contains(GAP) && safe.replace(GAP, "") == text, "{safe:?}");
            assert!(!safe.contains("://") && !safe.to_lowercase().contains("evil.example"), "{safe:?}");
        }
    }

    #[test]
    fn sentences_and_e_mail_addresses_stay_as_they_are() {
        for text in ["Smith & Sons Inc. asks you.", "Luis (luis@northline.example) asks.", "Open until 5 pm."] {
            assert_eq!(unclickable(text), text);
        }
        assert!(unclickable("https://a@evil.example/x").contains(GAP));
    }

    #[test]
    fn one_line_is_one_line() {
        assert_eq!(one_line(" Hello\r\nBcc: eve@x.example\u{202e}\0 "), "Hello  Bcc: eve@x.example");
        assert_eq!(one_line(&"é".repeat(500)).chars().count(), MOST_CHARACTERS);
        assert_eq!(unclickable("a\nb"), "a b");
    }
}
