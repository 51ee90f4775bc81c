//! SQLite's one writer, shared by group commit.
//!
//! SQLite admits one writer at a time, and a durable commit costs a flush of the disk. So the
//! units of work that wait for the writer take their turns inside *one* transaction, each behind
//! a savepoint, and share its `COMMIT`. A unit that fails is rolled back to its savepoint, alone.
//! No unit is acknowledged before the shared commit is durable.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{
    AssertSqlSafe, Connection,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

use crate::kernel::Fault;
use crate::platform::telemetry::Stopwatch;

/// How many units may share a commit. More would let the first of them wait too long.
const MOST_IN_A_BATCH: usize = 64;
/// How many units may wait for the writer. The next one is told to come back.
const MOST_WAITING: usize = 1024;
/// How long SQLite waits by itself while another process writes. Its waits grow to a tenth of a second, which a busy
/// process never leaves free; so they are kept short, and begun again.
pub(super) const LOOK_AGAIN: &str = "pragma busy_timeout = 3";
/// SQLite's code for a lock that somebody else has; the reasons that it tells apart stand in higher bits.
const LOCKED: u32 = 5;

const BEGIN: &str = "begin immediate";
const BEGIN_TOGETHER: &str = "begin immediate; savepoint unit";
// A released savepoint proves that the transaction is still there: SQLite ends it by itself
// when the disk is full, and the units before must then not be acknowledged.
const NEXT: &str = "release unit; savepoint unit";
const UNDO: &str = "rollback to unit";
// Nobody writes meanwhile, so all of the log is folded, and the next unit begins it again.
const FOLD: &str = "pragma wal_checkpoint(restart)";

/// The way to the writer.
#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Ticket>,
    patience: Duration,
    log_is_long: Arc<AtomicBool>,
}

type Ticket = oneshot::Sender<Result<Lent, Fault>>;

/// How a unit ended.
enum Ending {
    Commit(oneshot::Sender<Result<(), Fault>>),
    Undo,
}

/// The writer's connection, lent to one unit. Dropped without a commit, it goes back for undoing.
pub(super) struct Lent {
    connection: Option<SqliteConnection>,
    back: Option<oneshot::Sender<(SqliteConnection, Ending)>>,
}

impl Lent {
    /// The connection; `None` once the unit has ended.
    pub(super) fn connection(&mut self) -> Option<&mut SqliteConnection> {
        self.connection.as_mut()
    }

    /// Gives the connection back and waits until the shared commit is durable.
    pub(super) async fn commit(mut self) -> Result<(), Fault> {
        let (done, durable) = oneshot::channel();
        if !self.give_back(Ending::Commit(done)) {
            return Err(Fault::busy("reach the writer"));
        }
        durable.await.unwrap_or_else(|_| Err(Fault::busy("reach the writer")))
    }

    fn give_back(&mut self, ending: Ending) -> bool {
        match (self.connection.take(), self.back.take()) {
            (Some(connection), Some(back)) => back.send((connection, ending)).is_ok(),
            _ => false,
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.give_back(Ending::Undo);
    }
}

impl Writer {
    /// Opens the writer's connection and starts taking turns.
    pub(super) async fn start(options: SqliteConnectOptions, patience: Duration) -> Result<Self, Fault> {
        let (queue, tickets) = mpsc::channel(MOST_WAITING);
        let log_is_long = Arc::new(AtomicBool::new(false));
        let mut turns = Turns { options, patience, connection: None, tickets, log_is_long: log_is_long.clone() };
        turns.ensure_connected().await?;
        tokio::spawn(turns.run());
        Ok(Self { queue, patience, log_is_long })
    }

    /// Has the log folded to its end before the next unit.
    pub(super) fn fold_soon(&self) {
        self.log_is_long.store(true, Ordering::Relaxed);
    }

    /// Waits for a turn, as long as patience lasts.
    pub(super) async fn turn(&self) -> Result<Lent, Fault> {
        let (ticket, lent) = oneshot::channel();
        self.queue.try_send(ticket).map_err(|_| Fault::busy("queue for the writer"))?;
        match timeout(self.patience, lent).await {
            Ok(Ok(lent)) => lent,
            Ok(Err(_)) => Err(Fault::busy("reach the writer")),
            Err(_) => Err(Fault::busy("wait for the writer")),
        }
    }
}

/// The task that owns the connection between turns.
struct Turns {
    options: SqliteConnectOptions,
    patience: Duration,
    connection: Option<SqliteConnection>,
    tickets: mpsc::Receiver<Ticket>,
    log_is_long: Arc<AtomicBool>,
}

impl Turns {
    async fn run(mut self) {
        while let Some(first) = self.tickets.recv().await {
            if let Err(fault) = self.ensure_connected().await {
                let _gone = first.send(Err(fault));
                continue;
            }
            if self.log_is_long.swap(false, Ordering::Relaxed) {
                // A reader in the way keeps it from beginning again; whoever looks at the log asks once more.
                let _later = self.say_all(FOLD).await;
            }
            match self.tickets.is_empty() {
                true => self.alone(first).await,
                false => self.batch(first).await,
            }
        }
    }

