//! The floors: calls go down, never up, never sideways.
//!
//! A module may use the modules of lower floors and its own insides. This test reads the sources,
//! so a wrong `use` fails the build with the line to mend. It sees every spelling of a path that
//! leaves a module: `crate::a`, `use crate::{a::…, b}`, `super::super::a`, and in macros `$crate::a`.

use std::path::{Component, Path};

use crate::support::source::Source;

/// Top-level modules by floor, lowest first. Modules on one floor do not see each other.
const FLOORS: &[&[&str]] = &[
    &["kernel"],
    &["protocol"],
    &["platform"],
    &["audit"],
    &["signing"],
    &["accounts"],
    &["organizations"],
    &["sites"],
    &["assets", "credits"],
    &["oidc"],
    &["sync"],
    &["operator"],
    &["app"],
];

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// The module that a file is: `src/oidc/grants/mod.rs` is `["oidc", "grants"]`, `src/main.rs` is nothing.
fn module_of(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> = path
        .with_extension("")
        .components()
        .skip_while(|part| part.as_os_str() != "src")
        .skip(1)
        .filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect();
    let is_a_head = parts.last().is_some_and(|last| last == "mod") || parts == ["lib"] || parts == ["main"];
    if is_a_head {
        parts.pop();
    }
    parts
}

/// The top-level names that a file reaches, each with its line.
struct Reach<'a> {
    tokens: Vec<(usize, &'a str)>,
    found: Vec<(usize, &'a str)>,
}

impl<'a> Reach<'a> {
    /// What `source`, a module `depth` levels below the root, reaches at the root.
    fn of(source: &'a Source, depth: usize) -> Vec<(usize, &'a str)> {
        let mut reach = Self { tokens: source.tokens(), found: Vec::new() };
        // Inside `mod tests { … }` a path climbs from one level deeper.
        let mut inner = Vec::new();
        let mut braces = 0_usize;
        for at in 0..reach.tokens.len() {
            match reach.word(at) {
                "{" => braces += 1,
                "}" => {
                    braces = braces.saturating_sub(1);
                    inner.retain(|opened| *opened < braces + 1);
                }
                "mod" if reach.word(at + 2) == "{" => inner.push(braces + 1),
                "crate" if reach.word(at + 1) == "::" => reach.tree(at + 2, 0),
                // A second name for the root, or for the crate, would hide what is used through it.
                "crate" if matches!(reach.word(at + 1), "as" | "self") => reach.add(at, "*"),
                "super" if reach.starts_a_path(at) => reach.tree(at, depth + inner.len()),
                _ => {}
            }
        }
        reach.found
    }

    fn word(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |(_, word)| word)
    }

    fn add(&mut self, at: usize, name: &'a str) {
        let line = self.tokens.get(at).map_or(0, |(line, _)| *line);
        self.found.push((line, name));
    }

    /// Whether nothing but `self::` stands before the word at `at`.
    fn starts_a_path(&self, at: usize) -> bool {
        let before = |back: usize| at.checked_sub(back).map_or("", |at| self.word(at));
        before(1) != "::" || before(2) == "self"
    }

    /// Follows the path or the group at `at`, seen from a module `level` below the root.
    fn tree(&mut self, at: usize, level: usize) {
        match self.word(at) {
            "super" if self.word(at + 1) == "::" => self.tree(at + 2, level.saturating_sub(1)),
            "super" if level == 1 && self.word(at + 1) == "as" => self.add(at, "*"),
            "self" if self.word(at + 1) == "::" => self.tree(at + 2, level),
            "{" => self.group(at + 1, level),
            "*" | "self" if level == 0 => self.add(at, "*"),
            // Macros live at the root whoever declares them.
            name if level == 0 && self.word(at + 1) != "!" => self.add(at, name),
            _ => {}
        }
    }

    /// Follows each path of `{a::b, c, super::d}`, of which `at` is the first word.
    fn group(&mut self, at: usize, level: usize) {
        self.tree(at, level);
        let mut depth = 0_usize;
        for at in at..self.tokens.len() {
            match self.word(at) {
                "{" => depth += 1,
                "}" if depth == 0 => return,
                "}" => depth -= 1,
                "," if depth == 0 && self.word(at + 1) != "}" => self.tree(at + 1, level),
                _ => {}
            }
        }
    }
}

