//! `connex operator …`: who may use the operator's pages.

use serde::Serialize;

use super::{CliError, Context, Exit, user};
use crate::audit::Actor;
use crate::kernel::{EmailAddress, Timestamp};
use crate::operator::role;

/// The words after `connex operator`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Print a link by which the person with this address becomes an operator. It works once, for an hour.
    #[command(
        after_help = "Examples:\n  connex operator invite omar@connex.example\n  connex operator invite omar@connex.example --json"
    )]
    Invite(Invite),
    /// List the operators.
    #[command(after_help = "Examples:\n  connex operator list\n  connex operator list --json")]
    List(List),
    /// End the role of an operator, at once.
    #[command(
        after_help = "Examples:\n  connex operator remove omar@connex.example\n  connex operator remove omar --json"
    )]
    Remove(Remove),
}

/// The words after `connex operator invite`.
#[derive(Debug, clap::Args)]
pub struct Invite {
    /// The address of the person, who needs an account with it.
    email: EmailAddress,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The words after `connex operator list`.
#[derive(Debug, clap::Args)]
pub struct List {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The words after `connex operator remove`.
#[derive(Debug, clap::Args)]
pub struct Remove {
    /// The user ID or email address of the operator.
    user: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Does what the words say.
///
/// # Errors
/// Why it was not done.
pub async fn run(context: &mut Context, command: Command) -> Result<Exit, CliError> {
    match command {
        Command::Invite(words) => invite(context, &words).await,
        Command::List(words) => list(context, words.json).await,
        Command::Remove(words) => remove(context, &words).await,
    }
}

/// What `connex operator invite` prints.
#[derive(Serialize)]
struct Invited {
    email: EmailAddress,
    link: String,
    expires_at: Timestamp,
}

async fn invite(context: &mut Context, words: &Invite) -> Result<Exit, CliError> {
    let mut unit = context.db.write().await?;
    let invited = role::invite(&mut unit, &Actor::Operator, &words.email).await?;
    unit.commit().await?;
    let link = format!("{}/ops/join/{}", context.config.issuer, invited.token.reveal());
    let expires_at = invited.expires_at;
    if words.json {
        context.terminal.json(&Invited { email: words.email.clone(), link, expires_at })?;
    } else {
        context.terminal.say(link)?;
        context.terminal.remark(format_args!(
            "The link works once, until {expires_at}, for whoever is signed in with {} and confirms the password.",
            words.email
        ));
    }
    Ok(Exit::Done)
}

async fn list(context: &mut Context, json: bool) -> Result<Exit, CliError> {
    let operators = role::list(&mut context.db.read().await?).await?;
    if json {
        context.terminal.json(&operators)?;
    } else if operators.is_empty() {
        context.terminal.say("There are no operators yet. Invite one with `connex operator invite EMAIL`.")?;
    } else {
        let rows: Vec<_> =
            operators.iter().map(|it| [it.username.clone(), it.email.clone(), it.since.to_string()]).collect();
        context.terminal.table(["USER ID", "EMAIL", "SINCE"], &rows)?;
    }
    Ok(Exit::Done)
}

/// What `connex operator remove` prints.
#[derive(Serialize)]
struct Removed {
    account_id: String,
    username: String,
}

async fn remove(context: &mut Context, words: &Remove) -> Result<Exit, CliError> {
    let mut unit = context.db.write().await?;
    let account = user::find(&mut unit, &words.user).await?;
    if !role::remove(&mut unit, &Actor::Operator, account.id()).await? {
        return Err(CliError::refused(format!("{:?} is no operator; `connex operator list` shows them", words.user)));
    }
    unit.commit().await?;
    let (account_id, username) = (account.id().to_string(), account.username().to_string());
    if words.json {
        context.terminal.json(&Removed { account_id, username })?;
    } else {
        context.terminal.say(format_args!("{username} is an operator no more."))?;
    }
    Ok(Exit::Done)
}
