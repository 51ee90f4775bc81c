//! The command line: what was typed, taken apart and handed to whoever does it.

mod config;
mod doctor;
mod help;
mod init;
mod log;
mod migrate;
mod serve;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser;

use super::{App, StartError, Surroundings, demo, open_migrated, sealing_key};
use crate::kernel::Doing;
use crate::operator::cli::{
    self, CliError, Context, Exit, OpeningCourier, Terminal, audit, client, events, keys, operator, org, rp_check,
    site, sync, user,
};
use crate::platform::{config::Config, store::Db};

/// What was typed after `connex`.
#[derive(Debug, Parser)]
#[command(name = "connex", version, about = help::ABOUT, override_help = help::WHOLE, disable_help_subcommand = true)]
struct Line {
    /// The file with the configuration.
    #[arg(long, global = true, env = "CONNEX_CONFIG", default_value = "connex.toml", value_name = "FILE")]
    config: PathBuf,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Start everything on this machine: ConneX, six sample sites, sample people. No configuration is needed.
    #[command(
        after_help = "Examples:\n  connex demo\n  connex demo --listen 127.0.0.1:8100 --data /tmp/connex-demo --reset"
    )]
    Demo(demo::Demo),
    /// Ask five questions and write a commented connex.toml.
    #[command(after_help = "Examples:\n  connex init\n  connex init --config /etc/connex/connex.toml")]
    Init,
    /// Run the server until it is told to stop (SIGTERM or Ctrl-C).
    #[command(
        after_help = "Examples:\n  connex serve\n  CONNEX_LOG=debug connex serve --config /etc/connex/connex.toml"
    )]
    Serve,
    /// Bring the schema of the database up to date.
    #[command(after_help = "Examples:\n  connex migrate --plan\n  connex migrate")]
    Migrate(migrate::Migrate),
    /// Check the configuration, explain a key.
    #[command(subcommand, after_help = "Examples:\n  connex config check\n  connex config explain tokens.code_seconds")]
    Config(config::Command),
    /// Say what is wrong with this installation, in sentences. Status 1 when something has to be done.
    #[command(after_help = "Examples:\n  connex doctor\n  connex doctor --config /etc/connex/connex.toml --json")]
    Doctor(cli::doctor::Words),
    /// The sites of agencies.
    #[command(subcommand, after_help = "Examples:\n  connex site list\n  connex site add --help")]
    Site(site::Command),
    /// Clients that are no sites.
    #[command(subcommand, after_help = "Examples:\n  connex client add --from client.json\n  connex client add --help")]
    Client(client::Command),
    /// People's accounts.
    #[command(
        subcommand,
        after_help = "Examples:\n  connex user find dana@northline.example\n  connex user add --help"
    )]
    User(user::Command),
    /// Organizations, and what agencies say of them.
    #[command(
        subcommand,
        after_help = "Examples:\n  connex org find 'Northline Hauling LLC'\n  connex org approve --help"
    )]
    Org(org::Command),
    /// Who may use the operator's pages.
    #[command(
        subcommand,
        after_help = "Examples:\n  connex operator invite omar@connex.example\n  connex operator list"
    )]
    Operator(operator::Command),
    /// What sites were told, and telling them again.
    #[command(
        subcommand,
        after_help = "Examples:\n  connex events list 'Birch County Permits'\n  connex events resend 'Birch County Permits' --since 24h"
    )]
    Events(events::Command),
    /// Whether the sites hold what they should.
    #[command(subcommand, after_help = "Examples:\n  connex sync status\n  connex sync status --json")]
    Sync(sync::Command),
    /// What happened, in a record that shows when it was tampered with.
    #[command(subcommand, after_help = "Examples:\n  connex audit tail\n  connex audit verify")]
    Audit(audit::Command),
    /// Try whether a site checks what a site must check. Needs no database and no configuration.
    #[command(name = "rp-check", after_help = rp_check::EXAMPLES)]
    RpCheck(Box<rp_check::Words>),
    /// The keys that tokens are signed with.
    #[command(subcommand, after_help = "Examples:\n  connex keys list\n  connex keys rotate")]
    Keys(keys::Command),
}

