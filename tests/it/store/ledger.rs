//! The questions of a worker: answered by what is due, and not by all that the sites hold.

use connex::sync::delivery::QUESTIONS;
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};

use crate::support::{base::Base, engine::Engine};

/// PostgreSQL decides by how many rows there are, so that a small table tells nothing; the benchmark shows it.
#[tokio::test]
async fn what_is_due_is_read_from_its_own_index_on_sqlite() {
    let base = Base::migrated(Engine::Sqlite).await;
    let mut connection = SqliteConnection::connect(base.handle.url()).await.unwrap();
    for question in QUESTIONS {
        let text = AssertSqlSafe(format!("explain query plan {question}"));
        let rows = sqlx::query(text).fetch_all(&mut connection).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        let line = plan.iter().find(|line| line.starts_with("SEARCH i ") || line.starts_with("SCAN i ")).unwrap();
        assert!(line.contains("sync_items_due_idx (site_id=?"), "{question}: {plan:#?}");
    }
}