/// What is wrong with one file: a sentence for each path that does not go down.
fn wrong_in(source: &Source) -> Vec<String> {
    let path = module_of(&source.path);
    // `lib.rs` and `main.rs` stand above the floors.
    let Some(module) = path.first() else { return Vec::new() };
    let Some(own) = floor(module) else {
        return vec![format!("{}: `{module}` is on no floor; give it one", source.path.display())];
    };
    let complain = |(line, target): (usize, &str)| {
        let what = match floor(target) {
            _ if target == module => return None,
            Some(floor) if floor < own => return None,
            Some(floor) => format!("uses `{target}` (floor {floor})"),
            None if target == "*" => "takes the whole root; name the module that is used".to_owned(),
            None => format!("uses `{target}`, which is on no floor"),
        };
        Some(format!("{}:{line}: `{module}` (floor {own}) {what}", source.path.display()))
    };
    Reach::of(source, path.len()).into_iter().filter_map(complain).collect()
}

#[test]
fn calls_go_down() {
    let sources = Source::below(Path::new("src"));
    assert!(!sources.is_empty(), "the sources are read from the root of the repository");
    let wrong: Vec<String> = sources.iter().flat_map(wrong_in).collect();
    assert!(wrong.is_empty(), "calls go down; facts come up:\n{}", wrong.join("\n"));
}

#[test]
fn every_spelling_of_a_call_upwards_is_found() {
    let refused = [
        "use crate::oidc::Grant;",
        "use crate::{\n    kernel::{Digest, Fault},\n    oidc::{self, Grant},\n};",
        "use {crate::oidc, std::fmt};",
        "use super::super::oidc::Grant;",
        "use super::{model::Account, super::oidc};",
        "use self::super::super::oidc;",
        "fn f() -> crate::oidc::Grant { loop {} }",
        "fn f() { super::super::app::start() }",
        "macro_rules! m { () => { $crate::operator::run() } }",
        "mod tests { use super::super::super::oidc; }",
        "use crate::*;",
        "use crate as root;",
        "use crate::{self as root};",
        "use super::super::*;",
        "extern crate self as connex;",
        "use crate::sundries::Grant;",
        "#[cfg(test)]\nmod tests { fn f() { crate::sites::find() } }",
    ];
    for text in refused {
        let wrong = wrong_in(&Source::new("src/accounts/email.rs", text));
        assert_eq!(wrong.len(), 1, "{text}\n{wrong:?}");
    }
    let sideways = wrong_in(&Source::new("src/audit/mod.rs", "\nuse super::signing::Key;"));
    assert_eq!(sideways, ["src/audit/mod.rs:2: `audit` (floor 3) uses `signing` (floor 4)"]);
    assert_eq!(
        wrong_in(&Source::new("src/helpers/mod.rs", "")),
        ["src/helpers/mod.rs: `helpers` is on no floor; give it one"]
    );
}

#[test]
fn calls_down_and_inside_are_left_alone() {
    let allowed = "
        //! Unlike [`crate::oidc`], this is below.
        use std::{fmt, super_thing as s};
        use crate::{kernel::{Digest, Fault, app}, platform::store::Unit};
        use super::super::kernel::Secret;
        use super::{oidc, store::*};
        use crate::accounts::model::Account;
        pub(crate) fn f() -> &'static str { \"crate::oidc::Grant\" }
        pub(in crate::accounts) fn g() { crate::id!(A); /* crate::app */ }
        mod tests { use super::*; use super::super::oidc; }
    ";
    assert_eq!(wrong_in(&Source::new("src/accounts/email.rs", allowed)), Vec::<String>::new());
    assert_eq!(wrong_in(&Source::new("src/main.rs", "use crate::app;")), Vec::<String>::new());
}
