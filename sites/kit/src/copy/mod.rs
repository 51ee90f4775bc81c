//! The site's copies of ConneX's people and organizations, in its own database.
//!
//! A copy is changed in one transaction: the row, the log of what was changed, and nothing in between. What is the site's
//! own (Disable, roles given here, notes) stands in other columns and is never touched by ConneX. People whom the agency
//! employs are no copies and live in tables of the site.
//!
//! | What | File |
//! | --- | --- |
//! | the facts of a person or an organization, and their digest | `facts.rs` |
//! | the rules of a write: revisions, preconditions, names that are taken | `write.rs` |
//! | what was changed, when, why and by whom | `log.rs` |
//! | reading and marking copies, for the site's own pages | `people.rs` |
//! | every SQL statement on the rows themselves | `store.rs` |

mod facts;
mod store;
mod write;

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};

pub use facts::{Facts, Kind, OrganizationFacts, PersonFacts};
pub(crate) use facts::{attribute_in_words, hex};
pub use store::Stored;
pub(crate) use store::log::CONNEX;
pub use store::log::{Action, Change, PutBack};
pub use store::people::{Edit, OrganizationView, PersonView};
pub use write::{Cause, Effect, Outcome, Refusal, Target, Wanted, Write, Written};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// The site's database, with the copies in it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Copies {
    pool: SqlitePool,
}

impl Copies {
    /// Opens the database in `file`, or one in memory, and brings its tables up to date.
    ///
    /// # Errors
    /// When the file cannot be opened or holds another program's tables.
    pub async fn open(file: Option<&Path>) -> anyhow::Result<Self> {
        let options = SqliteConnectOptions::new()
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            // What has been confirmed to ConneX must survive a loss of power: ConneX does not send it again by itself.
            .synchronous(SqliteSynchronous::Full);
        let (options, pool) = match file {
            Some(file) => {
                let options = options.filename(file).create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
                (options, SqlitePoolOptions::new().max_connections(4))
            }
            // A database in memory is as old as its connection: there is one, and it stays.
            None => {
                let pool = SqlitePoolOptions::new().min_connections(1).max_connections(1);
                (options.in_memory(true), pool.idle_timeout(None).max_lifetime(None))
            }
        };
        let pool = pool.connect_with(options).await.with_context(|| format!("SITE_DATABASE: cannot open {file:?}"))?;
        let copies = Self { pool };
        copies.migrate(&MIGRATIONS).await?;
        Ok(copies)
    }

    /// Brings a site's own tables up to date, beside those of the kit. Versions of the kit are below 1000.
    ///
    /// # Errors
    /// When a statement fails.
    pub async fn migrate(&self, migrations: &Migrator) -> anyhow::Result<()> {
        let mut migrator = Migrator { migrations: migrations.migrations.clone(), ..Migrator::DEFAULT };
        // Two lists of migrations share one database, and neither knows of the other's.
        migrator.set_ignore_missing(true);
        migrator.run(&self.pool).await.context("the site's tables cannot be made")
    }

    /// The connections, for the tables that are the site's own.
    pub fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    /// Begins a transaction that may write. It has the only pen from its first statement on, so that what it reads is
    /// still so when it writes.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin(&self) -> sqlx::Result<Transaction<'static, Sqlite>> {
        self.pool.begin_with("begin immediate").await
    }
}
