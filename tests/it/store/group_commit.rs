//! SQLite: units that wait for the writer share one commit, and none is acknowledged before it is durable.

use connex::{
    kernel::{Fault, fault::Kind},
    platform::{
        jobs::Subscriptions,
        store::{Db, Patience, Sql, Unit},
    },
};
use tokio::task::{JoinHandle, yield_now};
use tokio_util::sync::CancellationToken;

use crate::support::{base::Base, engine::Engine};

const INSERT: &str = "insert into revoked_tokens (jti, expires_at) values ($1, 1)";
const COUNT: &str = "select count(*) from revoked_tokens";

async fn insert(unit: &mut Unit, name: &str) -> Result<u64, Fault> {
    unit.sql(INSERT).bind(name.to_owned()).run().await
}

/// Units that have come while the writer was busy, in their order.
async fn queue<const N: usize>(db: &Db) -> [JoinHandle<Unit>; N] {
    let holder = db.write().await.unwrap();
    let mut units = Vec::new();
    for _ in 0..N {
        units.push(waiting(db).await);
    }
    drop(holder);
    units.try_into().ok().unwrap()
}

/// A unit that waits for its turn: the queue is first come, first served.
async fn waiting(db: &Db) -> JoinHandle<Unit> {
    let db = db.clone();
    let task = tokio::spawn(async move { db.write().await.unwrap() });
    for _ in 0..10 {
        yield_now().await;
    }
    task
}

/// A commit that is under way: the writer has been given back.
async fn committing(unit: Unit) -> JoinHandle<Result<(), Fault>> {
    let task = tokio::spawn(unit.commit());
    for _ in 0..10 {
        yield_now().await;
    }
    task
}

