//! `connex migrate`.

use super::super::{StartError, Surroundings, open_database};
use super::log;
use crate::operator::cli::{CliError, Exit, Terminal};
use crate::platform::{
    config::Config,
    store::{Db, MigrationPlan},
};

/// The words after `connex migrate`.
#[derive(Debug, clap::Args)]
pub(super) struct Migrate {
    /// Only print the statements that would run.
    #[arg(long)]
    plan: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(terminal: &mut Terminal, config: &Config, words: &Migrate) -> Result<Exit, CliError> {
    log::for_a_command()?;
    let db = open_database(config, &Surroundings::of_a_command()).await?;
    let ended = migrate(terminal, &db, words).await;
    db.close().await;
    ended
}

async fn migrate(terminal: &mut Terminal, db: &Db, words: &Migrate) -> Result<Exit, CliError> {
    let plan = db.migration_plan().await?;
    if let Some(version) = plan.unknown {
        return Err(StartError::TooNew(version).into());
    }
    if !words.plan {
        db.migrate().await?;
    }
    match (words.json, words.plan) {
        (true, _) => terminal.json(&plan)?,
        (false, _) if plan.pending.is_empty() => terminal.say("The schema is up to date.")?,
        (false, true) => print_plan(terminal, &plan)?,
        (false, false) => {
            for migration in &plan.pending {
                terminal.say(format_args!("applied {:04} {}", migration.version, migration.description))?;
            }
        }
    }
    Ok(Exit::Done)
}

fn print_plan(terminal: &mut Terminal, plan: &MigrationPlan) -> Result<(), CliError> {
    for migration in &plan.pending {
        terminal.say(format_args!("-- {:04} {}\n", migration.version, migration.description))?;
        terminal.say(migration.sql.trim())?;
        terminal.say("")?;
    }
    Ok(())
}
