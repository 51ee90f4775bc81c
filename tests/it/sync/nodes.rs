//! Several nodes on one database: each site is served by one of them at a time.

use connex::{kernel::Lifetime, platform::store::Sql};

use super::world::{World, approve, unconfirmed};
use crate::support::{
    app::{POSTGRES, TestApp},
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

on_both_engines! {
    a_lease_that_ends_during_a_call_leaves_the_word_to_whoever_has_it_now
}

async fn a_lease_that_ends_during_a_call_leaves_the_word_to_whoever_has_it_now(app: TestApp) {
    let world = World::new(app).await;
    world.scim.next([Manner::Swallows]);
    approve(&world.app, world.site, world.organization).await;
    world.app.until("a call is under way", async || !world.scim.writes().is_empty()).await;
    // Somebody else takes the site while the call is under way.
    world.change("update sync_sites set lease = '00000000-0000-0000-0000-000000000007', leased_until = 0 where site_id = $1 and lease is null").await;
    let mut unit = world.app.app.db.write().await.unwrap();
    unit.sql("update sync_sites set lease = $2 where site_id = $1")
        .bind(world.site)
        .bind(connex::kernel::SiteId::new(unit_now(&world), &world.app.app.db.entropy().clone()).uuid())
        .run().await.unwrap();
    unit.commit().await.unwrap();
    for _ in 0..800 {
        if unconfirmed(&world.app, world.site).await == 0 {
            break;
        }
        world.app.advance(Lifetime::millis(200));
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    assert_eq!(unconfirmed(&world.app, world.site).await, 0);
    assert_eq!(world.scim.look().groups.len(), 1);
    world.scim.assert_nothing_was_applied_twice();
}

fn unit_now(world: &World) -> connex::kernel::Timestamp {
    world.app.now()
}
