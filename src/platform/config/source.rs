//! Where values come from: the file, then the environment over it, then the table's defaults.

use std::{borrow::Cow, collections::BTreeMap, path::Path};

use toml::de::{DeTable, DeValue};

use super::{keys, problem::ConfigProblem};

/// A value as it was found. Deliberately without `Debug`: it may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Given {
    /// Nobody said anything, or the environment said nothing on purpose (`CONNEX_…=`).
    Nothing,
    /// From the environment or the table: a text that is still to be read as what is wanted.
    Unread(String),
    String(String),
    Integer(i64),
    Boolean(bool),
    Strings(Vec<String>),
    /// Something that no key takes, by the name of its type.
    Other(&'static str),
}

/// Where a value was found.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Place {
    Line(usize),
    Variable(String),
    Default,
}

/// All that was found: an entry for each key of the table.
pub(super) type Found = BTreeMap<&'static str, (Given, Place)>;

/// Reads file and environment. What fits no key is added to `problems`.
pub(super) fn collect(
    file: &Path,
    text: &str,
    environment: &BTreeMap<String, String>,
    problems: &mut Vec<ConfigProblem>,
) -> Found {
    let mut found: Found = keys::keys()
        .iter()
        .map(|key| {
            let given = key.default.map_or(Given::Nothing, |text| Given::Unread(text.to_owned()));
            (key.name, (given, Place::Default))
        })
        .collect();
    Sheet { file, text, found: &mut found, problems }.read();
    read_environment(environment, &mut found, problems);
    found
}

/// The file, while it is read.
struct Sheet<'a> {
    file: &'a Path,
    text: &'a str,
    found: &'a mut Found,
    problems: &'a mut Vec<ConfigProblem>,
}

impl Sheet<'_> {
    fn read(&mut self) {
        let (root, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let start = error.span().map_or(0, |span| span.start);
            // Only the message: the error's full text shows the line, which may hold a secret.
            self.problem(start, None, format!("not TOML: {}", error.message()), None, "Mend the line.");
        }
        self.table(root.get_ref());
    }

    fn table(&mut self, root: &DeTable<'_>) {
        for (name, value) in root {
            let (section, start) = (name.get_ref().as_ref(), name.span().start);
            match value.get_ref().as_table() {
                Some(table) if is_section(section) => {
                    for (name, value) in table {
                        let start = name.span().start;
                        self.value(&format!("{section}.{}", name.get_ref()), start, value.get_ref());
                    }
                }
                Some(_) if keys::named(section).is_none() => {
                    let sections = keys::keys().iter().filter_map(|key| key.name.split_once('.')).map(|(name, _)| name);
                    let nearest = keys::nearest(section, sections).map(|name| format!("[{name}]"));
                    let cure = "Mend the name, or remove the section.";
                    self.problem(start, None, format!("[{section}] is no section"), nearest, cure);
                }
                _ => self.value(section, start, value.get_ref()),
            }
        }
    }

    fn value(&mut self, name: &str, start: usize, value: &DeValue<'_>) {
        let line = self.line(start);
        match keys::named(name) {
            Some(key) => {
                self.found.insert(key.name, (given(value), Place::Line(line)));
            }
            None => {
                let nearest = keys::nearest(name, keys::keys().iter().map(|key| key.name)).map(str::to_owned);
                let cure = "Mend the name, or remove the line.";
                self.problem(start, Some(name.to_owned()), "is no key".to_owned(), nearest, cure);
            }
        }
    }

    fn problem(&mut self, start: usize, key: Option<String>, what: String, nearest: Option<String>, cure: &str) {
        let (file, line) = (Some(self.file.to_owned()), Some(self.line(start)));
        self.problems.push(ConfigProblem { file, line, variable: None, key, what, nearest, cure: cure.to_owned() });
    }

    /// The line of the byte at `start`, counted from 1.
    fn line(&self, start: usize) -> usize {
        self.text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1
    }
}

/// Whether some key stands in the section.
fn is_section(name: &str) -> bool {
    keys::keys().iter().any(|key| key.name.split_once('.').is_some_and(|(section, _)| section == name))
}

fn given(value: &DeValue<'_>) -> Given {
    let text = |text: &Cow<'_, str>| text.clone().into_owned();
    match value {
        DeValue::String(string) => Given::String(text(string)),
        DeValue::Boolean(flag) => Given::Boolean(*flag),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Given::Integer(number),
            Err(_) => Given::Other("number beyond all bounds"),
        },
        DeValue::Array(items) => items
            .iter()
            .map(|item| item.get_ref().as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .map_or(Given::Other("list of other things than texts"), Given::Strings),
        DeValue::Float(_) => Given::Other("number with a fraction"),
        DeValue::Datetime(_) => Given::Other("date"),
        DeValue::Table(_) => Given::Other("section"),
    }
}

/// Variables that begin with our prefix but are no keys.
fn is_known_otherwise(variable: &str) -> bool {
    matches!(variable, "CONNEX_CONFIG" | "CONNEX_LOG") || variable.starts_with("CONNEX_TEST_")
}

fn read_environment(environment: &BTreeMap<String, String>, found: &mut Found, problems: &mut Vec<ConfigProblem>) {
    let names: Vec<_> = keys::keys().iter().map(|key| (key.environment(), key.name)).collect();
    for (variable, value) in environment {
        if !variable.starts_with("CONNEX_") || is_known_otherwise(variable) {
            continue;
        }
        if let Some((_, name)) = names.iter().find(|(known, _)| known == variable) {
            let given = if value.is_empty() { Given::Nothing } else { Given::Unread(value.clone()) };
            found.insert(*name, (given, Place::Variable(variable.clone())));
            continue;
        }
        problems.push(ConfigProblem {
            file: None,
            line: None,
            variable: Some(variable.clone()),
            key: None,
            what: "this variable overrides no key".to_owned(),
            nearest: keys::nearest(variable, names.iter().map(|(name, _)| name.as_str())).map(str::to_owned),
            cure: "Mend its name, or unset it.".to_owned(),
        });
    }
}
