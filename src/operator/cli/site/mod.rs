//! `connex site …`: the sites of agencies.

mod add;
mod edit;
mod probe;

pub use add::Add;
pub(super) use probe::registration;

use super::{CliError, Context, Exit};
use crate::audit::Actor;
use crate::oidc::clients;
use crate::platform::store::Sql;
use crate::sites::{self, Site};

/// The words after `connex site`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Register a site, and print what it has to be told.
    #[command(after_help = add::EXAMPLES)]
    Add(Add),
    /// List the sites.
    #[command(after_help = "Examples:\n  connex site list\n  connex site list --json")]
    List(List),
    /// Show a site: what is registered, how it is doing, and its configuration to copy.
    #[command(
        after_help = "Examples:\n  connex site show 'Birch County Permits'\n  connex site show 'Birch County Permits' --json"
    )]
    Show(One),
    /// Change name, addresses and rules of a site. What is left out stays.
    #[command(after_help = edit::EXAMPLES)]
    Edit(edit::Edit),
    /// Send nothing to a site until it may go on.
    #[command(
        after_help = "Examples:\n  connex site pause 'Birch County Permits'\n  connex site pause 'Birch County Permits' --json"
    )]
    Pause(One),
    /// Let a site go on that was paused, by somebody or because too much differed.
    #[command(
        after_help = "Examples:\n  connex site resume 'Birch County Permits'\n  connex site resume 'Birch County Permits' --json"
    )]
    Resume(One),
    /// Compare what a site holds with what it should, as soon as a worker is free.
    #[command(
        after_help = "Examples:\n  connex site compare 'Birch County Permits'\n  connex site compare 'Birch County Permits' --json"
    )]
    Compare(One),
    /// Give a site a new secret; the one before stays good for seven days.
    #[command(
        after_help = "Examples:\n  connex site rotate-secret 'Birch County Permits'\n  connex site rotate-secret 'Birch County Permits' --json"
    )]
    RotateSecret(One),
    /// Remove a site: nobody can sign in there through ConneX any more.
    #[command(
        after_help = "Examples:\n  connex site remove 'Birch County Permits'\n  connex site remove 'Birch County Permits' --json"
    )]
    Remove(One),
    /// Try what can be tried of a site from here.
    #[command(
        after_help = "Examples:\n  connex site test 'Birch County Permits'\n  connex site test 'Birch County Permits' --json"
    )]
    Test(One),
}

/// The words after `connex site list`.
#[derive(Debug, clap::Args)]
pub struct List {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The words of a command about one site.
#[derive(Debug, clap::Args)]
pub struct One {
    /// The site's id or name.
    #[arg(value_name = "ID")]
    site: String,
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
        Command::Add(words) => add::run(context, words).await,
        Command::List(List { json }) => list(context, json).await,
        Command::Show(one) => edit::show(context, &one).await,
        Command::Edit(words) => edit::edit(context, words).await,
        Command::Pause(one) => edit::act(context, &one, edit::Act::Pause).await,
        Command::Resume(one) => edit::act(context, &one, edit::Act::Resume).await,
        Command::Compare(one) => edit::act(context, &one, edit::Act::Compare).await,
        Command::RotateSecret(one) => rotate_secret(context, one).await,
        Command::Remove(one) => remove(context, one).await,
        Command::Test(one) => probe::run(context, one).await,
    }
}

/// The site with this id or, in whatever case, this name.
pub(super) async fn find(on: &mut impl Sql, id_or_name: &str) -> Result<Site, CliError> {
    let wanted = id_or_name.trim().to_lowercase();
    let mut found = sites::list(on).await?;
    found.retain(|site| site.id.to_string() == wanted || site.name.folded() == wanted);
    match found.as_slice() {
        [site] => Ok(site.clone()),
        [] => Err(CliError::refused(format!("there is no site {id_or_name:?}; `connex site list` shows them"))),
        several => {
            let ids: Vec<String> = several.iter().map(|site| format!("{} ({})", site.id, site.url)).collect();
            let why = format!("{} sites are called {id_or_name:?}; name one by its id: {}", ids.len(), ids.join(", "));
            Err(CliError::refused(why))
        }
    }
}

async fn list(context: &mut Context, json: bool) -> Result<Exit, CliError> {
    let sites = sites::list(&mut context.db.read().await?).await?;
    if json {
        context.terminal.json(&sites)?;
    } else if sites.is_empty() {
        context.terminal.say("There are no sites yet. Register one with `connex site add`.")?;
    } else {
        let rows: Vec<_> = sites
            .iter()
            .map(|site| [site.id.to_string(), site.kind.shown().into(), site.name.to_string(), site.url.to_string()])
            .collect();
        context.terminal.table(["ID", "KIND", "NAME", "URL"], &rows)?;
    }
    Ok(Exit::Done)
}

/// What `connex site rotate-secret` prints.
#[derive(serde::Serialize)]
struct NewSecret {
    client_id: String,
    client_secret: String,
}

async fn rotate_secret(context: &mut Context, one: One) -> Result<Exit, CliError> {
    let mut unit = context.db.write().await?;
    let site = find(&mut unit, &one.site).await?;
    let Some(client_id) = clients::ids_of_site(&mut unit, site.id).await?.into_iter().next() else {
        return Err(CliError::refused("that site has no registration; remove it and add it again"));
    };
    let client_secret = clients::rotate_secret(&mut unit, &Actor::Operator, &client_id).await?;
    unit.commit().await?;
    if one.json {
        context.terminal.json(&NewSecret { client_id, client_secret })?;
    } else {
        context.terminal.say(format_args!("CONNEX_CLIENT_ID={client_id}\nCONNEX_CLIENT_SECRET={client_secret}"))?;
        context.terminal.remark("The secret is shown once. The one before stays good for seven days.");
    }
    Ok(Exit::Done)
}

async fn remove(context: &mut Context, one: One) -> Result<Exit, CliError> {
    let mut unit = context.db.write().await?;
    let site = find(&mut unit, &one.site).await?;
    sites::remove(&mut unit, &Actor::Operator, site.id).await?;
    clients::disable_of_site(&mut unit, site.id).await?;
    unit.commit().await?;
    if one.json {
        context.terminal.json(&site)?;
    } else {
        context.terminal.say(format_args!("{} is removed. Nobody can sign in there through ConneX.", site.name))?;
    }
    Ok(Exit::Done)
}
