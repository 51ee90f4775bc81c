//! The schema: the same migrations on both engines.

use sqlx::{
    Connection, PgConnection,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};

use super::{
    Db, Patience, Sql,
    open::Engine,
    writer::{LOOK_AGAIN, says_locked},
};
use crate::kernel::{Doing, Fault};
use crate::platform::telemetry::Stopwatch;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// A migration that the database has not seen.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PlannedMigration {
    /// Its number; they are applied in this order.
    pub version: i64,
    /// What it is for.
    pub description: String,
    /// The statements.
    pub sql: String,
}

/// How the schema of the database stands to this program.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct MigrationPlan {
    /// What is to be applied, in order; empty when the schema is current.
    pub pending: Vec<PlannedMigration>,
    /// A version that the database has and this program does not know: the program is too old.
    pub unknown: Option<i64>,
}

impl Db {
    /// Applies what is missing. Nodes that start at once wait for each other.
    ///
    /// # Errors
    /// When a statement fails, or a migration that was applied has been edited since.
    pub async fn migrate(&self) -> Result<(), Fault> {
        match &self.0.engine {
            Engine::Sqlite { options, .. } => migrate_sqlite(options).await?,
            Engine::Postgres { options, .. } => {
                // Moving the rows of a large table, or waiting for the node that does, may take as long as it takes.
                let options = options.clone().options([("statement_timeout", "0")]);
                let mut connection = PgConnection::connect_with(&options).await?;
                MIGRATIONS.run(&mut connection).await.doing("apply the migrations")?;
                connection.close().await?;
            }
        }
        Ok(())
    }

    /// What [`migrate`](Self::migrate) would do.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn migration_plan(&self) -> Result<MigrationPlan, Fault> {
        let applied = self.applied_versions().await?;
        let pending = MIGRATIONS
            .iter()
            .filter(|migration| !applied.contains(&migration.version))
            .map(|migration| PlannedMigration {
                version: migration.version,
                description: migration.description.to_string(),
                sql: migration.sql.as_str().to_owned(),
            })
            .collect();
        let known = |version: &i64| MIGRATIONS.iter().any(|migration| migration.version == *version);
        Ok(MigrationPlan { pending, unknown: applied.into_iter().find(|version| !known(version)) })
    }

    async fn applied_versions(&self) -> Result<Vec<i64>, Fault> {
        let mut reader = self.read().await?;
        let tables = match &self.0.engine {
            Engine::Sqlite { .. } => reader.sql("select count(*) from sqlite_master where name = '_sqlx_migrations'"),
            Engine::Postgres { .. } => reader.sql(
                "select count(*) from pg_tables where tablename = '_sqlx_migrations' and schemaname = current_schema()",
            ),
        };
        if tables.scalar::<i64>().await? == Some(0) {
            return Ok(Vec::new());
        }
        let rows: Vec<(i64,)> = reader.sql("select version from _sqlx_migrations order by version").all().await?;
        Ok(rows.into_iter().map(|(version,)| version).collect())
    }
}

/// Migrations take no lock on SQLite. Taking one first makes a program that starts at the same moment wait, and a
/// migration that fails leave nothing.
async fn migrate_sqlite(options: &SqliteConnectOptions) -> Result<(), Fault> {
    let mut connection = SqliteConnection::connect_with(options).await?;
    sqlx::query(LOOK_AGAIN).execute(&mut connection).await?;
    let waited = Stopwatch::start();
    loop {
        match connection.begin_with("begin immediate").await {
            Ok(mut transaction) => {
                MIGRATIONS.run(&mut *transaction).await.doing("apply the migrations")?;
                transaction.commit().await?;
                break;
            }
            Err(error) if says_locked(&error) && waited.elapsed() < Patience::Command.span() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(connection.close().await?)
}
