//! The shape of the sources: what a file may hold and how large it may grow.
//!
//! Each rule is a function from sources to complaints, and each has a test on a made-up source that
//! proves that it can fail.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::support::source::{Source, files};

mod guides;
mod migrations;
mod templates;

/// The most lines a file may have, docstrings and inline tests not counted.
const MOST_LINES: usize = 500;

/// The folders that hold sources: the program and each sample site.
fn source_folders() -> Vec<PathBuf> {
    let sites = fs::read_dir("sites").into_iter().flatten().map(|site| site.unwrap().path().join("src"));
    std::iter::once(PathBuf::from("src")).chain(sites).collect()
}

fn all_sources() -> Vec<Source> {
    let sources: Vec<Source> = source_folders().iter().flat_map(|folder| Source::below(folder)).collect();
    assert!(!sources.is_empty(), "the sources are read from the root of the repository");
    sources
}

/// Fails with every complaint, one a line, under the sentence that says the rule.
fn assert_none(rule: &str, complaints: impl IntoIterator<Item = String>) {
    let complaints: Vec<String> = complaints.into_iter().collect();
    assert!(complaints.is_empty(), "{rule}:\n{}", complaints.join("\n"));
}

fn too_long(source: &Source) -> Option<String> {
    let tests = source.test_lines();
    if source.is_test(0) {
        return None;
    }
    let counted = (1..).zip(source.text.lines()).filter(|(number, line)| {
        let line = line.trim_start();
        !line.starts_with("///") && !line.starts_with("//!") && !tests.iter().any(|lines| lines.contains(number))
    });
    let count = counted.count();
    (count > MOST_LINES).then(|| format!("{}: {count} lines; cut it where the idea changes", source.path.display()))
}

#[test]
fn no_file_is_too_long() {
    assert_none("a file has at most 500 lines", all_sources().iter().filter_map(too_long));
}

#[test]
fn a_file_that_is_too_long_is_found() {
    let long = "fn f() {}\n".repeat(MOST_LINES);
    let untold = format!("{long}/// A docstring.\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
    assert!(too_long(&Source::new("src/a.rs", &untold)).is_none());
    assert!(too_long(&Source::new("src/a.rs", &format!("{untold}fn g() {{}}\n"))).is_some());
}

fn name_says_nothing(path: &Path) -> Option<String> {
    let empty = ["utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"];
    let path = path.with_extension("");
    let found = path.components().find(|part| part.as_os_str().to_str().is_some_and(|name| empty.contains(&name)))?;
    Some(format!("{}: `{}` says nothing; name what it does", path.display(), found.as_os_str().display()))
}

#[test]
fn every_module_has_a_telling_name() {
    let paths = source_folders().into_iter().chain(["tests".into()]).flat_map(|folder| files(&folder));
    assert_none("a module is named for what it does", paths.filter_map(|path| name_says_nothing(&path)));
}

#[test]
fn a_name_that_says_nothing_is_found() {
    for path in ["src/oidc/utils.rs", "src/common/mod.rs", "src/accounts/manager.rs", "src/helpers/web/a.rs"] {
        assert!(name_says_nothing(Path::new(path)).is_some(), "{path}");
    }
    assert!(name_says_nothing(Path::new("src/oidc/common_name.rs")).is_none());
}

/// Whether the file may hold SQL: `store.rs` of a slice, or a file in a folder named `store`.
fn is_store(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "store" || part.as_os_str() == "store.rs")
}

/// Whether the text of a literal is a statement. Statements are lower case (`docs/style.md`); a
/// shouted one is found as well, a sentence that begins with "Select" or "Update" is not one.
fn is_statement(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().take(3).collect();
    let is_word = |at: usize, word: &str| words.get(at).is_some_and(|w| *w == word || *w == word.to_uppercase());
    is_word(0, "select") && words.len() > 1
        || is_word(0, "insert") && is_word(1, "into")
        || is_word(0, "update") && is_word(2, "set")
        || is_word(0, "delete") && is_word(1, "from")
}

