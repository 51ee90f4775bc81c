//! The database alone, without the program around it: for what stands below HTTP.

use std::sync::Arc;

use connex::{
    kernel::{Entropy, Lifetime},
    platform::{
        jobs::Subscriptions,
        store::{Clock, Db, Patience, Sql},
    },
};

use super::engine::{DatabaseHandle, Engine};

/// A database that is migrated, and one node's way to it.
pub struct Base {
    pub db: Db,
    pub engine: Engine,
    pub handle: Arc<DatabaseHandle>,
    subscriptions: Subscriptions,
}

impl Base {
    pub async fn migrated(engine: Engine) -> Self {
        let base = Self::empty(engine, Subscriptions::default()).await;
        base.db.migrate().await.unwrap();
        base
    }

    /// Without a schema, and with the facts that wake jobs.
    pub async fn empty(engine: Engine, subscriptions: Subscriptions) -> Self {
        let handle = Arc::new(engine.fresh());
        let surroundings = (Clock::default(), Entropy::system());
        let db = Db::open(handle.url(), Patience::Request, surroundings, subscriptions).await.unwrap();
        Self { db, engine, handle, subscriptions }
    }

    /// The way of another node to the same database; it shares the clock and nothing else.
    pub async fn another_node(&self) -> Db {
        self.another(Patience::Request).await
    }

    /// The way of a command to the same database.
    pub async fn a_command(&self) -> Db {
        self.another(Patience::Command).await
    }

    async fn another(&self, patience: Patience) -> Db {
        let surroundings = (self.db.clock().clone(), Entropy::system());
        Db::open(self.handle.url(), patience, surroundings, self.subscriptions).await.unwrap()
    }

    pub fn advance(&self, span: Lifetime) {
        self.db.clock().advance(span);
    }

    /// One number, read on a connection that no unit of work has.
    pub async fn number(&self, sql: &'static str) -> i64 {
        self.db.read().await.unwrap().sql(sql).scalar().await.unwrap().unwrap()
    }

    /// One statement in a unit of its own.
    pub async fn write(&self, sql: &'static str) {
        let mut unit = self.db.write().await.unwrap();
        unit.sql(sql).run().await.unwrap();
        unit.commit().await.unwrap();
    }
}
