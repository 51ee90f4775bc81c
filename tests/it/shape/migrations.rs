//! Migrations: append-only, and in the part of SQL that both engines share.

use std::{fs, path::Path};

use sha2::{Digest, Sha256};

use super::assert_none;
use crate::support::source::files;

/// A line of `migrations/SHA256SUMS`: 64 hexadecimal digits, two spaces, the name of the file.
fn sum_line(name: &str, text: &[u8]) -> String {
    let digits: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digits}  {name}")
}

/// What differs between the files and the list of their sums.
fn edited(migrations: &[(String, Vec<u8>)], sums: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    for (name, text) in migrations {
        let line = sum_line(name, text);
        match sums.lines().find(|line| line.split_whitespace().nth(1) == Some(name)) {
            Some(known) if known == line => {}
            Some(_) => complaints.push(format!(
                "{name} was edited. A migration that any database has applied is never edited; write a new one"
            )),
            None => complaints.push(format!("{name} is not listed. Add this line to migrations/SHA256SUMS:\n{line}")),
        }
    }
    let is_there = |line: &&str| migrations.iter().any(|(name, _)| line.split_whitespace().nth(1) == Some(name));
    complaints.extend(sums.lines().filter(|line| !is_there(line)).map(|line| format!("this file is gone: {line}")));
    complaints
}

/// The migrations, in order.
fn migrations() -> Vec<(String, Vec<u8>)> {
    let paths = files(Path::new("migrations")).into_iter();
    let scripts = paths.filter(|path| path.extension().is_some_and(|kind| kind == "sql"));
    scripts.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap())).collect()
}

#[test]
fn no_migration_was_edited() {
    let sums = fs::read_to_string("migrations/SHA256SUMS").unwrap();
    assert_none("migrations are append-only", edited(&migrations(), &sums));
}

#[test]
fn an_edited_migration_is_found() {
    let one = ("0001_accounts.sql".to_owned(), b"create table accounts (id uuid primary key);".to_vec());
    let sums = sum_line(&one.0, &one.1);
    assert_eq!(sums.len(), 64 + 2 + one.0.len());
    assert!(edited(std::slice::from_ref(&one), &sums).is_empty());
    let changed = (one.0.clone(), b"create table accounts (id text primary key);".to_vec());
    assert_eq!(edited(&[changed], &sums).len(), 1);
    let new = ("0002_sessions.sql".to_owned(), b"".to_vec());
    assert!(edited(&[one, new], &sums)[0].contains(" is not listed"));
    assert!(edited(&[], &sums)[0].contains("is gone"));
}

/// Words of a migration, comments and texts left out, lower case.
fn words(sql: &str) -> Vec<String> {
    let code: String =
        sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let outside: String = code.split('\'').step_by(2).collect::<Vec<_>>().join(" ");
    let split = outside.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    split.map(str::to_lowercase).collect()
}

/// Types and features that only one of the engines knows, or that the two read differently.
const FOREIGN: &[&str] = &[
    "array",
    "autoincrement",
    "blob",
    "char",
    "date",
    "datetime",
    "decimal",
    "double",
    "enum",
    "float",
    "identity",
    "inet",
    "int",
    "integer",
    "interval",
    "json",
    "jsonb",
    "now",
    "numeric",
    "real",
    "schema",
    "serial",
    "bigserial",
    "smallint",
    "strict",
    "time",
    "timestamp",
    "timestamptz",
    "trigger",
    "varchar",
    "without",
];

fn foreign(name: &str, sql: &str) -> Vec<String> {
    let found = words(sql).into_iter().filter(|word| FOREIGN.contains(&word.as_str()));
    found
        .map(|word| format!("{name}: `{word}` is not understood alike by both engines; see migrations/README.md"))
        .collect()
}

#[test]
fn migrations_speak_to_both_engines() {
    let texts = migrations().into_iter().map(|(name, text)| (name, String::from_utf8(text).unwrap()));
    assert_none("one text for both engines", texts.flat_map(|(name, text)| foreign(&name, &text)));
}

#[test]
fn a_word_of_one_engine_is_found() {
    let refused = ["a timestamptz", "A INTEGER not null", "a text default now()", "a jsonb", "a varchar(20)"];
    for column in refused {
        assert_eq!(foreign("0001_a.sql", &format!("create table a ({column});")).len(), 1, "{column}");
    }
    let allowed = "-- a date is a bigint\ncreate table a (id uuid primary key, created_at bigint not null, kind text check (kind in ('date', 'time')));";
    assert!(foreign("0001_a.sql", allowed).is_empty());
}
