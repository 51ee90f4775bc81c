//! Opening the database, and lending its connections.

use std::{str::FromStr, sync::Arc, time::Duration};

use sqlx::{
    Connection, PgConnection, PgPool, SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::{Notify, futures::Notified};

use super::{
    Clock, Reader, Unit,
    unit::{ReadOn, WriteOn},
    writer::Writer,
};
use crate::kernel::{Entropy, Fault, Timestamp};
use crate::platform::jobs::Subscriptions;

/// How often the log of SQLite is folded into its file, away from the writer.
const CHECKPOINT_EVERY: Duration = Duration::from_millis(400);
/// Pages, of 4 KiB, from which on the log is long. SQLite begins it again at its beginning when all of it is folded, and
/// while units follow each other without a pause there is always a new one: it would grow until the disk is full.
const LONG_LOG: i64 = 16_384;

/// How long a caller waits for the database before it is told to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// Somebody waits for a page, and whoever asks can ask again: two seconds.
    Request,
    /// A command waits, beside a program that serves: half a minute.
    Command,
}

impl Patience {
    /// For a turn, or a connection.
    pub(super) const fn span(self) -> Duration {
        match self {
            Self::Request => Duration::from_secs(2),
            Self::Command => Duration::from_secs(30),
        }
    }

    /// For one statement, in PostgreSQL's words.
    const fn statement_timeout(self) -> &'static str {
        match self {
            Self::Request => "5s",
            Self::Command => "60s",
        }
    }
}

/// The database: an embedded SQLite file, or PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct Db(pub(super) Arc<Shared>);

/// What the readers, the units and the workers share.
pub(super) struct Shared {
    pub(super) engine: Engine,
    pub(super) clock: Clock,
    pub(super) entropy: Entropy,
    pub(super) subscriptions: Subscriptions,
    pub(super) work: Notify,
    pub(super) deliveries: Notify,
    pub(super) feeds: Notify,
}

pub(super) enum Engine {
    Sqlite { readers: SqlitePool, writer: Writer, options: Box<SqliteConnectOptions> },
    Postgres { pool: PgPool, options: Box<PgConnectOptions> },
}

impl Db {
    /// Opens `sqlite:PATH` or `postgres://…`. `subscriptions` says which facts wake which jobs.
    ///
    /// # Errors
    /// When the file cannot be opened or the server does not answer.
    pub async fn open(
        url: &str,
        patience: Patience,
        (clock, entropy): (Clock, Entropy),
        subscriptions: Subscriptions,
    ) -> Result<Self, Fault> {
        let engine = match url.strip_prefix("sqlite:") {
            Some(_) => open_sqlite(url, patience).await?,
            None => open_postgres(url, patience).await?,
        };
        Ok(Self(Arc::new(Shared {
            engine,
            clock,
            entropy,
            subscriptions,
            work: Notify::new(),
            deliveries: Notify::new(),
            feeds: Notify::new(),
        })))
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// A busy fault when none is free before [`Patience`] ends.
    pub async fn read(&self) -> Result<Reader, Fault> {
        let on = match &self.0.engine {
            Engine::Sqlite { readers, .. } => ReadOn::Sqlite(readers.acquire().await?),
            Engine::Postgres { pool, .. } => ReadOn::Postgres(pool.acquire().await?),
        };
        Ok(Reader { on, now: self.now() })
    }

    /// Begins a unit of work. On SQLite the writer is taken here, so that a unit waits at its
    /// beginning and never fails half-way because another one writes.
    ///
    /// # Errors
    /// A busy fault when the database has no room before [`Patience`] ends.
    pub async fn write(&self) -> Result<Unit, Fault> {
        let on = match &self.0.engine {
            Engine::Sqlite { writer, .. } => WriteOn::Sqlite(writer.turn().await?),
            Engine::Postgres { pool, .. } => WriteOn::Postgres(pool.begin().await?),
        };
        let lot = self.0.entropy.below(u32::MAX);
        Ok(Unit { on, shared: self.0.clone(), now: self.now(), lot, owes_work: false, followed: Vec::new() })
    }

    /// The moment now, by the clock that decides what has expired.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The clock itself.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The source of chance.
    #[must_use]
    pub fn entropy(&self) -> &Entropy {
        &self.0.entropy
    }

    /// Waits until a unit of this process has left work behind.
    pub async fn work_left_behind(&self) {
        self.0.work.notified().await;
    }

    /// The same, for whoever delivers to sites.
    pub async fn deliveries_left_behind(&self) {
        self.0.deliveries.notified().await;
    }

    /// Becomes ready when the next unit of this process has left work behind. It counts from the call
    /// on, so take it before the look that it follows: nothing is missed between the two.
    pub fn next_work_left_behind(&self) -> Notified<'_> {
        self.0.feeds.notified()
    }

