//! `connex user …`: people's accounts.

use std::path::PathBuf;

use serde::Serialize;

use super::{CliError, Context, Exit, file};
use crate::accounts::{
    self, Account, SessionEnd,
    open::{self, NewAccount},
    sessions,
};
use crate::audit::Actor;
use crate::kernel::{AccountId, EmailAddress, Language, OrganizationId, OrganizationName, PersonName, Username};
use crate::organizations::{self, Place, Role};
use crate::platform::{
    hash::{Hasher, Params, Password, PasswordHash, PasswordRules},
    store::{Sql, Unit},
};
use crate::protocol::oidc::standard_claims::StandardClaims;

/// The words after `connex user`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Open an account.
    #[command(after_help = ADD_EXAMPLES)]
    Add(Add),
    /// Show the account of a user ID or email address.
    #[command(
        after_help = "Examples:\n  connex user find dana@northline.example\n  connex user find dana@northline.example --json"
    )]
    Find(One),
    /// Disable an account and sign its person out everywhere.
    #[command(
        after_help = "Examples:\n  connex user disable dana@northline.example\n  connex user disable dana@northline.example --json"
    )]
    Disable(One),
    /// Let a disabled account be used again.
    #[command(
        after_help = "Examples:\n  connex user enable dana@northline.example\n  connex user enable dana@northline.example --json"
    )]
    Enable(One),
    /// Sign a person out everywhere, at the sites too.
    #[command(
        after_help = "Examples:\n  connex user signout dana@northline.example\n  connex user signout dana@northline.example --json"
    )]
    Signout(One),
}

const ADD_EXAMPLES: &str = "\
Examples:
  connex user add --username dana --email dana@northline.example --given-name Dana --family-name Whitfield
  connex user add --username ellen --email ellen@northline.example --email-verified --given-name Ellen \
  --family-name Cho --password-stdin < password";

/// The words after `connex user add`.
#[derive(Debug, clap::Args)]
pub struct Add {
    /// The user ID, which never changes.
    #[arg(long)]
    username: Username,
    /// The address for mail.
    #[arg(long)]
    email: EmailAddress,
    /// The given name.
    #[arg(long)]
    given_name: PersonName,
    /// The family name.
    #[arg(long)]
    family_name: PersonName,
    /// You vouch that the person receives mail at the address.
    #[arg(long)]
    email_verified: bool,
    /// Read the password from the first line of the standard input. Without one nobody can sign in yet.
    #[arg(long)]
    password_stdin: bool,
    /// A JSON file with further standard claims of OpenID Connect. Names, user ID and address of the account win
    /// over those in it.
    #[arg(long, value_name = "FILE")]
    claims: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The words of a command about one person.
#[derive(Debug, clap::Args)]
pub struct One {
    /// The user ID, the email address, or the id of the account.
    #[arg(value_name = "USER")]
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
        Command::Add(words) => add(context, words).await,
        Command::Find(one) => show(context, &one).await,
        Command::Disable(one) => disable(context, one).await,
        Command::Enable(one) => enable(context, one).await,
        Command::Signout(one) => sign_out(context, one).await,
    }
}

/// The account of a user ID, an address or an id.
///
/// # Errors
/// When there is none.
pub(super) async fn find(on: &mut impl Sql, user: &str) -> Result<Account, CliError> {
    let found = match user.parse::<AccountId>() {
        Ok(id) => accounts::get(on, id).await?,
        Err(_) => accounts::find(on, user).await?,
    };
    found.ok_or_else(|| CliError::refused(format!("nobody has the user ID or email address {user:?}")))
}

async fn add(context: &mut Context, words: Add) -> Result<Exit, CliError> {
    let claims = words.claims.as_deref().map(file::read_json).transpose()?;
    let password_hash = if words.password_stdin { Some(hash(context, &words).await?) } else { None };
    let new = NewAccount {
        username: words.username,
        email: words.email,
        email_is_verified: words.email_verified,
        given_name: words.given_name,
        family_name: words.family_name,
        claims: further(claims.unwrap_or_default()),
        password_hash,
        language: Language::default(),
    };
    let mut unit = context.db.write().await?;
    let id = open::open(&mut unit, &Actor::Operator, new).await?;
    unit.commit().await?;
    show(context, &One { user: id.to_string(), json: words.json }).await
}

/// Reads and checks the password before any unit is open: hashing takes its time.
async fn hash(context: &mut Context, words: &Add) -> Result<PasswordHash, CliError> {
    let Some(typed) = context.terminal.read_line()? else {
        return Err(CliError::refused("there is no password on the standard input"));
    };
    let known = [
        words.given_name.as_str(),
        words.family_name.as_str(),
        words.username.as_str(),
        words.email.as_str(),
        context.config.branding.name.as_str(),
    ];
    let rules = PasswordRules { min_length: context.config.accounts.password_min_length, context: &known };
    let password = Password::choose(&typed, &rules).map_err(CliError::refused)?;
    let hasher = Hasher::start(&Params::default(), Some(1))?;
    let hash = hasher.hash(password, context.db.entropy().bytes()).await;
    Ok(hash.map_err(crate::kernel::Fault::from)?)
}

