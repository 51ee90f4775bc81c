//! Several nodes on one database: each site is served by one of them at a time.

use std::sync::Arc;

use connex::{kernel::Lifetime, platform::store::Sql};
use tokio::sync::Notify;

use super::world::{World, approve};
use crate::support::{
    app::{POSTGRES, SQLITE, TestApp},
    on_both_engines, rounds,
    scim_site::Manner,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_deliver_nothing_twice() {
    share(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_nodes_deliver_nothing_twice() {
    share(3).await;
}

async fn share(count: usize) {
    let world = World::told(TestApp::start(POSTGRES).await).await;
    let mut others = Vec::new();
    for _ in 1..count {
        others.push(world.app.another_node().await);
    }
    for round in 0..rounds(15, 200) {
        for person in [&world.dana, &world.luis] {
            let node = others.get(round % count).unwrap_or(&world.app);
            super::world::rename(node, person.id, &format!("N{round}")).await;
        }
    }
    world.is_right().await;
    let mut seen = std::collections::BTreeSet::new();
    for told in world.scim.writes() {
        assert!(seen.insert((told.about(), told.rev())), "{} was sent twice: {:?}", told.about(), told.rev());
    }
    assert_eq!(world.scim.user("luis").unwrap()["name"]["formatted"], format!("N{} Ortega", rounds(15, 200) - 1));
    world.scim.assert_nothing_was_applied_twice();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_only_node_serves_at_once_what_the_one_before_it_left() {
    let world = World::told(TestApp::start(SQLITE).await).await;
    world.app.until("it is at rest", async || world.number(IS_HELD).await == 0).await;
    world.change("update sync_sites set lease = $1, leased_until = 9223372036854775807 where site_id = $1").await;
    world.rename(&world.luis, "Lucho").await;
    let _node = world.app.another_node().await;
    world.is_right().await;
    assert_eq!(world.scim.user("luis").unwrap()["name"]["givenName"], "Lucho");
}

const IS_HELD: &str = "select count(*) from sync_sites where site_id = $1 and lease is not null";

on_both_engines! {
    a_lease_that_ends_during_a_call_leaves_the_word_to_whoever_has_it_now
}

async fn a_lease_that_ends_during_a_call_leaves_the_word_to_whoever_has_it_now(app: TestApp) {
    let world = World::new(app).await;
    let answer = Arc::new(Notify::new());
    world.scim.next([Manner::Holds(answer.clone())]);
    approve(&world.app, world.site, world.organization).await;
    world.app.until("a call is under way", async || !world.scim.writes().is_empty()).await;
    // Another node takes the site while the call is under way, as `take` does it.
    world.app.advance(Lifetime::seconds(11));
    let mut unit = world.app.app.db.write().await.unwrap();
    let until = unit.now() + Lifetime::hours(1);
    unit.sql("update sync_sites set lease = $1, leased_until = $2 where site_id = $1")
        .bind(world.site)
        .bind(until)
        .run()
        .await
        .unwrap();
    unit.commit().await.unwrap();
    answer.notify_one();
    let attempts = "select count(*) from sync_attempts where site_id = $1";
    world.app.until("the answer is noted", async || world.number(attempts).await > 0).await;
    let receipts = "select count(*) from sync_receipts where site_id = $1";
    assert_eq!(world.number(receipts).await, 0, "the site is another node's by now");
    assert_eq!(world.number("select max(acked_rev) from sync_items where site_id = $1").await, 0);
    assert_eq!(world.number("select leased_until from sync_sites where site_id = $1").await, until.millis());
    assert_eq!(world.scim.writes().len(), 1, "it is told nothing more");
    // That node dies. Whoever comes after it is told the same again, and makes nothing twice.
    world.app.advance(Lifetime::hours(2));
    world.is_right().await;
    assert_eq!(world.scim.look().groups.len(), 1);
    assert_eq!(world.number(receipts).await, 3);
    world.scim.assert_nothing_was_applied_twice();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_that_is_back_waits_for_whoever_writes_many_of_its_rows() {
    let world = World::told(TestApp::start(POSTGRES).await).await;
    let owed = "update sync_items set state = 'due', want_rev = want_rev + 1, next_at = 9000000000000000000
        where site_id = $1";
    world.change(owed).await;
    // Somebody is in the midst of it, as an approval is: the feed is held, and the rows of the people.
    let mut unit = world.app.app.db.write().await.unwrap();
    unit.sql("set local deadlock_timeout = '1ms'").run().await.unwrap();
    unit.sql("update sync_feeds set turn = turn + 1 where site_id = $1").bind(world.site).run().await.unwrap();
    let people = "update sync_items set changed_at = 1 where site_id = $1 and kind = 'user'";
    unit.sql(people).bind(world.site).run().await.unwrap();
    // The site was found to be down, and is found to be back.
    world.change("update sync_sites set trouble = 'not answering', compare_at = 0 where site_id = $1").await;
    let waits = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like 'update sync_%'";
    world.app.until("somebody waits", async || world.app.count(waits).await > 0).await;
    let organization = "update sync_items set changed_at = 1 where site_id = $1 and kind = 'organization'";
    unit.sql(organization).bind(world.site).run().await.expect("nobody waits for each other");
    unit.commit().await.unwrap();
    world.is_right().await;
}
