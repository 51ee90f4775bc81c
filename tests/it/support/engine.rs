//! The two database engines: a fresh SQLite file, or a fresh PostgreSQL schema, for each test.

use std::{env, thread};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use tempfile::TempDir;

/// The engine that a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// Both engines, for tests that loop.
    pub const BOTH: [Self; 2] = [Self::Sqlite, Self::Postgres];

    /// An empty database that is gone when the handle is dropped.
    ///
    /// Fails for [`Engine::Postgres`] when no server is known: such a test must never pass unrun.
    pub fn fresh(self) -> DatabaseHandle {
        match self {
            Self::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite:{}", folder.path().join("connex.db").display());
                DatabaseHandle { url, place: Place::Folder { _removed_on_drop: folder } }
            }
            Self::Postgres => schema(server(env::var("CONNEX_TEST_POSTGRES").ok())),
        }
    }
}

/// The server that the tests may use.
fn server(variable: Option<String>) -> String {
    variable.filter(|url| !url.is_empty()).expect("run tests/run.sh, which starts PostgreSQL")
}

/// A database of one test's own.
pub struct DatabaseHandle {
    url: String,
    place: Place,
}

enum Place {
    Folder { _removed_on_drop: TempDir },
    Schema { server: String, name: String },
}

impl DatabaseHandle {
    /// What stands under `[database] url` in the configuration.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Everything that is in the database, as text: what whoever steals it reads.
    pub async fn dump(&self) -> String {
        if let Some(path) = self.url.strip_prefix("sqlite:") {
            let files = ["", "-wal"].map(|end| std::fs::read(format!("{path}{end}")).unwrap());
            return files.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
        }
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        let tables = "select tablename::text from pg_tables where schemaname = current_schema()";
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut connection).await.unwrap();
        assert!(tables.len() > 20, "{tables:?}");
        let mut text = String::new();
        for table in tables {
            let rows = sqlx::query(AssertSqlSafe(format!("select row_to_json(t)::text from {table} t")));
            for row in rows.fetch_all(&mut connection).await.unwrap() {
                text.push_str(row.get::<&str, _>(0));
            }
        }
        text
    }
}

impl Drop for DatabaseHandle {
    #[expect(clippy::print_stderr, reason = "a test that is over cannot fail any more, only say so")]
    fn drop(&mut self) {
        match &self.place {
            Place::Folder { .. } => {}
            Place::Schema { server, name } => {
                // A node that a test killed may still hold locks for a moment; the server is thrown away anyway.
                let statements = format!("set lock_timeout = '5s'; drop schema \"{name}\" cascade");
                if let Err(error) = run(server, statements) {
                    eprintln!("schema {name} is left behind: {error}");
                }
            }
        }
    }
}

/// A new schema on the server, and the address under which nothing else is seen.
fn schema(server: String) -> DatabaseHandle {
    let name = format!("test_{:016x}", rand::random::<u64>());
    run(&server, format!("create schema \"{name}\"")).unwrap();
    let separator = if server.contains('?') { '&' } else { '?' };
    let url = format!("{server}{separator}options=-csearch_path%3D{name}");
    DatabaseHandle { url, place: Place::Schema { server, name } }
}

/// Runs statements on the server, on a thread of its own: so it works inside a runtime as well, and in `drop`.
fn run(server: &str, statements: String) -> sqlx::Result<()> {
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut connection = PgConnection::connect(server).await?;
            connection.execute(AssertSqlSafe(statements)).await?;
            connection.close().await
        })
    };
    thread::scope(|scope| scope.spawn(work).join().unwrap())
}

#[tokio::test]
async fn each_database_is_empty_and_gone_afterwards() {
    for engine in Engine::BOTH {
        let (one, two) = (engine.fresh(), engine.fresh());
        assert_ne!(one.url(), two.url(), "{engine:?}");
        match engine {
            Engine::Sqlite => {
                let path = one.url().strip_prefix("sqlite:").unwrap().to_owned();
                std::fs::write(&path, "").unwrap();
                drop(one);
                assert!(!std::path::Path::new(&path).exists());
            }
            Engine::Postgres => {
                for database in [&one, &two] {
                    let mut connection = PgConnection::connect(database.url()).await.unwrap();
                    connection.execute("create table people (id bigint)").await.unwrap();
                }
                let url = one.url().to_owned();
                drop(one);
                let mut connection = PgConnection::connect(&url).await.unwrap();
                assert!(connection.execute("select id from people").await.is_err());
            }
        }
    }
}

#[test]
#[should_panic(expected = "run tests/run.sh, which starts PostgreSQL")]
fn a_test_on_postgresql_does_not_pass_unrun() {
    server(None);
}
