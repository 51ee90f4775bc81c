//! `connex config …`.

use std::path::Path;

use super::environment;
use crate::operator::cli::{CliError, Exit, Terminal};
use crate::platform::config::{Config, explain};

/// The words after `connex config`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Say what is wrong with the configuration, each with line, key and cure. Status 1 when something is.
    #[command(
        after_help = "Examples:\n  connex config check\n  connex config check --config /etc/connex/connex.toml --json"
    )]
    Check(Check),
    /// Explain a key: what it means, its default, its range, its environment variable, an example.
    #[command(
        after_help = "Examples:\n  connex config explain tokens.code_seconds\n  connex config explain CONNEX_HTTP_LISTEN --json"
    )]
    Explain(Explain),
}

/// The words after `connex config check`.
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The words after `connex config explain`.
#[derive(Debug, clap::Args)]
pub(super) struct Explain {
    /// The key, such as tokens.code_seconds, or its environment variable.
    key: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(terminal: &mut Terminal, file: &Path, command: &Command) -> Result<Exit, CliError> {
    match command {
        Command::Check(words) => check(terminal, file, words.json),
        Command::Explain(words) => {
            let explanation = explain(&words.key).map_err(|error| CliError::Usage(error.to_string()))?;
            match words.json {
                true => terminal.json(&explanation)?,
                false => terminal.say(&explanation)?,
            }
            Ok(Exit::Done)
        }
    }
}

fn check(terminal: &mut Terminal, file: &Path, json: bool) -> Result<Exit, CliError> {
    let problems = Config::load(Some(file), &environment()).err();
    match (&problems, json) {
        (_, true) => terminal.json(&problems.iter().flat_map(|problems| problems.iter()).collect::<Vec<_>>())?,
        (Some(problems), false) => terminal.say(problems)?,
        (None, false) => terminal.say(format_args!("{} is good.", file.display()))?,
    }
    Ok(if problems.is_some() { Exit::Problems } else { Exit::Done })
}
