//! The questions of a worker: answered by what is due, and not by all that the sites hold.

use connex::sync::delivery::QUESTIONS;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

use crate::support::{base::Base, engine::Engine};

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

/// PostgreSQL decides by how many rows there were when it last counted. That nothing was due then must not lead it to
/// read all that is due, at whatever site, when it is asked whether something is due at one.
#[tokio::test]
async fn what_is_due_at_one_site_is_asked_of_one_site_on_postgresql() {
    let base = Base::migrated(Engine::Postgres).await;
    let mut connection = PgConnection::connect(base.handle.url()).await.unwrap();
    for statement in [
        "insert into sites (id, kind, name, url, require_approval, per_second, pairwise, status, created_at, updated_at)
         select gen_random_uuid(), 'onegov', 'Site ' || n, 'https://' || n || '.example', false, 10, false, 'active', 1, 1
         from generate_series(1, 200) n",
        "insert into sync_sites (site_id, leased_until, failures, resume_at, compare_at, receipt_seq, receipt_hash)
         select id, 0, 0, 0, 9000000000000000, 0, '' from sites on conflict (site_id) do nothing",
        "insert into sync_items (site_id, kind, resource_id, want, want_rev, seq, state, reason, txn, priority, attempts,
                                 first_due_at, next_at, changed_at, acked_rev)
         select id, 'user', gen_random_uuid(), 'present', 1, n, 'ok', 'change', gen_random_uuid(), 1, 0, 1, 1, 1, 1
         from sites, generate_series(1, 20) n",
        "analyze",
    ] {
        sqlx::query(statement).execute(&mut connection).await.unwrap();
    }
    for question in QUESTIONS {
        // Literals in place of the parameters, so that it can be explained before it is ever asked.
        let one = if question.contains("i.site_id = $1") { "gen_random_uuid()" } else { "1" };
        let text = question.replace("$1", one).replace("$2", "1").replace("$3", "1");
        let rows = sqlx::query(AssertSqlSafe(format!("explain {text}"))).fetch_all(&mut connection).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        assert!(!plan.iter().any(|line| line.contains("hashed")), "{question}: {plan:#?}");
    }
}
