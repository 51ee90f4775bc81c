//! The command line, as an operator uses it: processes, files, exit statuses.

mod demo;
mod installation;
mod integrating;
mod operators;
mod people;
mod registrations;
mod resync;
mod tour;
mod upkeep;

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Output,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{
    engine::{DatabaseHandle, Engine},
    process::connex,
};

/// A configuration in a folder of its own, on a database of its own.
struct Installation {
    folder: TempDir,
    database: DatabaseHandle,
    config: PathBuf,
    port: u16,
}

impl Installation {
    /// With all migrations.
    fn new(engine: Engine) -> Self {
        let installation = Self::bare(engine);
        installation.run(&["migrate"], "");
        installation
    }

    /// Without any.
    fn bare(engine: Engine) -> Self {
        let (folder, database, port) = (tempfile::tempdir().unwrap(), engine.fresh(), free_ports(1));
        let config = folder.path().join("connex.toml");
        let text = format!(
            "issuer = \"http://127.0.0.1:{port}\"\n[http]\nlisten = \"127.0.0.1:{port}\"\n\
             [database]\nurl = \"{}\"\n[outbound]\nallow_private_addresses = true\n",
            database.url()
        );
        std::fs::write(&config, text).unwrap();
        Self { folder, database, config, port }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn write(&self, file: &str, text: &str) -> String {
        let path = self.path(file);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Runs a command that has to succeed, and returns what it printed.
    fn run(&self, arguments: &[&str], stdin: &str) -> String {
        let output = connex(&self.config, arguments, stdin);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", stderr(&output));
        stdout(&output)
    }

    /// The same with `--json`.
    fn json(&self, arguments: &[&str], stdin: &str) -> Value {
        let text = self.run(&[arguments, &["--json"]].concat(), stdin);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{text}"))
    }

    /// Runs a command that has to fail with `status`, and returns all that it printed.
    fn fails(&self, status: i32, arguments: &[&str], stdin: &str) -> String {
        fails(&self.config, status, arguments, stdin)
    }

    /// Opens an account without a password.
    fn add_user(&self, username: &str) -> Value {
        let email = format!("{username}@northline.example");
        let names = ["--given-name", "Dana", "--family-name", "Whitfield"];
        self.json(&[&["user", "add", "--username", username, "--email", &email], names.as_slice()].concat(), "")
    }
}

fn fails(config: &Path, status: i32, arguments: &[&str], stdin: &str) -> String {
    let output = connex(config, arguments, stdin);
    let said = stdout(&output) + &stderr(&output);
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {said}");
    said
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The first of `count` neighbouring ports that nobody has.
fn free_ports(count: u16) -> u16 {
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    (0..1000)
        .map(|_| 20_000 + rand::random::<u16>() % 40_000)
        .find(|first| (*first..*first + count).all(|port| is_free(&port)))
        .expect("free ports")
}