/// What the account says itself is not kept a second time.
fn further(claims: StandardClaims) -> StandardClaims {
    StandardClaims {
        name: None,
        given_name: None,
        family_name: None,
        preferred_username: None,
        email: None,
        email_verified: None,
        updated_at: None,
        ..claims
    }
}

async fn disable(context: &mut Context, one: One) -> Result<Exit, CliError> {
    let mut unit = context.db.write().await?;
    let account = find(&mut unit, &one.user).await?;
    let is_changed = accounts::disable(&mut unit, &Actor::Operator, account.id(), None).await?;
    settle(context, unit, is_changed, &account, one).await
}

async fn enable(context: &mut Context, one: One) -> Result<Exit, CliError> {
    let mut unit = context.db.write().await?;
    let account = find(&mut unit, &one.user).await?;
    let is_changed = accounts::enable(&mut unit, &Actor::Operator, account.id()).await?;
    settle(context, unit, is_changed, &account, one).await
}

/// Commits, and shows the account as it is now. To ask twice is not a mistake.
async fn settle(
    context: &mut Context,
    unit: Unit,
    is_changed: bool,
    account: &Account,
    one: One,
) -> Result<Exit, CliError> {
    unit.commit().await?;
    if !is_changed {
        context.terminal.remark(format_args!("Nothing was to be done: the account is {}.", account.status()));
    }
    show(context, &one).await
}

async fn sign_out(context: &mut Context, one: One) -> Result<Exit, CliError> {
    let mut unit = context.db.write().await?;
    let account = find(&mut unit, &one.user).await?;
    let ended = sessions::end_all(&mut unit, &Actor::Operator, account.id(), SessionEnd::ByOperator).await?;
    unit.commit().await?;
    if one.json {
        context.terminal.json(&serde_json::json!({ "account_id": account.id(), "ended_session_count": ended }))?;
    } else {
        let which = if ended == 1 { "session was" } else { "sessions were" };
        context.terminal.say(format_args!("{ended} {which} ended. The sites of the sessions are told."))?;
    }
    Ok(Exit::Done)
}

/// An account, as `--json` prints it.
#[derive(Serialize)]
struct Shown<'a> {
    account_id: AccountId,
    sub: &'a str,
    username: &'a Username,
    email: &'a EmailAddress,
    email_verified: bool,
    given_name: &'a PersonName,
    family_name: &'a PersonName,
    status: &'a str,
    organization: Option<ShownPlace>,
}

/// The organization of a person, as `--json` prints it.
#[derive(Serialize)]
struct ShownPlace {
    id: OrganizationId,
    name: OrganizationName,
    role: Role,
}

impl From<Place> for ShownPlace {
    fn from(place: Place) -> Self {
        Self { id: place.organization, name: place.name, role: place.role }
    }
}

async fn show(context: &mut Context, one: &One) -> Result<Exit, CliError> {
    let mut reader = context.db.read().await?;
    let account = find(&mut reader, &one.user).await?;
    let place = organizations::place_of(&mut reader, account.id()).await?;
    let shown = Shown {
        account_id: account.id(),
        sub: account.subject(),
        username: account.username(),
        email: account.email(),
        email_verified: account.verified_email().is_some(),
        given_name: account.given_name(),
        family_name: account.family_name(),
        status: account.status(),
        organization: place.map(ShownPlace::from),
    };
    if one.json {
        context.terminal.json(&shown)?;
        return Ok(Exit::Done);
    }
    let proven = if shown.email_verified { "verified" } else { "not verified" };
    let terminal = &mut context.terminal;
    terminal.say(format_args!("{}  {}", shown.account_id, account.full_name()))?;
    terminal.say(format_args!("  user ID       {}", shown.username))?;
    terminal.say(format_args!("  email         {} ({proven})", shown.email))?;
    terminal.say(format_args!("  sub           {}", shown.sub))?;
    terminal.say(format_args!("  status        {}", shown.status))?;
    if let Some(place) = &shown.organization {
        terminal.say(format_args!("  organization  {} ({}), {}", place.name, place.id, place.role.as_str()))?;
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_wins_over_the_file() {
        let file =
            r#"{"name":"Somebody Else","email":"x@y.example","email_verified":true,"updated_at":1,"nickname":"Dee"}"#;
        let claims = further(serde_json::from_str(file).unwrap());
        assert_eq!(serde_json::to_string(&claims).unwrap(), r#"{"nickname":"Dee"}"#);
    }
}