fn sql_out_of_place(source: &Source) -> Vec<String> {
    if is_store(&source.path) {
        return Vec::new();
    }
    let calls = [".sql(", "sqlx::query"];
    let calls = calls.into_iter().flat_map(|call| source.code.match_indices(call)).map(|(at, _)| source.line_of(at));
    let texts = source.literals.iter().filter(|(_, text)| is_statement(text)).map(|(line, _)| *line);
    let mut lines: Vec<usize> = calls.chain(texts).filter(|line| !source.is_test(*line)).collect();
    lines.sort_unstable();
    lines.dedup();
    lines.iter().map(|line| format!("{}:{line}: SQL outside of store.rs", source.path.display())).collect()
}

#[test]
fn sql_lives_in_stores() {
    assert_none("SQL lives in the store.rs of its slice", all_sources().iter().flat_map(sql_out_of_place));
}

#[test]
fn sql_out_of_place_is_found() {
    let refused = [
        "unit.sql(TEXT)",
        "let a = \"select id from accounts\";",
        "let a = r\"\n   insert into accounts (id) values ($1)\";",
        "let a = \"update accounts set a = 1\";",
        "let a = \"DELETE FROM accounts\";",
        "sqlx::query(TEXT)",
    ];
    for text in refused {
        assert_eq!(sql_out_of_place(&Source::new("src/accounts/service.rs", text)).len(), 1, "{text}");
        for path in ["src/accounts/store.rs", "src/platform/store/unit.rs"] {
            assert!(sql_out_of_place(&Source::new(path, text)).is_empty(), "{path}: {text}");
        }
    }
    let allowed = "// unit.sql(\nlet a = [\"Select a site\", \"update the address\", \"select\"];\n#[cfg(test)]\nmod tests { fn f() { unit.sql() } }";
    assert!(sql_out_of_place(&Source::new("src/accounts/service.rs", allowed)).is_empty());
}

fn fetching_service(source: &Source) -> Option<String> {
    let is_service = source.path.file_name().is_some_and(|name| name == "service.rs");
    let (line, _) = source.tokens().into_iter().find(|(_, word)| is_service && *word == "fetch")?;
    Some(format!("{}:{line}: no network inside a unit of work; leave it to a job", source.path.display()))
}

#[test]
fn services_do_not_call_out() {
    assert_none("a use case does not wait for the network", all_sources().iter().filter_map(fetching_service));
}

#[test]
fn a_service_that_calls_out_is_found() {
    let text = "use crate::platform::{fetch, store::Unit};";
    assert!(fetching_service(&Source::new("src/sites/resync/service.rs", text)).is_some());
    assert!(fetching_service(&Source::new("src/sites/resync/job.rs", text)).is_none());
    assert!(
        fetching_service(&Source::new("src/sites/service.rs", "/// Never fetch here.\nfn prefetch() {}")).is_none()
    );
}

/// Statements that would give an account another user ID, and every `insert` of one but the first.
fn username_written(sources: &[Source]) -> Vec<String> {
    let mut inserts = Vec::new();
    let mut complaints = Vec::new();
    for source in sources {
        for (line, text) in source.literals.iter().filter(|(line, _)| !source.is_test(*line)) {
            let place = format!("{}:{line}", source.path.display());
            let words = text.to_lowercase().replace(['=', ',', '(', ')', '"'], " ");
            let words: Vec<&str> = words.split_whitespace().collect();
            let named = |words: &[&str]| words.iter().any(|word| word.trim_start_matches("excluded.") == "username");
            if words.first() == Some(&"insert") && named(&words) {
                inserts.push(place.clone());
            }
            let has_update = words.contains(&"update");
            let assigned = words.iter().skip_while(|word| **word != "set").take_while(|word| !ends_set(word));
            if has_update && named(&assigned.copied().collect::<Vec<_>>()) {
                complaints.push(format!("{place}: a user ID never changes"));
            }
        }
    }
    complaints.extend(inserts.into_iter().skip(1).map(|place| format!("{place}: a second statement makes user IDs")));
    complaints
}

/// Whether `word` ends the list of assignments of an `update`.
fn ends_set(word: &str) -> bool {
    matches!(word, "where" | "from" | "returning")
}

#[test]
fn a_username_is_written_once() {
    assert_none("a user ID is given at sign-up and never changes", username_written(&all_sources()));
}

