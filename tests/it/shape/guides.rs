//! The guides for people: what they print bold stands on a page, and their pictures are there.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use super::assert_none;
use crate::support::source::files;

const FOLDER: &str = "docs/guides";
/// Written for those who build sites: it names commands, not buttons.
const FOR_BUILDERS: &str = "site-check.md";
/// The most bytes of a picture.
const MOST_BYTES: u64 = 60 * 1024;

/// The guides: each with its path and its text.
fn guides() -> Vec<(PathBuf, String)> {
    let is_guide = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == "md")
            && path.file_name().is_some_and(|name| name != FOR_BUILDERS)
    };
    let read = |path: PathBuf| (path.clone(), fs::read_to_string(path).unwrap());
    let found: Vec<_> = files(Path::new(FOLDER)).into_iter().filter(is_guide).map(read).collect();
    assert!(found.len() >= 2, "the guides are read from the root of the repository");
    found
}

/// Every English text of the pages, and what stands between two tags of the sample OneOffice site's.
fn texts() -> Vec<String> {
    let mut texts = Vec::new();
    for path in files(Path::new("sites/oneoffice/templates")) {
        let page = fs::read_to_string(path).unwrap();
        let pieces = page.split('>').filter_map(|piece| Some(piece.split_once('<')?.0.trim().to_owned()));
        texts.extend(pieces.filter(|text| !text.is_empty() && !text.contains(['{', '}'])));
    }
    for path in files(Path::new("locales/en")) {
        for value in fs::read_to_string(path).unwrap().parse::<toml::Table>().unwrap().into_iter().map(|(_, text)| text)
        {
            match value {
                toml::Value::String(text) => texts.push(text),
                toml::Value::Table(forms) => {
                    texts.extend(forms.values().filter_map(|it| it.as_str().map(str::to_owned)))
                }
                _ => {}
            }
        }
    }
    texts
}

/// Whether `shown` is `text` with something in its places: `Accept Luis Ortega` is `Accept {person}`.
fn is_shown(text: &str, shown: &str) -> bool {
    let mut pieces = text.split('{');
    let Some(mut rest) = shown.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut has_place = false;
    for piece in pieces {
        has_place = true;
        let (_, piece) = piece.split_once('}').unwrap_or_default();
        // Something stands in the place: at least one letter.
        let Some(letter) = rest.chars().next() else { return false };
        let at = letter.len_utf8();
        match (piece.is_empty(), rest.get(at..).and_then(|rest| rest.find(piece))) {
            (true, _) => rest = "",
            (false, Some(found)) => rest = rest.get(at + found + piece.len()..).unwrap_or_default(),
            (false, None) => return false,
        }
    }
    // A text that is nothing but a place would be anything.
    rest.is_empty() && (!has_place || text.split('{').next().is_some_and(|start| start.len() >= 4))
}

/// What a guide prints bold.
fn bold(guide: &str) -> Vec<&str> {
    guide.split("**").skip(1).step_by(2).collect()
}

/// What a guide prints bold and no page shows.
fn unknown<'a>(guide: &'a str, texts: &[String]) -> Vec<&'a str> {
    bold(guide).into_iter().filter(|label| !texts.iter().any(|text| is_shown(text, label))).collect()
}

/// The pictures that a guide shows.
fn shown_pictures(guide: &str) -> BTreeSet<String> {
    guide.split("](pictures/").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0.to_owned())).collect()
}

#[test]
fn what_guides_print_bold_stands_on_a_page() {
    let texts = texts();
    let complain = |(path, guide): &(PathBuf, String)| {
        let unknown = unknown(guide, &texts).into_iter();
        unknown.map(|label| format!("{}: **{label}**", path.display())).collect::<Vec<_>>()
    };
    assert_none("a bold word is a button, tab or label, as in locales/en", guides().iter().flat_map(complain));
    assert!(guides().iter().all(|(_, guide)| bold(guide).len() > 10), "the guides name buttons");
}

#[test]
fn a_label_that_no_page_has_is_found() {
    let texts = ["Accept {person}", "Save name", "{n} users", "Ask {inviter} to send it again"].map(str::to_owned);
    assert!(unknown("Press **Accept Luis Ortega**, **Save name**, **Ask Dana to send it again**.", &texts).is_empty());
    let wrong = unknown("Press **Save**, **Save names**, **Accept**, **5 users**, **Ask Dana to wait**.", &texts);
    assert_eq!(wrong, ["Save", "Save names", "Accept", "5 users", "Ask Dana to wait"]);
}

#[test]
fn every_picture_of_the_guides_is_there_small_and_shown() {
    let shown: BTreeSet<String> = guides().iter().flat_map(|(_, guide)| shown_pictures(guide)).collect();
    let pictures = Path::new(FOLDER).join("pictures");
    let names = files(&pictures).into_iter().map(|path| path.strip_prefix(&pictures).unwrap().display().to_string());
    assert_eq!(names.collect::<BTreeSet<_>>(), shown);
    let large = shown.iter().filter(|name| fs::metadata(pictures.join(name)).unwrap().len() > MOST_BYTES);
    assert_none("a picture has at most 60 KB", large.cloned());
}
