//! `connex keys …`: the keys that tokens are signed with.

use clap::ValueEnum;

use super::{CliError, Context, Exit};
use crate::audit::Actor;
use crate::protocol::jose::SigningAlgorithm;
use crate::signing::{self, KeyError};

/// The words after `connex keys`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the keys.
    #[command(after_help = "Examples:\n  connex keys list\n  connex keys list --json")]
    List(List),
    /// Let the next key sign, and publish a new next one. A running server follows within seconds.
    #[command(after_help = "Examples:\n  connex keys rotate\n  connex keys rotate --algorithm RS256 --now")]
    Rotate(Rotate),
    /// Take a key that no longer signs out of the published set: what it signed is believed no more.
    #[command(
        after_help = "Examples:\n  connex keys retire 3vLwNqX0bDkZVxUT1m8b9eFJ2uRr7sQ4y6cPaKdHgTo\n  connex keys retire 3vLwNqX0bDkZVxUT1m8b9eFJ2uRr7sQ4y6cPaKdHgTo --json"
    )]
    Retire(Retire),
}

/// The words after `connex keys list`.
#[derive(Debug, clap::Args)]
pub struct List {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The words after `connex keys rotate`.
#[derive(Debug, clap::Args)]
pub struct Rotate {
    /// Only the key of this algorithm [default: all].
    #[arg(long)]
    algorithm: Option<Algorithm>,
    /// Also when sites may not have fetched the next key yet, as after a theft.
    #[arg(long)]
    now: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The words after `connex keys retire`.
#[derive(Debug, clap::Args)]
pub struct Retire {
    /// The kid of the key.
    #[arg(value_name = "KID", allow_hyphen_values = true)]
    kid: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The algorithms that ConneX signs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Algorithm {
    /// ECDSA on P-256.
    #[value(name = "ES256")]
    Es256,
    /// RSA with PKCS #1.
    #[value(name = "RS256")]
    Rs256,
}

impl From<Algorithm> for SigningAlgorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Es256 => Self::Es256,
            Algorithm::Rs256 => Self::Rs256,
        }
    }
}

/// Does what the words say.
///
/// # Errors
/// Why it was not done.
pub async fn run(context: &mut Context, command: Command) -> Result<Exit, CliError> {
    match command {
        Command::List(words) => list(context, words.json).await,
        Command::Rotate(words) => rotate(context, &words).await,
        Command::Retire(words) => retire(context, words).await,
    }
}

async fn list(context: &mut Context, json: bool) -> Result<Exit, CliError> {
    let keys = signing::list(&mut context.db.read().await?).await?;
    if json {
        context.terminal.json(&keys)?;
    } else if keys.is_empty() {
        context.terminal.say("There are no keys yet. The first start of `connex serve` makes them.")?;
    } else {
        let rows: Vec<_> = keys
            .into_iter()
            .map(|key| {
                let since = key.retired_at.or(key.activated_at).unwrap_or(key.created_at);
                [key.kid, key.algorithm.to_owned(), key.state.as_str().to_owned(), since.to_string()]
            })
            .collect();
        context.terminal.table(["KID", "ALGORITHM", "STATE", "SINCE"], &rows)?;
    }
    Ok(Exit::Done)
}

async fn rotate(context: &mut Context, words: &Rotate) -> Result<Exit, CliError> {
    let sealing = context.sealing_key()?;
    let algorithms = words.algorithm.map_or_else(|| Algorithm::value_variants().to_vec(), |one| vec![one]);
    let mut signing_now = serde_json::Map::new();
    for algorithm in algorithms.into_iter().map(SigningAlgorithm::from) {
        let rotated = signing::rotate(&context.db, &sealing, algorithm, words.now, &Actor::Operator).await;
        let kid = rotated.map_err(|error| match error {
            KeyError::TooSoon(_) => CliError::refused(format!("{error} with --now")),
            other => other.into(),
        })?;
        if !words.json {
            context.terminal.say(format_args!("{} signs with {kid}", algorithm.as_str()))?;
        }
        signing_now.insert(algorithm.as_str().to_owned(), kid.into());
    }
    if words.json {
        context.terminal.json(&signing_now)?;
    }
    Ok(Exit::Done)
}

async fn retire(context: &mut Context, words: Retire) -> Result<Exit, CliError> {
    signing::retire(&context.db, &words.kid, &Actor::Operator).await?;
    if words.json {
        context.terminal.json(&serde_json::json!({ "kid": words.kid, "state": "removed" }))?;
    } else {
        context.terminal.say(format_args!("{} is published no more.", words.kid))?;
    }
    Ok(Exit::Done)
}
