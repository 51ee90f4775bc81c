//! `connex client …`: clients from a file.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{CliError, Context, Exit, file};
use crate::audit::Actor;
use crate::oidc::clients::{self, NewClient, Registered};
use crate::protocol::oauth::client_metadata::ClientMetadata;

/// A shorter secret can be guessed (RFC 6749 §10.10, OIDC Core §16.19).
const LEAST_SECRET: usize = 32;

/// The words after `connex client`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Register clients from a file with their metadata (RFC 7591): one object, or an array of them.
    ///
    /// A client_id and a client_secret in the file are kept, so that a known client can be loaded.
    #[command(
        after_help = "Examples:\n  connex client add --from client.json\n  connex client add --from - --json < clients.json"
    )]
    Add(Add),
}

/// The words after `connex client add`.
#[derive(Debug, clap::Args)]
pub struct Add {
    /// The file; - is the standard input.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What the file may hold.
#[derive(Debug)]
enum Sent {
    One(Box<ClientMetadata>),
    Many(Vec<ClientMetadata>),
}

/// A registered client, as `--json` prints it (RFC 7591 §3.2.1).
#[derive(Debug, Serialize)]
struct Shown {
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    #[serde(flatten)]
    metadata: ClientMetadata,
}

impl From<Registered> for Shown {
    fn from(registered: Registered) -> Self {
        let metadata = ClientMetadata { client_id: None, client_secret: None, ..registered.metadata.into() };
        Self { client_id: registered.client_id, client_secret: registered.client_secret, metadata }
    }
}

/// Does what the words say.
///
/// # Errors
/// Why it was not done; then none of the clients was registered.
pub async fn run(context: &mut Context, command: Command) -> Result<Exit, CliError> {
    let Command::Add(words) = command;
    let (is_one, sent) = match read(context, &words.from)? {
        Sent::One(metadata) => (true, vec![*metadata]),
        Sent::Many(several) => (false, several),
    };
    let mut shown = Vec::new();
    let mut unit = context.db.write().await?;
    for (place, metadata) in (1..).zip(sent) {
        let new = NewClient { metadata, site: None };
        let registered = clients::register(&mut unit, &Actor::Operator, new).await;
        let which = if is_one { String::new() } else { format!(", client {place}") };
        shown.push(Shown::from(registered.map_err(|error| named(&words.from, &which, error))?));
    }
    unit.commit().await?;
    warn_of_short_secrets(context, &shown);
    print(context, is_one, words.json, &shown)
}

fn read(context: &mut Context, from: &Path) -> Result<Sent, CliError> {
    let (name, text) = match from.to_str() {
        Some("-") => ("the standard input".to_owned(), context.terminal.read_all()?),
        _ => (from.display().to_string(), file::read(from)?),
    };
    parse(&name, &text)
}

/// An array is told by its first character, so that a mistake inside keeps its line and column.
fn parse(name: &str, text: &str) -> Result<Sent, CliError> {
    match text.trim_start().starts_with('[') {
        true => file::parse_json(name, text).map(Sent::Many),
        false => file::parse_json(name, text).map(|one| Sent::One(Box::new(one))),
    }
}

fn named(file: &Path, which: &str, error: clients::ClientError) -> CliError {
    match CliError::from(error) {
        CliError::Refused(why) => CliError::Refused(format!("{}{which}: {why}", file.display())),
        other => other,
    }
}

fn warn_of_short_secrets(context: &mut Context, shown: &[Shown]) {
    for client in shown.iter().filter(|client| is_short(client.client_secret.as_deref())) {
        context.terminal.remark(format_args!(
            "warning: the secret of {} has fewer than {LEAST_SECRET} characters and can be guessed; use it in tests only",
            client.client_id
        ));
    }
}

fn is_short(secret: Option<&str>) -> bool {
    secret.is_some_and(|secret| secret.len() < LEAST_SECRET)
}

fn print(context: &mut Context, is_one: bool, json: bool, shown: &[Shown]) -> Result<Exit, CliError> {
    match (json, shown) {
        (true, [client]) if is_one => context.terminal.json(client)?,
        (true, several) => context.terminal.json(&several)?,
        (false, several) => {
            for client in several {
                context.terminal.say(format_args!("client_id={}", client.client_id))?;
                if let Some(secret) = &client.client_secret {
                    context.terminal.say(format_args!("client_secret={secret}"))?;
                }
            }
        }
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_one_client_or_several() {
        assert!(matches!(parse("f", r#" {"client_id":"a"}"#).unwrap(), Sent::One(_)));
        assert!(matches!(parse("f", "\n[{},{}]").unwrap(), Sent::Many(several) if several.len() == 2));
        let wrong = parse("f.json", "{\n\"redirect_uris\": 7}").unwrap_err().to_string();
        assert!(wrong.starts_with("f.json: ") && wrong.contains("line 2"), "{wrong}");
    }

    #[test]
    fn a_short_secret_is_noticed() {
        assert!(is_short(Some("x")) && !is_short(Some(&"x".repeat(32))) && !is_short(None));
    }
}
