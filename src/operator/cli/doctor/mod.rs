//! `connex doctor`: what is wrong with this installation, in sentences.
//!
//! Each check is a function from what it looks at to findings. A check that cannot be made, because
//! one before it failed, is left out.

mod database;
mod keys;
mod surroundings;

use std::path::Path;

use super::{
    CliError, Exit, Terminal,
    finding::{Finding, report},
    site,
};
use crate::kernel::{Entropy, Fault};
use crate::oidc::clients;
use crate::platform::{
    config::{Config, ConfigProblems},
    store::Db,
};
use crate::protocol::jose::SealingKey;
use crate::sites;

/// What is looked at. The floor above has tried to open it.
pub struct Installation {
    /// The configuration, or what is wrong with it.
    pub config: Result<Config, ConfigProblems>,
    /// The database, or why it does not open; `None` when it was not tried: without a configuration,
    /// and where opening would make a new one.
    pub db: Option<Result<Db, Fault>>,
    /// How the sealing key is read.
    pub read_sealing_key: fn(&Path, &Entropy) -> Result<SealingKey, Fault>,
}

/// The words after `connex doctor`.
#[derive(Debug, clap::Args)]
pub struct Words {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Looks at everything and prints a line for each check. Status 1 when something has to be done.
///
/// # Errors
/// When nobody takes what is printed.
pub async fn run(terminal: &mut Terminal, installation: &Installation, words: &Words) -> Result<Exit, CliError> {
    report(terminal, &examine(installation).await, words.json)
}

async fn examine(installation: &Installation) -> Vec<Finding> {
    let config = match &installation.config {
        Ok(config) => config,
        Err(problems) => return wrong_configuration(problems),
    };
    let mut findings = vec![Finding::good("configuration", "The configuration is good.")];
    findings.push(surroundings::issuer(&config.issuer));
    findings.extend(database::check(&config.database, installation.db.as_ref()).await);
    if let Some(Ok(db)) = &installation.db {
        findings.extend(keys::check(config, db, installation.read_sealing_key).await);
        findings.extend(surroundings::clock(db).await);
        findings.extend(sites(db).await);
    }
    findings.push(surroundings::hashing().await);
    findings.push(surroundings::discovery(config).await);
    findings
}

fn wrong_configuration(problems: &ConfigProblems) -> Vec<Finding> {
    let lines = problems.iter().map(ToString::to_string);
    lines.map(|line| Finding { cure: None, ..Finding::problem("configuration", line, "") }).collect()
}

/// A check that broke off.
fn broke(check: &'static str, fault: &Fault) -> Finding {
    Finding::problem(check, format!("{fault:?}."), "See the findings above, and the log.")
}

async fn sites(db: &Db) -> Vec<Finding> {
    let registered = async {
        let mut reader = db.read().await?;
        let mut findings = Vec::new();
        for site in sites::list(&mut reader).await? {
            let registrations = clients::of_site(&mut reader, site.id).await?;
            findings.extend(site::registration(&site, &registrations));
        }
        Ok::<_, Fault>(findings)
    };
    registered.await.unwrap_or_else(|fault| vec![broke("sites", &fault)])
}
