//! The schema comes to both engines by the same migrations, and a program does not start on one that it does not know.

use connex::{
    app::{App, StartError, Surroundings},
    platform::{
        config::{Config, Database},
        jobs::Subscriptions,
        store::Sql,
    },
};

use crate::support::{base::Base, engine::Engine, on_both_databases, until};

on_both_databases! {
    migrating_twice_is_quiet
    nodes_that_migrate_at_once_wait_for_each_other
    a_newer_schema_is_refused
    an_edited_migration_is_refused
}

const APPLIED: &str = "select count(*) from _sqlx_migrations";

async fn migrating_twice_is_quiet(base: Base) {
    let applied = base.number(APPLIED).await;
    base.db.migrate().await.unwrap();
    base.another_node().await.migrate().await.unwrap();
    assert_eq!(base.number(APPLIED).await, applied);
    let plan = base.db.migration_plan().await.unwrap();
    assert!(plan.pending.is_empty() && plan.unknown.is_none(), "{plan:?}");
}

async fn nodes_that_migrate_at_once_wait_for_each_other(base: Base) {
    let base = Base::empty(base.engine, Subscriptions::default()).await;
    let (one, two, three) = (base.another_node().await, base.another_node().await, base.another_node().await);
    let (one, two, three) = tokio::join!(one.migrate(), two.migrate(), three.migrate());
    one.and(two).and(three).unwrap();
    assert!(base.db.migration_plan().await.unwrap().pending.is_empty());
}

async fn a_newer_schema_is_refused(base: Base) {
    let mut unit = base.db.write().await.unwrap();
    unit.sql("insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (9999, 'a later one', $1, $2, 0)")
        .bind(true)
        .bind(vec![1_u8, 2, 3])
        .run()
        .await
        .unwrap();
    unit.commit().await.unwrap();
    assert_eq!(base.db.migration_plan().await.unwrap().unknown, Some(9999));
    let refused = start(&base).await.err().unwrap();
    assert!(matches!(refused, StartError::TooNew(9999)), "{refused}");
    assert!(refused.to_string().contains("start a newer connex"));
}

async fn an_edited_migration_is_refused(base: Base) {
    let mut unit = base.db.write().await.unwrap();
    let statement = unit.sql("update _sqlx_migrations set checksum = $1 where version = 1");
    statement.bind(vec![1_u8, 2, 3]).run().await.unwrap();
    unit.commit().await.unwrap();
    let refused = base.db.migrate().await.unwrap_err();
    assert!(format!("{refused:?}").contains("has been modified"), "{refused:?}");
}

#[tokio::test]
async fn the_plan_lists_what_is_missing_in_order() {
    for engine in Engine::BOTH {
        let base = Base::empty(engine, Subscriptions::default()).await;
        let plan = base.db.migration_plan().await.unwrap();
        let versions: Vec<i64> = plan.pending.iter().map(|migration| migration.version).collect();
        let expected: Vec<i64> = (1..).take(versions.len()).collect();
        assert_eq!(versions, expected, "{engine:?}");
        assert_eq!(plan.pending[0].description, "accounts");
        assert!(plan.pending[0].sql.contains("create table accounts") && versions.len() >= 7);
    }
}

#[tokio::test]
async fn sqlite_is_migrated_by_itself_and_postgresql_only_by_the_operator() {
    let sqlite = Base::empty(Engine::Sqlite, Subscriptions::default()).await;
    start(&sqlite).await.unwrap();
    assert!(sqlite.db.migration_plan().await.unwrap().pending.is_empty());
    let postgres = Base::empty(Engine::Postgres, Subscriptions::default()).await;
    let refused = start(&postgres).await.err().unwrap();
    assert!(matches!(refused, StartError::NotMigrated(7..)), "{refused}");
    assert!(refused.to_string().contains("`connex migrate` applies them"));
}

/// Opens the program on a database.
async fn start(base: &Base) -> Result<App, StartError> {
    let folder = tempfile::tempdir().unwrap();
    let issuer = "http://127.0.0.1:7100".parse().unwrap();
    let mut config = Config::for_loopback(&issuer, "127.0.0.1:7100".parse().unwrap(), folder.path()).unwrap();
    config.database = match base.handle.url().strip_prefix("sqlite:") {
        Some(path) => Database::Sqlite { path: path.into() },
        None => Database::Postgres { url: connex::kernel::Secret::new(base.handle.url().to_owned()) },
    };
    App::open(config, Surroundings::default()).await
}

/// Other statements may take five seconds, so that no request holds the database.
#[tokio::test]
async fn a_migration_may_take_its_time() {
    let base = Base::empty(Engine::Postgres, Subscriptions::default()).await;
    base.db.migrate().await.unwrap();
    let (node, mut other) = (base.another_node().await, base.db.write().await.unwrap());
    other.sql("lock table _sqlx_migrations in access exclusive mode").run().await.unwrap();
    let waits = "select count(*) from pg_stat_activity
                 where datname = current_database() and wait_event_type = 'Lock' and clock_timestamp() - query_start > interval '5500 ms'";
    let waited = async {
        until("it has waited longer than other statements may", async || base.number(waits).await == 1).await;
        drop(other);
    };
    let (migrated, ()) = tokio::join!(node.migrate(), waited);
    migrated.unwrap();
}