/// Does what the command line says. The status is 0 when it is done, 1 when problems were found or
/// something cannot be done, 2 when it was asked in a way that has no meaning.
pub fn main() -> ExitCode {
    let line = Line::parse();
    let ended = tokio::runtime::Runtime::new()
        .doing("start the program")
        .map_err(CliError::from)
        .and_then(|runtime| runtime.block_on(run(line)));
    match ended {
        Ok(exit) => exit.into(),
        Err(error) if error.is_closed_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            Terminal::standard().remark(&error);
            ExitCode::from(error.status())
        }
    }
}

async fn run(line: Line) -> Result<Exit, CliError> {
    let mut terminal = Terminal::standard();
    let Some(command) = line.command else {
        terminal.say(help::FIRST_STEPS)?;
        return Ok(Exit::Done);
    };
    let load = || load(&line.config);
    match command {
        Command::Demo(words) => {
            log::for_a_command()?;
            demo::run(&mut terminal, &words, serve::stop_when_asked()?).await
        }
        Command::Init => init::run(&mut terminal, &line.config),
        Command::Serve => serve::run(&mut terminal, load()?).await,
        Command::Migrate(words) => migrate::run(&mut terminal, &load()?, &words).await,
        Command::Config(words) => config::run(&mut terminal, &line.config, &words),
        Command::Doctor(words) => doctor::run(&mut terminal, &line.config, &words).await,
        Command::Site(words) => on_database(terminal, load()?, async |context| site::run(context, words).await).await,
        Command::Client(words) => {
            on_database(terminal, load()?, async |context| client::run(context, words).await).await
        }
        Command::User(words) => on_database(terminal, load()?, async |context| user::run(context, words).await).await,
        Command::Org(words) => on_database(terminal, load()?, async |context| org::run(context, words).await).await,
        Command::Operator(words) => {
            on_database(terminal, load()?, async |context| operator::run(context, words).await).await
        }
        Command::Events(words) => {
            on_database(terminal, load()?, async |context| events::run(context, words).await).await
        }
        Command::Sync(words) => on_database(terminal, load()?, async |context| sync::run(context, words).await).await,
        Command::Audit(words) => on_database(terminal, load()?, async |context| audit::run(context, words).await).await,
        Command::RpCheck(words) => {
            log::for_a_command()?;
            rp_check::run(&mut terminal, *words).await
        }
        Command::Keys(words) => on_database(terminal, load()?, async |context| keys::run(context, words).await).await,
    }
}

fn load(file: &Path) -> Result<Config, CliError> {
    Ok(Config::load(Some(file), &environment())?)
}

/// The environment. A variable that is not UTF-8 is none of ours.
fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Runs a command that works on the database, and closes it, however the command ends.
async fn on_database(
    terminal: Terminal,
    config: Config,
    work: impl AsyncFnOnce(&mut Context) -> Result<Exit, CliError>,
) -> Result<Exit, CliError> {
    log::for_a_command()?;
    let (db, _) = open_migrated(&config, &Surroundings::of_a_command()).await?;
    let mut context = Context { config, db: db.clone(), terminal, read_sealing_key: sealing_key, open_courier };
    let ended = work(&mut context).await;
    db.close().await;
    ended
}

/// Opens as much of the program as looking at a site needs.
fn open_courier(db: Db, config: Config) -> OpeningCourier {
    Box::pin(async move { Ok(App::on(db, config, Surroundings::of_a_command()).await?.courier()) })
}

impl From<StartError> for CliError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Fault(fault) => Self::Fault(fault),
            refusal => Self::refused(refusal),
        }
    }
}
