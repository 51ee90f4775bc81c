//! `connex org …`: organizations, and what agencies say of them.

use clap::ValueEnum;
use serde::Serialize;

use super::{CliError, Context, Exit, org_resync, org_standing, org_word, place, user};
use crate::audit::Actor;
use crate::kernel::{AccountId, AddressLine, OrganizationName};
use crate::organizations::{self, Organization, Profile, Role, UsState};
use crate::platform::store::Sql;

/// The words after `connex org`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Found an organization.
    #[command(
        after_help = "Examples:\n  connex org add --name 'Northline Hauling LLC' --founder dana@northline.example\n  connex org add --name 'Lake & Sons' --founder lake@lake.example --city Aitkin --state MN --json"
    )]
    Add(Add),
    /// Show the organizations with an id or a name.
    #[command(
        after_help = "Examples:\n  connex org find 'Northline Hauling LLC'\n  connex org find 'Northline Hauling LLC' --json"
    )]
    Find(Find),
    /// Add a person to an organization.
    #[command(
        after_help = "Examples:\n  connex org add-user 'Northline Hauling LLC' --username ellen@northline.example --role administrator\n  connex org add-user 'Northline Hauling LLC' --username marcus@northline.example --role member --json"
    )]
    AddUser(AddUser),
    /// Approve an organization at a site: all its people, now and later.
    #[command(
        after_help = "Examples:\n  connex org approve 'Northline Hauling LLC' --site 'Birch County Permits'\n  connex org approve 'Northline Hauling LLC' --site 'Birch County Permits' --role hauler --role bidder --until 2027-12-31"
    )]
    Approve(org_word::Approve),
    /// End the approval of an organization at a site.
    #[command(
        after_help = "Examples:\n  connex org unapprove 'Northline Hauling LLC' --site 'Birch County Permits'\n  connex org unapprove 'Northline Hauling LLC' --site 'Birch County Permits' --json"
    )]
    Unapprove(org_word::Unapprove),
    /// Block an organization at a site: everybody of it is out, and it need not ask.
    #[command(
        after_help = "Examples:\n  connex org deny 'Northline Hauling LLC' --site 'Birch County Permits' --reason 'Bond expired'\n  connex org deny 'Northline Hauling LLC' --site 'Birch County Permits' --reason 'Bond expired' --json"
    )]
    Deny(org_word::Deny),
    /// Compare what a site holds of an organization, and have sent what differs. Status 1 when that wants a word first.
    #[command(
        after_help = "Examples:\n  connex org resync 'Northline Hauling LLC' --site 'Birch County Permits' --dry-run\n  connex org resync 'Northline Hauling LLC' --site 'Birch County Permits' --confirm --json"
    )]
    Resync(org_resync::Words),
    /// Suspend an organization, everywhere or at one site: everybody of it is out until that ends.
    #[command(
        after_help = "Examples:\n  connex org suspend 'Northline Hauling LLC'\n  connex org suspend 'Northline Hauling LLC' --site 'Birch County Permits' --reason 'Bond expired'"
    )]
    Suspend(org_standing::Suspend),
    /// End the suspension of an organization.
    #[command(
        after_help = "Examples:\n  connex org unsuspend 'Northline Hauling LLC'\n  connex org unsuspend org_01k0000000000000000000000n --json"
    )]
    Unsuspend(org_standing::One),
    /// Restore an organization that its founder deleted within the last 30 days.
    #[command(
        after_help = "Examples:\n  connex org restore 'Northline Hauling LLC'\n  connex org restore org_01k0000000000000000000000n --json"
    )]
    Restore(org_standing::One),
    /// Announce another founder: it happens in seven days, unless the founder stops it.
    #[command(
        after_help = "Examples:\n  connex org replace-founder 'Northline Hauling LLC' --to ellen@northline.example --reason 'Dana Whitfield has left the company'\n  connex org replace-founder org_01k0000000000000000000000n --to ellen --reason 'Letter of May 4' --json"
    )]
    ReplaceFounder(org_standing::ReplaceFounder),
}

