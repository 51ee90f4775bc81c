//! The wiring: from a configuration to a program that answers.

pub mod command;
pub mod demo;
pub mod policy;

mod export;
mod guard;
mod help;
mod interface;
mod layers;
mod letters;
mod router;
mod sealing;
mod subscriptions;
mod workers;

pub use layers::Hosts;
pub use sealing::sealing_key;

use std::{fs, io::ErrorKind, os::unix::fs::OpenOptionsExt, path::Path};

use tokio_util::sync::CancellationToken;

use crate::accounts::Accounts;
use crate::kernel::{Entropy, Fault, Lifetime, SiteId};
use crate::oidc::Provider;
use crate::platform::{
    config::{Config, Database},
    fetch::Fetcher,
    hash::{Hasher, Params},
    mail::PostOffice,
    serve::Server,
    store::{Clock, Db, MigrationPlan, Patience},
    telemetry::Metrics,
    throttle::Pace,
    web::{Kit, Route},
};
use crate::protocol::jose::SealingKey;
use crate::signing::{self, Keys};
use crate::sync::delivery::Courier;

/// The parts of a running installation. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// What it was started with.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The key that seals what is kept or travels.
    pub sealing: SealingKey,
    /// How mail leaves.
    pub mail: PostOffice,
    /// People.
    pub accounts: Accounts,
    /// The provider.
    pub provider: Provider,
    /// What is counted.
    pub metrics: Metrics,
    /// How fast each site may call this node.
    calls: Pace<SiteId>,
}

/// A site may call a hundred times a second, for as long as it needs to read all that it holds.
const CALLS_OF_A_SITE: (u32, Lifetime) = (1000, Lifetime::seconds(10));

/// Time, chance and the price of a password: what tests choose and everybody else leaves alone.
#[derive(Clone)]
pub struct Surroundings {
    /// The clock.
    pub clock: Clock,
    /// The source of chance.
    pub entropy: Entropy,
    /// How dear a password hash is.
    pub hashing: Params,
    /// How long to wait for the database.
    pub patience: Patience,
}

impl Surroundings {
    /// Those of a command at the command line.
    #[must_use]
    pub fn of_a_command() -> Self {
        Self { patience: Patience::Command, ..Self::default() }
    }
}

impl Default for Surroundings {
    fn default() -> Self {
        Self {
            clock: Clock::default(),
            entropy: Entropy::system(),
            hashing: Params::default(),
            patience: Patience::Request,
        }
    }
}

/// Why an installation does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Migrations are missing, and this is PostgreSQL, where they are the operator's act.
    #[error("the database lacks {0} migrations; `connex migrate --plan` shows them, `connex migrate` applies them")]
    NotMigrated(usize),
    /// The database was migrated by a newer program.
    #[error("the database has version {0}, which this program does not know; start a newer connex")]
    TooNew(i64),
    /// A route has no row in the policy, or more than one: nobody has decided who may ask for it.
    #[error("the policy (src/app/policy.rs) needs one row for each of: {0}")]
    Unruled(String),
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Opens the database of a configuration; nothing is migrated.
///
/// # Errors
/// When the file cannot be opened or the server does not answer.
pub async fn open_database(config: &Config, surroundings: &Surroundings) -> Result<Db, Fault> {
    let url = match &config.database {
        Database::Sqlite { path } => {
            make_private(path)?;
            format!("sqlite:{}", path.display())
        }
        Database::Postgres { url } => url.expose().clone(),
    };
    let Surroundings { clock, entropy, patience, .. } = surroundings.clone();
    Db::open(&url, patience, (clock, entropy), subscriptions::ALL).await
}

/// Makes the file of a new database readable by its owner only, before anything is in it. SQLite
/// gives the files beside it the same mode.
fn make_private(path: &Path) -> Result<(), Fault> {
    match fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(Fault::of("make the database file", format!("{}: {error}", path.display())))
        }
        _ => Ok(()),
    }
}

/// Opens the database of a configuration with all migrations, and says how many were applied.
/// SQLite is migrated by itself; PostgreSQL has to be migrated before.
///
/// # Errors
/// When it cannot be opened, or its schema does not fit.
pub async fn open_migrated(config: &Config, surroundings: &Surroundings) -> Result<(Db, usize), StartError> {
    let db = open_database(config, surroundings).await?;
    let MigrationPlan { pending, unknown } = db.migration_plan().await?;
    match (unknown, pending.len()) {
        (Some(version), _) => Err(StartError::TooNew(version)),
        (None, 0) => Ok((db, 0)),
        (None, missing) if db.is_embedded() => {
            db.migrate().await?;
            Ok((db, missing))
        }
        (None, missing) => Err(StartError::NotMigrated(missing)),
    }
}

impl App {
    /// Opens everything, migrating as [`open_migrated`] does.
    ///
    /// # Errors
    /// When a part cannot be opened, or the schema does not fit.
    pub async fn open(config: Config, surroundings: Surroundings) -> Result<Self, StartError> {
        let (db, _) = open_migrated(&config, &surroundings).await?;
        Self::on(db, config, surroundings).await
    }

    /// Opens everything on a database that has all its migrations.
    ///
    /// # Errors
    /// When a part cannot be opened.
    pub async fn on(db: Db, config: Config, surroundings: Surroundings) -> Result<Self, StartError> {
        let sealing = sealing_key(&config.signing.sealing_key_file, &surroundings.entropy)?;
        signing::ensure(&db, &sealing).await?;
        let keys = Keys::load(db.clone(), sealing.clone(), config.sessions.total).await?;
        let mail = PostOffice::new(&config, sealing.clone())?;
        let kit = Kit::new(&config, sealing.clone());
        let hasher = Hasher::start(&surroundings.hashing, None)?;
        let metrics = Metrics::new();
        let accounts = Accounts::new(&config, db.clone(), kit, hasher, metrics.clone());
        let fetcher = Fetcher::new(&config.outbound)?;
        let provider = Provider::new(&config, accounts.clone(), keys, fetcher, metrics.clone())?;
        let (most, window) = CALLS_OF_A_SITE;
        let calls = Pace::new(most, window);
        let app = Self { config, db, sealing, mail, accounts, provider, metrics, calls };
        match policy::unruled(&app.routes()) {
            unruled if unruled.is_empty() => Ok(app),
            unruled => Err(StartError::Unruled(unruled.join(", "))),
        }
    }

    /// What tells sites, and looks at what they hold.
    fn courier(&self) -> Courier {
        Courier { provider: self.provider.clone(), metrics: self.metrics.clone() }
    }

    /// The whole router, with all its layers.
    pub fn router(&self) -> axum::Router {
        layers::around(self, router::routes(self).into_parts().0)
    }

    /// Every route that is answered.
    #[must_use]
    pub fn routes(&self) -> Vec<Route> {
        router::routes(self).into_parts().1
    }

    /// The router of the listener for metrics, which is not the public one.
    pub fn metrics_router(&self) -> axum::Router {
        router::metrics(self)
    }

    /// Answers on `server` and does the work that is owed, until stopped; then drains.
    pub async fn run(&self, server: Server, stop: CancellationToken) {
        let workers = workers::start(self.clone(), stop.clone());
        server.run(self.router(), stop.clone()).await;
        stop.cancel();
        workers.wait().await;
        self.db.close().await;
    }
}
