//! A unit of work is kept as a whole, or not at all.

use std::{sync::Arc, time::Duration};

use connex::platform::store::Sql;
use tokio::{sync::Notify, task::JoinSet, time::timeout};

use crate::support::{base::Base, on_both_databases};

on_both_databases! {
    what_is_committed_is_seen_by_others_at_once
    a_unit_that_is_not_committed_leaves_nothing
    a_unit_that_fails_leaves_nothing
    a_unit_that_was_cut_short_leaves_nothing_and_stops_nobody
    whoever_gives_up_waiting_for_a_unit_stops_nobody
    sixty_four_units_at_once_all_land
    a_unit_keeps_its_moment
}

const COUNT: &str = "select count(*) from revoked_tokens";

async fn insert(on: &mut impl Sql, name: &str) -> bool {
    let statement = on.sql("insert into revoked_tokens (jti, expires_at) values ($1, 1)");
    statement.bind(name.to_owned()).run().await.is_ok()
}

async fn what_is_committed_is_seen_by_others_at_once(base: Base) {
    let other = base.another_node().await;
    for expected in 1..=20 {
        let mut unit = base.db.write().await.unwrap();
        insert(&mut unit, &format!("token {expected}")).await;
        unit.commit().await.unwrap();
        let seen: Option<i64> = other.read().await.unwrap().sql(COUNT).scalar().await.unwrap();
        assert_eq!(seen, Some(expected));
    }
}

async fn a_unit_that_is_not_committed_leaves_nothing(base: Base) {
    let mut unit = base.db.write().await.unwrap();
    assert!(insert(&mut unit, "kept by nobody").await);
    assert_eq!(unit.sql(COUNT).scalar::<i64>().await.unwrap(), Some(1), "a unit sees what it wrote");
    drop(unit);
    assert_eq!(base.number(COUNT).await, 0);
    base.write("insert into revoked_tokens (jti, expires_at) values ('the next', 1)").await;
    assert_eq!(base.number(COUNT).await, 1);
}

async fn a_unit_that_fails_leaves_nothing(base: Base) {
    base.write("insert into revoked_tokens (jti, expires_at) values ('taken', 1)").await;
    let mut unit = base.db.write().await.unwrap();
    assert!(insert(&mut unit, "first").await);
    assert!(!insert(&mut unit, "taken").await);
    drop(unit);
    assert_eq!(base.number(COUNT).await, 1);
}

async fn a_unit_that_was_cut_short_leaves_nothing_and_stops_nobody(base: Base) {
    for round in 0..20 {
        let (db, begun) = (base.db.clone(), Arc::new(Notify::new()));
        let tell = begun.clone();
        let task = tokio::spawn(async move {
            let mut unit = db.write().await.unwrap();
            for n in 0.. {
                assert!(insert(&mut unit, &format!("{round} {n}")).await);
                tell.notify_one();
            }
            unit.commit().await.unwrap();
        });
        begun.notified().await;
        task.abort();
        base.write("update audit_chains set seq = seq where chain = 0").await;
    }
    assert_eq!(base.number(COUNT).await, 0);
}

async fn whoever_gives_up_waiting_for_a_unit_stops_nobody(base: Base) {
    let mut all = Vec::new();
    while let Ok(unit) = timeout(Duration::from_millis(200), base.db.write()).await {
        all.push(unit.unwrap());
    }
    let gone = timeout(Duration::from_millis(20), base.db.write()).await;
    assert!(gone.is_err() && !all.is_empty());
    drop(all);
    base.write("insert into revoked_tokens (jti, expires_at) values ('after all', 1)").await;
    assert_eq!(base.number(COUNT).await, 1);
}

async fn sixty_four_units_at_once_all_land(base: Base) {
    let mut tasks = JoinSet::new();
    for n in 0..64 {
        let db = base.db.clone();
        tasks.spawn(async move {
            let mut unit = db.write().await.unwrap();
            assert!(insert(&mut unit, &format!("token {n}")).await);
            // Every fourth one thinks better of it.
            if n % 4 > 0 {
                unit.commit().await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(base.number(COUNT).await, 48);
}

async fn a_unit_keeps_its_moment(base: Base) {
    let unit = base.db.write().await.unwrap();
    let began = unit.now();
    base.advance(connex::kernel::Lifetime::hours(1));
    assert_eq!(unit.now(), began);
    assert!(base.db.now() > began);
}
