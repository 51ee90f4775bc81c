//! `connex doctor`: opens what there is, makes nothing, and lets the floor below look at it.

use std::path::Path;

use super::super::{Surroundings, open_database, sealing_key};
use super::{environment, log};
use crate::operator::cli::{
    CliError, Exit, Terminal,
    doctor::{self, Installation, Words},
};
use crate::platform::config::{Config, Database};

pub(super) async fn run(terminal: &mut Terminal, file: &Path, words: &Words) -> Result<Exit, CliError> {
    log::for_a_command()?;
    let config = Config::load(Some(file), &environment());
    let db = match &config {
        Ok(config) if is_there(&config.database) => Some(open_database(config, &Surroundings::default()).await),
        _ => None,
    };
    let open = db.as_ref().and_then(|db| db.as_ref().ok()).cloned();
    let installation = Installation { config, db, read_sealing_key: sealing_key };
    let ended = doctor::run(terminal, &installation, words).await;
    if let Some(db) = open {
        db.close().await;
    }
    ended
}

/// Whether opening it makes nothing.
fn is_there(database: &Database) -> bool {
    match database {
        Database::Sqlite { path } => path.exists(),
        Database::Postgres { .. } => true,
    }
}