#[tokio::test]
async fn units_that_wait_share_one_commit() {
    let base = Base::migrated(Engine::Sqlite).await;
    let [first, second, third] = queue(&base.db).await;
    let mut first = first.await.unwrap();
    insert(&mut first, "first").await.unwrap();
    let first = committing(first).await;
    let mut second = second.await.unwrap();
    insert(&mut second, "second").await.unwrap();
    let second = committing(second).await;
    let mut third = third.await.unwrap();
    insert(&mut third, "third").await.unwrap();
    assert!(!first.is_finished() && !second.is_finished(), "nobody is told before the commit");
    assert_eq!(base.number(COUNT).await, 0, "nothing is durable yet");
    third.commit().await.unwrap();
    assert_eq!(base.number(COUNT).await, 3);
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_failed_unit_is_rolled_back_alone() {
    let base = Base::migrated(Engine::Sqlite).await;
    let [first, second, third] = queue(&base.db).await;
    let mut first = first.await.unwrap();
    insert(&mut first, "taken").await.unwrap();
    let first = committing(first).await;
    let mut second = second.await.unwrap();
    insert(&mut second, "lost").await.unwrap();
    insert(&mut second, "taken").await.unwrap_err();
    drop(second);
    let mut third = third.await.unwrap();
    insert(&mut third, "third").await.unwrap();
    third.commit().await.unwrap();
    first.await.unwrap().unwrap();
    assert_eq!(base.number(COUNT).await, 2);
    assert_eq!(base.number("select count(*) from revoked_tokens where jti in ('taken', 'third')").await, 2);
}

#[tokio::test]
async fn a_unit_that_is_dropped_last_does_not_take_the_others_along() {
    let base = Base::migrated(Engine::Sqlite).await;
    let [first, second] = queue(&base.db).await;
    let mut first = first.await.unwrap();
    insert(&mut first, "first").await.unwrap();
    let first = committing(first).await;
    let mut second = second.await.unwrap();
    insert(&mut second, "second").await.unwrap();
    drop(second);
    first.await.unwrap().unwrap();
    assert_eq!(base.number(COUNT).await, 1);
}

#[tokio::test]
async fn a_commit_that_nobody_waits_for_any_more_is_kept_whole() {
    let base = Base::migrated(Engine::Sqlite).await;
    let [first, second] = queue(&base.db).await;
    let mut first = first.await.unwrap();
    insert(&mut first, "first").await.unwrap();
    let first = committing(first).await;
    first.abort();
    let mut second = second.await.unwrap();
    insert(&mut second, "second").await.unwrap();
    second.commit().await.unwrap();
    assert_eq!(base.number(COUNT).await, 2);
}

/// What a power cut leaves is what other programs see in the file: here, one that reads a copy of it.
#[tokio::test]
async fn an_acknowledged_unit_is_in_the_files() {
    let base = Base::migrated(Engine::Sqlite).await;
    let mut unit = base.db.write().await.unwrap();
    insert(&mut unit, "kept").await.unwrap();
    unit.commit().await.unwrap();
    let path = base.handle.url().strip_prefix("sqlite:").unwrap().to_owned();
    let copy = tempfile::tempdir().unwrap();
    for end in ["-wal", ""] {
        let from = format!("{path}{end}");
        if std::path::Path::new(&from).exists() {
            std::fs::copy(from, copy.path().join(format!("copy.db{end}"))).unwrap();
        }
    }
    let url = format!("sqlite:{}", copy.path().join("copy.db").display());
    let surroundings = (base.db.clock().clone(), base.db.entropy().clone());
    let db = Db::open(&url, Patience::Request, surroundings, Subscriptions::default()).await.unwrap();
    assert_eq!(db.read().await.unwrap().sql(COUNT).scalar::<i64>().await.unwrap(), Some(1));
}

/// The program that serves is one process, and a command another: SQLite makes the one wait for the other.
#[tokio::test]
async fn a_command_waits_longer_for_the_writer_than_a_request() {
    let base = Base::migrated(Engine::Sqlite).await;
    let (request, command) = (base.another_node().await, base.a_command().await);
    let serving = base.db.write().await.unwrap();
    let refused = async {
        let fault = request.write().await.err().unwrap();
        assert_eq!(fault.kind(), Kind::Busy);
        drop(serving);
    };
    let (turn, ()) = tokio::join!(command.write(), refused);
    let mut unit = turn.unwrap();
    insert(&mut unit, "by a command").await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(base.number(COUNT).await, 1);
}

/// A command gets its turn although the program that serves leaves the lock free for moments only.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_gets_its_turn_beside_a_program_that_writes_without_a_pause() {
    let base = Base::migrated(Engine::Sqlite).await;
    let command = base.a_command().await;
    let (db, stop) = (base.db.clone(), CancellationToken::new());
    let until = stop.clone();
    let serving = tokio::spawn(async move {
        let mut count = 0;
        while !until.is_cancelled() {
            let mut unit = db.write().await.unwrap();
            insert(&mut unit, &format!("row {count}")).await.unwrap();
            unit.commit().await.unwrap();
            count += 1;
        }
    });
    for turn in 0..20 {
        let mut unit = command.write().await.unwrap();
        insert(&mut unit, &format!("turn {turn}")).await.unwrap();
        unit.commit().await.unwrap();
    }
    stop.cancel();
    serving.await.unwrap();
    assert!(base.number(COUNT).await > 20);
}

/// While units follow each other without a pause, SQLite's log is never folded to its end from outside.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_does_not_grow_while_units_follow_each_other_without_a_pause() {
    const ROW: usize = 48 * 1024;
    const ROWS: usize = 4096;
    let base = Base::migrated(Engine::Sqlite).await;
    let (log, most) = (format!("{}-wal", base.handle.url().strip_prefix("sqlite:").unwrap()), 160 * 1024 * 1024);
    let writers = (0..4).map(|writer| {
        let db = base.db.clone();
        tokio::spawn(async move {
            for row in 0..ROWS / 4 {
                let mut unit = db.write().await.unwrap();
                insert(&mut unit, &format!("{writer}-{row:-<ROW$}")).await.unwrap();
                unit.commit().await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let (bytes, written) = (std::fs::metadata(log).unwrap().len(), u64::try_from(ROW * ROWS).unwrap());
    assert!(bytes < most && most < written, "{bytes} bytes of log after {written} were written");
}