#[test]
fn a_username_that_is_written_again_is_found() {
    let store = |text: &str| Source::new("src/accounts/store.rs", &format!("unit.sql(\"{text}\")"));
    let refused = [
        "update accounts set username = $2 where id = $1",
        "update accounts set email=$1,username=$2",
        "insert into a (id) values ($1) on conflict (id) do update set username = excluded.username",
    ];
    for text in refused {
        assert_eq!(username_written(&[store(text)]).len(), 1, "{text}");
    }
    let insert = || store("insert into accounts (id, username) values ($1, $2)");
    assert!(username_written(&[insert(), store("update accounts set email = $1 where username = $2")]).is_empty());
    assert_eq!(username_written(&[insert(), insert()]).len(), 1);
}

/// Whether the file belongs to the part of the program that computes and never waits.
fn is_pure(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    path.starts_with("src/kernel") || path.starts_with("src/protocol") || matches!(name, Some("rules.rs" | "model.rs"))
}

fn waiting(source: &Source) -> Option<String> {
    let (line, _) = source
        .tokens()
        .into_iter()
        .find(|(line, word)| is_pure(&source.path) && matches!(*word, "async" | "await") && !source.is_test(*line))?;
    Some(format!("{}:{line}: kernel, protocol, rules and models do not wait", source.path.display()))
}

#[test]
fn pure_files_do_not_wait() {
    assert_none("what is pure is tested without a runtime", all_sources().iter().filter_map(waiting));
}

#[test]
fn a_pure_file_that_waits_is_found() {
    for path in ["src/kernel/time.rs", "src/protocol/jose/jwk.rs", "src/organizations/rules.rs", "src/sites/model.rs"] {
        assert!(waiting(&Source::new(path, "async fn f() {}")).is_some(), "{path}");
    }
    assert!(waiting(&Source::new("src/sites/service.rs", "async fn f() {}")).is_none());
    assert!(waiting(&Source::new("src/kernel/time.rs", "#[cfg(test)]\nmod tests { async fn f() {} }")).is_none());
}

/// Paths that exist on one machine only, and hosts that one machine asks for packages.
fn machine_path(path: &Path, text: &str) -> Option<String> {
    let roots = ["root", "home", "Users", "work", "workspace"].map(|name| format!("/{name}/"));
    let is_rooted = |line: &str, root: &str| {
        line.match_indices(root)
            .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-~}/".contains(c)))
    };
    let is_lock = path.file_name().is_some_and(|name| name == "package-lock.json");
    let (number, line) = (1..).zip(text.lines()).find(|(_, line)| {
        roots.iter().any(|root| is_rooted(line, root)) || is_lock && line.trim_start().starts_with("\"resolved\"")
    })?;
    Some(format!("{}:{number}: {}", path.display(), line.trim()))
}

#[test]
fn nothing_names_a_machine() {
    let folders = ["src", "sites", "tests", "templates", "migrations", "docs", "conformance", "keys", ".ci"];
    // In a second working tree, `.git` is a file that says where the first one is.
    let top = fs::read_dir(".").unwrap().map(|entry| entry.unwrap().path());
    let top = top.filter(|path| path.is_file() && !path.ends_with(".git"));
    let paths = folders.iter().flat_map(|folder| files(Path::new(folder))).chain(top);
    // What is not text has no lines to judge; what a package manager put there is not ours.
    let ours = paths.filter(|path| {
        !path.components().any(|part| matches!(part.as_os_str().to_str(), Some("node_modules" | "target" | "data")))
    });
    let complaints = ours.filter_map(|path| machine_path(&path, &fs::read_to_string(&path).ok()?));
    assert_none("nothing in the repository names a machine", complaints);
}

#[test]
fn a_machine_path_is_found() {
    for root in ["root", "home", "Users"] {
        let text = format!("# run it\ncd \"/{root}/dana/connex\"\n");
        assert!(machine_path(Path::new("docs/a.md"), &text).is_some(), "{text}");
    }
    let lock = "  \"resolved\": \"https://registry.example/a.tgz\",";
    assert!(machine_path(Path::new("conformance/package-lock.json"), lock).is_some());
    assert!(
        machine_path(Path::new("docs/a.md"), "see docs/home/a.md, https://example.com/home/ and $ROOT/work/").is_none()
    );
}
