//! What the engine says of itself, for whoever looks after it.

use super::{Db, Sql, open::Engine};
use crate::kernel::{Fault, Timestamp};

/// What the engine says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EngineFacts {
    /// The embedded engine.
    Sqlite {
        /// Such as `3.50.2`.
        version: String,
        /// `wal`, unless the file is where that is not possible.
        journal_mode: String,
    },
    /// A server.
    Postgres {
        /// Such as `15.8`.
        version: String,
        /// The moment now by its clock.
        now: Timestamp,
    },
}

impl Db {
    /// Asks the engine.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn engine_facts(&self) -> Result<EngineFacts, Fault> {
        let unknown = || Fault::new("ask the database for its version");
        let mut reader = self.read().await?;
        Ok(match &self.0.engine {
            Engine::Sqlite { .. } => EngineFacts::Sqlite {
                version: reader.sql("select sqlite_version()").scalar().await?.ok_or_else(unknown)?,
                journal_mode: reader.sql("pragma journal_mode").scalar().await?.ok_or_else(unknown)?,
            },
            Engine::Postgres { .. } => EngineFacts::Postgres {
                version: reader.sql("select current_setting('server_version')").scalar().await?.ok_or_else(unknown)?,
                now: reader
                    .sql("select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)")
                    .scalar()
                    .await?
                    .ok_or_else(unknown)?,
            },
        })
    }
}
