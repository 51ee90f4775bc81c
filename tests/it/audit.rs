//! The audit: what happened stands in hash chains, and whoever changes it is found out.

use std::collections::BTreeMap;

use connex::{
    accounts::{self, SessionEnd},
    audit::{self, Actor, Broken, Fact},
    platform::store::Sql,
};
use tokio::task::JoinSet;

use crate::support::{app::TestApp, base::Base, on_both_databases};

on_both_databases! {
    concurrent_records_leave_sound_chains
    an_altered_entry_is_found
    a_removed_entry_is_found
    a_removed_last_entry_is_found
    an_added_entry_is_found
    a_unit_that_is_rolled_back_leaves_no_entry_and_no_gap
    units_that_record_much_do_not_block_each_other
}

async fn record(base: &Base, count: usize) {
    for n in 0..count {
        let mut unit = base.db.write().await.unwrap();
        let fact = Fact::new("test.happened", &n).with("why", &"a test");
        audit::record(&mut unit, &Actor::Program, fact).await.unwrap();
        unit.commit().await.unwrap();
    }
}

async fn verdict(base: &Base) -> (u64, Vec<Broken>) {
    audit::verify(&mut base.db.read().await.unwrap()).await.unwrap()
}

/// The chain with the most entries, and its last place.
async fn longest(base: &Base) -> (i64, i64) {
    let entries = audit::tail(&mut base.db.read().await.unwrap(), 1000).await.unwrap();
    let ends: BTreeMap<i64, i64> = entries.iter().map(|entry| (entry.seq, entry.chain)).collect();
    let (seq, chain) = ends.last_key_value().unwrap();
    (*chain, *seq)
}

async fn change(base: &Base, sql: &'static str, chain: i64, seq: i64) {
    let mut unit = base.db.write().await.unwrap();
    assert_eq!(unit.sql(sql).bind(chain).bind(seq).run().await.unwrap(), 1);
    unit.commit().await.unwrap();
}

async fn concurrent_records_leave_sound_chains(base: Base) {
    let (mut tasks, other) = (JoinSet::new(), base.another_node().await);
    for n in 0..200 {
        let db = if n % 2 == 0 { base.db.clone() } else { other.clone() };
        tasks.spawn(async move {
            let mut unit = db.write().await.unwrap();
            audit::record(&mut unit, &Actor::Operator, Fact::new("test.happened", &n)).await.unwrap();
            unit.commit().await.unwrap();
        });
    }
    tasks.join_all().await;
    assert_eq!(verdict(&base).await, (200, vec![]));
    assert_eq!(audit::tail(&mut base.db.read().await.unwrap(), 1000).await.unwrap().len(), 200);
}

async fn an_altered_entry_is_found(base: Base) {
    for sql in [
        "update audit_entries set actor = 'stranger' where chain = $1 and seq = $2",
        "update audit_entries set detail = '{}' where chain = $1 and seq = $2",
        "update audit_entries set at = at + 1 where chain = $1 and seq = $2",
    ] {
        record(&base, 40).await;
        let (chain, seq) = longest(&base).await;
        change(&base, sql, chain, seq - 1).await;
        assert_eq!(verdict(&base).await.1, [Broken { chain, seq: seq - 1 }]);
        base.write("delete from audit_entries").await;
        base.write("update audit_chains set seq = 0, hash = ''").await;
    }
}

async fn a_removed_entry_is_found(base: Base) {
    record(&base, 40).await;
    let (chain, seq) = longest(&base).await;
    change(&base, "delete from audit_entries where chain = $1 and seq = $2", chain, seq - 1).await;
    assert_eq!(verdict(&base).await.1, [Broken { chain, seq: seq - 1 }]);
}

async fn a_removed_last_entry_is_found(base: Base) {
    record(&base, 40).await;
    let (chain, seq) = longest(&base).await;
    change(&base, "delete from audit_entries where chain = $1 and seq = $2", chain, seq).await;
    assert_eq!(verdict(&base).await.1, [Broken { chain, seq }]);
}

async fn an_added_entry_is_found(base: Base) {
    record(&base, 40).await;
    let (chain, seq) = longest(&base).await;
    let sql = "insert into audit_entries (chain, seq, id, at, actor, fact, subject, detail, hash)
               select chain, seq + 1, id, at, actor, fact, subject, detail, hash from audit_entries
               where chain = $1 and seq = $2";
    change(&base, sql, chain, seq).await;
    assert_eq!(verdict(&base).await.1, [Broken { chain, seq: seq + 1 }]);
}

async fn a_unit_that_is_rolled_back_leaves_no_entry_and_no_gap(base: Base) {
    for n in 0..20 {
        let mut unit = base.db.write().await.unwrap();
        audit::record(&mut unit, &Actor::Program, Fact::new("test.happened", &n)).await.unwrap();
        if n % 2 == 0 {
            unit.commit().await.unwrap();
        }
    }
    assert_eq!(verdict(&base).await, (10, vec![]));
}

/// On PostgreSQL the end of a chain is a row that stays locked until the commit: two units that lock several of them
/// in different orders would wait for each other for ever.
async fn units_that_record_much_do_not_block_each_other(base: Base) {
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let db = base.db.clone();
        tasks.spawn(async move {
            for _ in 0..10 {
                let mut unit = db.write().await.unwrap();
                for n in 0..10 {
                    audit::record(&mut unit, &Actor::Program, Fact::new("test.happened", &n)).await.unwrap();
                }
                unit.commit().await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(verdict(&base).await, (800, vec![]));
}

/// The same through the program: whole families of sessions end side by side.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_are_disabled_side_by_side() {
    let app = TestApp::start(crate::support::app::POSTGRES).await;
    let mut tasks = JoinSet::new();
    for n in 0..8 {
        let person = app.person(&format!("person{n}")).await;
        for _ in 0..5 {
            app.sign_in(&crate::support::http::Visitor::new(), &person).await;
        }
        let db = app.app.db.clone();
        tasks.spawn(async move {
            let mut unit = db.write().await.unwrap();
            let ended = accounts::sessions::end_all(&mut unit, &Actor::Operator, person.id, SessionEnd::ByOperator);
            assert_eq!(ended.await.unwrap(), 5);
            unit.commit().await.unwrap();
        });
    }
    tasks.join_all().await;
}
