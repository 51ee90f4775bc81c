use super::Words;
use crate::kernel::Language;

const ENGLISH: Words = Words::new(Language::English);
const SPANISH: Words = Words::new(Language::Spanish);

#[test]
fn a_text_is_told_in_the_language_asked_for() {
    assert_eq!(
        (ENGLISH.layout_skip(), SPANISH.layout_skip()),
        ("Skip to main content", "Saltar al contenido principal")
    );
}

#[test]
fn a_text_follows_its_number() {
    assert_eq!([1, 2, 0_usize].map(|n| ENGLISH.time_minutes(n)), ["1 minute", "2 minutes", "0 minutes"]);
    assert_eq!(SPANISH.time_minutes(1_u64), "1 minuto");
}

/// What every text is checked for, whatever it says.
#[test]
fn no_text_holds_markup_or_ends_where_it_should_not() {
    for language in Language::ALL {
        let folder = std::path::Path::new("locales").join(language.tag());
        for file in std::fs::read_dir(&folder).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            for (number, line) in (1..).zip(text.lines()) {
                let place = format!("{}:{number}: {line}", path.display());
                let markup = [
                    "</", "/>", "<a ", "<b>", "<br", "<em>", "<i>", "<p>", "<span", "<strong", "&amp;", "&lt;",
                    "&nbsp;",
                ];
                assert!(!markup.iter().any(|tag| line.contains(tag)), "{place}");
                assert!(!line.trim_end().ends_with(" \"") && !line.contains("  "), "{place}");
            }
        }
    }
}