/// The words after `connex org add`.
#[derive(Debug, clap::Args)]
pub struct Add {
    /// The name of the organization.
    #[arg(long)]
    name: OrganizationName,
    /// The user ID or email address of its founder.
    #[arg(long, value_name = "USER")]
    founder: String,
    /// The city where it is.
    #[arg(long)]
    city: Option<AddressLine>,
    /// The state, two letters.
    #[arg(long, value_parser = place::state)]
    state: Option<UsState>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The words after `connex org find`.
#[derive(Debug, clap::Args)]
pub struct Find {
    /// The id or the name of the organization.
    org: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The words after `connex org add-user`.
#[derive(Debug, clap::Args)]
pub struct AddUser {
    /// The id or the name of the organization.
    org: String,
    /// The user ID or email address of the person.
    #[arg(long, value_name = "USER")]
    username: String,
    /// What the person may do.
    #[arg(long)]
    role: GivenRole,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The roles that can be given. The founder is whoever founded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GivenRole {
    /// Adds and accepts people, changes the organization.
    Administrator,
    /// Belongs to it.
    Member,
}

impl From<GivenRole> for Role {
    fn from(role: GivenRole) -> Self {
        match role {
            GivenRole::Administrator => Self::Administrator,
            GivenRole::Member => Self::Member,
        }
    }
}

/// Does what the words say.
///
/// # Errors
/// Why it was not done.
pub async fn run(context: &mut Context, command: Command) -> Result<Exit, CliError> {
    match command {
        Command::Add(words) => add(context, words).await,
        Command::Find(words) => list(context, &words).await,
        Command::AddUser(words) => add_user(context, &words).await,
        Command::Approve(words) => org_word::approve(context, words).await,
        Command::Unapprove(words) => org_word::unapprove(context, words).await,
        Command::Deny(words) => org_word::deny(context, words).await,
        Command::Resync(words) => org_resync::run(context, words).await,
        Command::Suspend(words) => org_standing::suspend(context, words).await,
        Command::Unsuspend(words) => org_standing::set_suspended(context, &words, false).await,
        Command::Restore(words) => org_standing::restore(context, &words).await,
        Command::ReplaceFounder(words) => org_standing::replace_founder(context, &words).await,
    }
}

/// The one organization with this id or name.
pub(super) async fn find(on: &mut impl Sql, id_or_name: &str) -> Result<Organization, CliError> {
    let found = organizations::find(on, id_or_name).await?;
    match found.as_slice() {
        [organization] => Ok(organization.clone()),
        [] => Err(CliError::refused(format!("there is no organization {id_or_name:?}"))),
        several => {
            let shown: Vec<String> =
                several.iter().map(|found| format!("{} ({})", found.id, place_of(found))).collect();
            Err(CliError::refused(format!(
                "{} organizations are called {id_or_name:?}; name one by its id: {}",
                several.len(),
                shown.join(", ")
            )))
        }
    }
}

/// Where it is, as people write it.
fn place_of(organization: &Organization) -> String {
    let parts = [organization.city.as_deref(), organization.state.as_deref()];
    match parts.into_iter().flatten().collect::<Vec<_>>().join(", ") {
        place if place.is_empty() => "place unknown".to_owned(),
        place => place,
    }
}

async fn add(context: &mut Context, words: Add) -> Result<Exit, CliError> {
    let mut unit = context.db.write().await?;
    let founder = user::find(&mut unit, &words.founder).await?;
    let new = Profile { city: words.city, state: words.state, ..Profile::named(words.name) };
    let id = organizations::found(&mut unit, &Actor::Operator, new, founder.id()).await?;
    let organization = find(&mut unit, &id.to_string()).await?;
    unit.commit().await?;
    if words.json {
        context.terminal.json(&organization)?;
    } else {
        context.terminal.say(format_args!("{} is founded: {}", organization.name, organization.id))?;
    }
    Ok(Exit::Done)
}

async fn list(context: &mut Context, words: &Find) -> Result<Exit, CliError> {
    let found = organizations::find(&mut context.db.read().await?, &words.org).await?;
    if words.json {
        context.terminal.json(&found)?;
    } else if found.is_empty() {
        context.terminal.say(format_args!("There is no organization {:?}.", words.org))?;
    } else {
        let rows: Vec<_> = found.iter().map(|it| [it.id.to_string(), it.name.to_string(), place_of(it)]).collect();
        context.terminal.table(["ID", "NAME", "PLACE"], &rows)?;
    }
    Ok(if found.is_empty() { Exit::Problems } else { Exit::Done })
}

/// A membership, as `--json` prints it.
#[derive(Serialize)]
struct Membership {
    organization: Organization,
    account_id: AccountId,
    role: Role,
}

async fn add_user(context: &mut Context, words: &AddUser) -> Result<Exit, CliError> {
    let role = Role::from(words.role);
    let mut unit = context.db.write().await?;
    let organization = find(&mut unit, &words.org).await?;
    let account = user::find(&mut unit, &words.username).await?;
    organizations::add_user(&mut unit, &Actor::Operator, organization.id, account.id(), role).await?;
    let organization = find(&mut unit, &organization.id.to_string()).await?;
    unit.commit().await?;
    if words.json {
        context.terminal.json(&Membership { organization, account_id: account.id(), role })?;
    } else {
        let (person, name) = (account.full_name(), &organization.name);
        context.terminal.say(format_args!("{person} is {} of {name}.", with_article(role)))?;
    }
    Ok(Exit::Done)
}

const fn with_article(role: Role) -> &'static str {
    match role {
        Role::Founder => "the founder",
        Role::Administrator => "an administrator",
        Role::Member => "a member",
    }
}