    /// One transaction for one unit, because nobody else waits: no savepoint is needed.
    async fn alone(&mut self, ticket: Ticket) {
        if let Err(fault) = self.begin(BEGIN).await {
            let _gone = ticket.send(Err(fault));
            return self.start_over().await;
        }
        match self.serve(ticket).await {
            Some(Ending::Commit(done)) => self.finish(vec![done]).await,
            Some(Ending::Undo) => self.finish(Vec::new()).await,
            None => self.abandon(Vec::new()).await,
        }
    }

    /// One transaction: the first unit, and those that came while it ran.
    async fn batch(&mut self, first: Ticket) {
        if let Err(fault) = self.begin(BEGIN_TOGETHER).await {
            let _gone = first.send(Err(fault));
            return self.start_over().await;
        }
        let mut waiting = Vec::new();
        let mut next = Some(first);
        while let Some(ticket) = next.take() {
            match self.serve(ticket).await {
                Some(Ending::Commit(done)) => waiting.push(done),
                Some(Ending::Undo) => {
                    if self.say(UNDO).await.is_err() {
                        return self.abandon(waiting).await;
                    }
                }
                None => return self.abandon(waiting).await,
            }
            if waiting.len() < MOST_IN_A_BATCH {
                next = self.tickets.try_recv().ok();
            }
            if next.is_some() && self.say_all(NEXT).await.is_err() {
                if let Some(ticket) = next {
                    let _gone = ticket.send(Err(Fault::busy("begin a unit of work")));
                }
                return self.abandon(waiting).await;
            }
        }
        self.finish(waiting).await;
    }

    /// Lends the connection and waits for it. `None` when it was lost on the way.
    async fn serve(&mut self, ticket: Ticket) -> Option<Ending> {
        let (back, returned) = oneshot::channel();
        let lent = Lent { connection: self.connection.take(), back: Some(back) };
        // When nobody waits any more, the connection comes back by the drop of what was refused.
        drop(ticket.send(Ok(lent)));
        let (connection, ending) = returned.await.ok()?;
        self.connection = Some(connection);
        Some(ending)
    }

    async fn finish(&mut self, waiting: Vec<oneshot::Sender<Result<(), Fault>>>) {
        if waiting.is_empty() {
            let _nothing_to_keep = self.say("rollback").await;
            return;
        }
        match self.say("commit").await {
            Ok(()) => {
                for done in waiting {
                    let _gone = done.send(Ok(()));
                }
            }
            Err(fault) => {
                tracing::error!(fault = ?fault, "a shared commit failed");
                self.abandon(waiting).await;
            }
        }
    }

    /// Nothing of this batch was kept: everybody is told.
    async fn abandon(&mut self, waiting: Vec<oneshot::Sender<Result<(), Fault>>>) {
        tracing::error!(units_count = waiting.len(), "the writer could not commit; nothing of the batch was kept");
        for done in waiting {
            let _gone = done.send(Err(Fault::busy("commit")));
        }
        self.start_over().await;
    }

    /// Whatever state the connection is in, the next unit finds none of it: a transaction that is
    /// left is rolled back, and a connection that cannot do that is opened anew.
    async fn start_over(&mut self) {
        if self.say("rollback").await.is_err()
            && let Some(connection) = self.connection.take()
        {
            let _closed = connection.close().await;
        }
    }

    async fn ensure_connected(&mut self) -> Result<(), Fault> {
        if self.connection.is_none() {
            self.connection = Some(SqliteConnection::connect_with(&self.options).await?);
            self.say(LOOK_AGAIN).await?;
        }
        Ok(())
    }

    /// Begins a transaction, as soon as no other process writes.
    async fn begin(&mut self, text: &'static str) -> Result<(), Fault> {
        let waited = Stopwatch::start();
        loop {
            let begun = if text == BEGIN { self.say(text).await } else { self.say_all(text).await };
            match begun {
                Err(fault) if is_locked(&fault) && waited.elapsed() < self.patience => {}
                ended => return ended,
            }
        }
    }

    /// One statement, prepared once.
    async fn say(&mut self, text: &'static str) -> Result<(), Fault> {
        let connection = self.connection.as_mut().ok_or_else(|| Fault::busy("reach the writer"))?;
        sqlx::query(text).execute(connection).await?;
        Ok(())
    }

    /// Several statements in one turn of the connection's thread.
    async fn say_all(&mut self, text: &'static str) -> Result<(), Fault> {
        let connection = self.connection.as_mut().ok_or_else(|| Fault::busy("reach the writer"))?;
        sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await?;
        Ok(())
    }
}

/// Whether another process has the lock.
fn is_locked(fault: &Fault) -> bool {
    fault.database().is_some_and(says_locked)
}

/// The same of an error of the driver.
pub(super) fn says_locked(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == LOCKED)
}