    /// Wakes one worker.
    pub fn wake_a_worker(&self) {
        self.0.work.notify_one();
    }

    /// Whether this is SQLite: a single node that must not be shared over a network.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        matches!(self.0.engine, Engine::Sqlite { .. })
    }

    /// Closes all connections; on SQLite the log is folded into the file.
    pub async fn close(&self) {
        match &self.0.engine {
            Engine::Sqlite { readers, options, .. } => {
                readers.close().await;
                checkpoint(options, "pragma wal_checkpoint(truncate)").await;
            }
            Engine::Postgres { pool, .. } => pool.close().await,
        }
    }
}

async fn open_sqlite(url: &str, patience: Patience) -> Result<Engine, Fault> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(256)
        // A checkpoint inside a commit would make one unlucky unit wait for the disk; ours runs
        // on a connection of its own.
        .pragma("wal_autocheckpoint", "0");
    let writer = Writer::start(options.clone(), patience.span()).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(4)
        .acquire_timeout(patience.span())
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options.clone().read_only(true))
        .await?;
    tokio::spawn(checkpoints(options.clone(), readers.clone(), writer.clone()));
    Ok(Engine::Sqlite { readers, writer, options: Box::new(options) })
}

async fn open_postgres(url: &str, patience: Patience) -> Result<Engine, Fault> {
    let options = PgConnectOptions::from_str(url)?
        .application_name("connex")
        .statement_cache_capacity(256)
        .options([("statement_timeout", patience.statement_timeout()), ("idle_in_transaction_session_timeout", "10s")]);
    // The pool would try until its patience ends, and then say only that it waited. So the first
    // connection is made without it: a wrong address or password is told at once.
    let first = tokio::time::timeout(patience.span(), PgConnection::connect_with(&options)).await;
    first.map_err(|_| Fault::busy("reach the database in time"))??.close().await?;
    let pool = PgPoolOptions::new()
        .max_connections(16)
        .acquire_timeout(patience.span())
        .test_before_acquire(false)
        .connect_with(options.clone())
        .await?;
    Ok(Engine::Postgres { pool, options: Box::new(options) })
}

/// Folds the log into the file now and then, until the readers are closed. When it has become long all the same, the
/// writer folds what is left between two units.
async fn checkpoints(options: SqliteConnectOptions, readers: SqlitePool, writer: Writer) {
    use sqlx::sqlite::SqliteConnection;
    let Ok(mut connection) = SqliteConnection::connect_with(&options).await else { return };
    while !readers.is_closed() {
        tokio::time::sleep(CHECKPOINT_EVERY).await;
        let folded = sqlx::query_as::<_, (i64, i64, i64)>("pragma wal_checkpoint(passive)");
        match folded.fetch_one(&mut connection).await {
            Ok((_, pages, _)) if pages >= LONG_LOG => writer.fold_soon(),
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the log of the database could not be folded into its file"),
        }
    }
    let _closed = connection.close().await;
}

async fn checkpoint(options: &SqliteConnectOptions, text: &'static str) {
    use sqlx::{AssertSqlSafe, sqlite::SqliteConnection};
    if let Ok(mut connection) = SqliteConnection::connect_with(options).await {
        let _best_effort = sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await;
        let _closed = connection.close().await;
    }
}
