//! Readers and units of work.

use std::sync::Arc;

use sqlx::{Postgres, Sqlite, pool::PoolConnection};

use super::{Statement, open::Shared, writer::Lent};
use crate::kernel::{Entropy, Fault, Timestamp};
use crate::platform::jobs::{Followed, Subscriptions};

/// Anything a statement can run on, with the time and chance of the work at hand.
pub trait Sql: Send {
    /// Starts a statement. `text` is static, so nothing a user sent can be in it.
    fn sql(&mut self, text: &'static str) -> Statement<'_>;

    /// The moment at which this work began.
    fn now(&self) -> Timestamp;
}

/// A connection for reading, outside any transaction.
pub struct Reader {
    pub(super) on: ReadOn,
    pub(super) now: Timestamp,
}

pub(super) enum ReadOn {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl Sql for Reader {
    fn sql(&mut self, text: &'static str) -> Statement<'_> {
        match &mut self.on {
            ReadOn::Sqlite(connection) => Statement::on_sqlite(connection, text),
            ReadOn::Postgres(connection) => Statement::on_postgres(connection, text),
        }
    }

    fn now(&self) -> Timestamp {
        self.now
    }
}

/// A unit of work: one write transaction, rolled back unless committed.
#[must_use = "a unit that is not committed is rolled back"]
pub struct Unit {
    pub(super) on: WriteOn,
    pub(super) shared: Arc<Shared>,
    pub(super) now: Timestamp,
    pub(super) lot: u32,
    pub(super) owes_work: bool,
    pub(super) followed: Vec<Followed>,
}

pub(super) enum WriteOn {
    Sqlite(Lent),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Sql for Unit {
    fn sql(&mut self, text: &'static str) -> Statement<'_> {
        match &mut self.on {
            WriteOn::Sqlite(lent) => match lent.connection() {
                Some(connection) => Statement::on_sqlite(connection, text),
                None => Statement::nowhere(text),
            },
            WriteOn::Postgres(transaction) => Statement::on_postgres(transaction, text),
        }
    }

    fn now(&self) -> Timestamp {
        self.now
    }
}

impl Unit {
    /// The source of chance for ids, tokens and codes made in this unit.
    #[must_use]
    pub fn entropy(&self) -> Entropy {
        self.shared.entropy.clone()
    }

    /// A number that this unit drew when it began: the same for all that it does, for units that
    /// spread over several rows and must each keep to one of them.
    #[must_use]
    pub const fn lot(&self) -> u32 {
        self.lot
    }

    /// Which facts wake which jobs.
    #[must_use]
    pub fn subscriptions(&self) -> Subscriptions {
        self.shared.subscriptions
    }

    /// Notes a fact of this unit for whoever follows it; they act when it commits.
    pub fn note(&mut self, fact: Followed) {
        self.followed.push(fact);
    }

    /// Notes that this unit leaves work behind, so that the workers look as soon as it commits.
    pub fn owe_work(&mut self) {
        self.owes_work = true;
    }

    /// Makes it durable. When this returns an error, nothing of the unit was kept.
    ///
    /// # Errors
    /// When the database could not make it durable, or a follower could not follow.
    pub async fn commit(mut self) -> Result<(), Fault> {
        self.settle().await?;
        match self.on {
            WriteOn::Sqlite(lent) => lent.commit().await?,
            WriteOn::Postgres(transaction) => transaction.commit().await?,
        }
        if self.owes_work {
            self.shared.work.notify_one();
            self.shared.deliveries.notify_one();
            self.shared.feeds.notify_waiters();
        }
        Ok(())
    }

    /// Lets the followers of the facts so far act now, for whoever has to see in this unit what follows
    /// from them. Otherwise they act at the commit.
    ///
    /// # Errors
    /// When a follower could not follow.
    pub async fn settle(&mut self) -> Result<(), Fault> {
        let noted = std::mem::take(&mut self.followed);
        if noted.is_empty() {
            return Ok(());
        }
        for follower in self.shared.subscriptions.followers {
            let facts: Vec<_> = noted.iter().filter(|fact| (follower.follows)(fact.name)).cloned().collect();
            if !facts.is_empty() {
                (follower.follow)(self, facts).await?;
            }
        }
        Ok(())
    }
}
