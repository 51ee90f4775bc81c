//! Values by the type that a key wants. Each getter records what is wrong and goes on, so that
//! one run finds everything.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{
    key::Key,
    keys,
    problem::{ConfigProblem, Wrong},
    source::{Found, Given, Place},
};
use crate::kernel::Lifetime;

/// The configuration while it is read.
///
/// A getter gives `None` when there is no value of the wanted type. Unless its name ends in
/// `_if_given`, the reason is then among the problems.
pub(super) struct Reading<'a> {
    file: &'a Path,
    unread: BTreeMap<&'static str, Given>,
    places: BTreeMap<&'static str, Place>,
    pub(super) problems: Vec<ConfigProblem>,
}

impl<'a> Reading<'a> {
    /// Begins with what was found.
    pub(super) fn new(file: &'a Path, found: Found, problems: Vec<ConfigProblem>) -> Self {
        let places = found.iter().map(|(name, (_, place))| (*name, place.clone())).collect();
        let unread = found.into_iter().map(|(name, (given, _))| (name, given)).collect();
        Self { file, unread, places, problems }
    }

    /// The keys that nothing has read yet: none, once every section was read.
    #[cfg(test)]
    pub(super) fn unread(&self) -> Vec<&'static str> {
        self.unread.keys().copied().collect()
    }

    /// A text, read by `read`.
    pub(super) fn text<T>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, Wrong>) -> Option<T> {
        let (key, given) = self.take(name)?;
        match given {
            Given::Unread(text) | Given::String(text) => match read(&text) {
                Ok(value) => Some(value),
                Err(wrong) => self.wrong(key, wrong),
            },
            other => self.mistyped(key, &other, "a text in quotation marks"),
        }
    }

    /// A text that may be absent.
    pub(super) fn text_if_given<T>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, Wrong>) -> Option<T> {
        if self.unread.get(name) == Some(&Given::Nothing) {
            self.unread.remove(name);
            return None;
        }
        self.text(name, read)
    }

    /// The file's folder, where relative paths begin.
    pub(super) fn folder(&self) -> PathBuf {
        self.file.parent().map(Path::to_owned).unwrap_or_default()
    }

    /// A path.
    pub(super) fn path(&mut self, name: &str) -> Option<PathBuf> {
        let folder = self.folder();
        self.text(name, |text| path(&folder, text))
    }

    /// A path that may be absent.
    pub(super) fn path_if_given(&mut self, name: &str) -> Option<PathBuf> {
        let folder = self.folder();
        self.text_if_given(name, |text| path(&folder, text))
    }

    /// A number within the range of its key.
    pub(super) fn number(&mut self, name: &str) -> Option<i64> {
        let (key, given) = self.take(name)?;
        let number = match &given {
            Given::Integer(number) => Some(*number),
            Given::Unread(text) => text.parse().ok(),
            _ => None,
        };
        let Some(number) = number else {
            return self.mistyped(key, &given, "a whole number");
        };
        match key.range {
            Some((least, most)) if number < least || number > most => {
                let what = if number < least { format!("below {least}") } else { format!("above {most}") };
                let cure = format!("Write a number from {least} to {most}.");
                self.wrong(key, Wrong::new(format!("is {number}, {what}"), cure))
            }
            _ => Some(number),
        }
    }

    /// A small count within the range of its key.
    pub(super) fn count(&mut self, name: &str) -> Option<u32> {
        self.number(name).and_then(|number| u32::try_from(number).ok())
    }

    /// A span of that many `unit`s.
    pub(super) fn span(&mut self, name: &str, unit: fn(i64) -> Lifetime) -> Option<Lifetime> {
        self.number(name).map(unit)
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        let (key, given) = self.take(name)?;
        match &given {
            Given::Boolean(flag) => Some(*flag),
            Given::Unread(text) if text == "true" => Some(true),
            Given::Unread(text) if text == "false" => Some(false),
            _ => self.mistyped(key, &given, "true or false"),
        }
    }

    /// A list of texts, each read by `read`; in the environment they are separated by commas.
    pub(super) fn list<T>(&mut self, name: &str, read: impl Fn(&str) -> Result<T, Wrong>) -> Option<Vec<T>> {
        let (key, given) = self.take(name)?;
        let texts = match given {
            Given::Nothing => Vec::new(),
            Given::Strings(texts) => texts,
            Given::Unread(text) => {
                text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect()
            }
            other => return self.mistyped(key, &other, "a list of texts"),
        };
        match texts.iter().map(|text| read(text)).collect() {
            Ok(values) => Some(values),
            Err(wrong) => self.wrong(key, wrong),
        }
    }

    /// Records a rule between keys that is broken, at the place of `name`.
    pub(super) fn conflict(&mut self, name: &str, what: &str, cure: &str) {
        if let Some(key) = keys::named(name) {
            self.wrong::<()>(key, Wrong::new(what, cure));
        }
    }

    fn take(&mut self, name: &str) -> Option<(&'static Key, Given)> {
        let known = keys::named(name).zip(self.unread.remove(name));
        debug_assert!(known.is_some(), "{name} is in the table and is read once");
        known
    }

    fn mistyped<T>(&mut self, key: &Key, given: &Given, wanted: &str) -> Option<T> {
        let what = if *given == Given::Nothing { "is missing".to_owned() } else { format!("is not {wanted}") };
        let cure = format!("Write {}, or set {}.", key.example_lines().replace('\n', " "), key.environment());
        self.wrong(key, Wrong::new(what, cure))
    }

    fn wrong<T>(&mut self, key: &Key, wrong: Wrong) -> Option<T> {
        let (line, variable) = match self.places.get(key.name) {
            Some(Place::Line(line)) => (Some(*line), None),
            Some(Place::Variable(name)) => (None, Some(name.clone())),
            Some(Place::Default) | None => (None, None),
        };
        let file = variable.is_none().then(|| self.file.to_owned());
        let key = Some(key.name.to_owned());
        self.problems.push(ConfigProblem {
            file,
            line,
            variable,
            key,
            what: wrong.what,
            nearest: None,
            cure: wrong.cure,
        });
        None
    }
}

/// The path `text`, seen from `folder`.
fn path(folder: &Path, text: &str) -> Result<PathBuf, Wrong> {
    if text.is_empty() {
        return Err(Wrong::new("is empty", "Write the path of a file."));
    }
    Ok(folder.join(text))
}
