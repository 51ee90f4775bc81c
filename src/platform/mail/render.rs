//! How a letter looks: as text, and as HTML for those who want it.

use askama::Template;

use super::{
    Letter,
    defuse::{one_line, unclickable},
};
use crate::kernel::{Doing, Fault};
use crate::platform::words::Words;

/// A letter as it is read.
#[derive(Clone)]
pub struct Rendered {
    /// The subject, one line.
    pub subject: String,
    /// All of it as plain text.
    pub text: String,
    /// All of it as HTML, without images or anything else that is fetched.
    pub html: String,
}

#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct AsText<'a> {
    said: &'a Said<'a>,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct AsHtml<'a> {
    said: &'a Said<'a>,
}

/// What both forms say, in this order.
struct Said<'a> {
    t: Words,
    brand: &'a str,
    subject: &'a str,
    lead: Option<String>,
    code: Option<String>,
    link: Option<(&'a str, &'a str)>,
    rest: Vec<String>,
    footer: String,
}

/// Renders `letter` as `brand` at `host` sends it.
pub(super) fn render(letter: &Letter, brand: &str, host: &str) -> Result<Rendered, Fault> {
    let t = Words::new(letter.language);
    let subject = one_line(&letter.subject);
    let mut paragraphs = letter.paragraphs.iter().map(|paragraph| unclickable(paragraph));
    let said = Said {
        t,
        brand,
        subject: &subject,
        lead: paragraphs.next(),
        code: letter.code.as_deref().map(in_groups),
        link: letter.link.as_ref().map(|(label, address)| (label.as_str(), address.as_str())),
        rest: paragraphs.collect(),
        footer: t.mail_footer(brand, host),
    };
    let text = AsText { said: &said }.render().doing("render a mail as text")?;
    let html = AsHtml { said: &said }.render().doing("render a mail as HTML")?;
    Ok(Rendered { subject, text, html })
}

/// "482 913": groups of three are read and typed with fewer mistakes.
fn in_groups(code: &str) -> String {
    match code.split_at_checked(3) {
        Some((head, tail)) if code.len() == 6 => format!("{head} {tail}"),
        _ => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Language;

    fn letter(language: Language) -> Letter {
        Letter {
            to: "dana@northline.example".parse().unwrap(),
            language,
            subject: "Your code".to_owned(),
            paragraphs: vec!["Use this code, <Dana>.".to_owned(), "It works for 10 minutes.".to_owned()],
            code: Some("482913".to_owned()),
            link: Some(("Reset".to_owned(), "https://id.example/reset?a=1&b=2".to_owned())),
        }
    }

    #[test]
    fn both_forms_say_the_same() {
        let read = render(&letter(Language::English), "ConneX", "id.example").unwrap();
        assert_eq!(
            read.text,
            "Use this code, <Dana>.\n\n    482 913\n\nReset:\nhttps://id.example/reset?a=1&b=2\n\n\
             It works for 10 minutes.\n\n-- \nConneX (id.example) sent this mail on its own. Nobody reads replies to it."
        );
        assert!(read.html.contains("482 913") && read.html.contains("Use this code, &#60;Dana&#62;."), "{}", read.html);
        assert!(read.html.contains("href=\"https://id.example/reset?a=1&#38;b=2\""), "{}", read.html);
        assert!(read.html.contains("<html lang=\"en\">"));
    }

    #[test]
    fn a_letter_is_in_its_readers_language() {
        let read = render(&letter(Language::Spanish), "ConneX", "id.example").unwrap();
        assert!(read.text.contains("Nadie lee las respuestas") && read.html.contains("<html lang=\"es\">"));
    }

    #[test]
    fn nothing_is_fetched_by_a_letter() {
        let html = render(&letter(Language::English), "ConneX", "id.example").unwrap().html;
        assert!(["src=", "url(", "<img", "<link", "@import"].iter().all(|fetched| !html.contains(fetched)), "{html}");
    }
}
