//! `kill -9` of ConneX and of a site while people change things: the site ends with what ConneX has, nothing is lost,
//! and nothing is made twice.

mod churn;
mod proof;
mod site;
mod world;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use proof::Applied;
use rand::random_range;
use tokio::time::sleep;
use world::{Victim, World};

use crate::support::{
    app::{POSTGRES, SQLITE, Setting},
    process::connex,
    rounds,
};

/// One round in so many has the machine's clock alone: the lease of a dead node and the pauses between tries last
/// as long as they last.
const OWN_CLOCK: usize = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_leave_the_site_right_on_sqlite() {
    kill_again_and_again(SQLITE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_leave_the_site_right_on_postgresql() {
    kill_again_and_again(POSTGRES).await;
}

/// What happened, for whoever runs the tests.
#[derive(Debug, Default)]
struct Tally {
    kills_of_connex: usize,
    kills_of_the_site: usize,
    /// Copies that the site had changed when ConneX was killed before it had noted the answer.
    unheard: usize,
}

#[expect(clippy::print_stderr, reason = "what the kills have hit is chance, and worth knowing")]
async fn kill_again_and_again(setting: Setting) {
    let mut world = World::prepare(setting).await;
    let (mut tally, mut applied, count) = (Tally::default(), Applied::default(), rounds(20, 1000));
    for round in 0..count {
        let own_clock = round % OWN_CLOCK == OWN_CLOCK / 5;
        hurry_and_kill(&mut world, &mut tally, own_clock).await;
        // Who is killed again before all is well has more to make good.
        if own_clock || round + 1 == count || random_range(0..3) > 0 {
            come_to_rest(&mut world, round, own_clock).await;
            for writer in &mut world.writers {
                writer.assert_word_is_kept(round).await;
            }
            proof::assert_equal(&world, round).await;
            applied.assert_once(&world, round).await;
        }
        if round % 100 == 99 {
            eprintln!("{setting:?}: {} rounds, {tally:?}", round + 1);
        }
    }
    assert_proven(&mut world, count).await;
    applied.assert_once(&world, count).await;
    let acknowledged: usize = world.writers.iter().map(|writer| writer.acknowledged).sum();
    assert!(acknowledged > count && applied.count() > 0, "nobody was served");
    eprintln!("{setting:?}: {count} rounds, {acknowledged} changes acknowledged, {} made, {tally:?}", applied.count());
}

/// Everybody hurries, somebody is killed at a moment that is nobody's choice, at times twice, and comes back.
async fn hurry_and_kill(world: &mut World, tally: &mut Tally, own_clock: bool) {
    if random_range(0..4) == 0 {
        world.have_it_compared().await;
    }
    let stop = Arc::new(AtomicBool::new(false));
    let hurrying = world.hurry(&stop);
    sleep(Duration::from_millis(random_range(50..400))).await;
    loop {
        let victim = [Victim::Connex, Victim::Site, Victim::Both][random_range(0..3)];
        world.kill_9(victim);
        tally.kills_of_connex += usize::from(victim != Victim::Site);
        tally.kills_of_the_site += usize::from(victim != Victim::Connex);
        if victim != Victim::Site {
            tally.unheard += proof::unheard(world).await;
        }
        sleep(Duration::from_millis(random_range(0..60))).await;
        if !own_clock {
            world.let_time_pass().await;
        }
        world.start().await;
        if random_range(0..4) > 0 {
            break;
        }
        sleep(Duration::from_millis(random_range(0..100))).await;
    }
    sleep(Duration::from_millis(random_range(20..120))).await;
    stop.store(true, Ordering::Relaxed);
    world.writers = hurrying.join_all().await;
}

/// Waits until the site has confirmed all that it should hold.
async fn come_to_rest(world: &mut World, round: usize, own_clock: bool) {
    let owed = "select count(*) from sync_items where site_id = $1 and (state <> 'ok' or acked_rev <> want_rev)";
    for look in 1..=3000 {
        if world.number(owed).await == 0 {
            return;
        }
        if !own_clock && look % 8 == 0 {
            world.let_time_pass().await;
            // Whoever changes something wakes those who deliver.
            world.writers[0].act().await;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("round {round}: the site is not right:\n{}\n{}", world.owed().await.join("\n"), world.said());
}

/// ConneX finds so itself: its comparison with the site finds nothing, and its records are as they were written.
async fn assert_proven(world: &mut World, count: usize) {
    world.have_it_compared().await;
    let is_due = "select count(*) from sync_sites where site_id = $1 and compare_at = 0";
    for _ in 0..500 {
        if world.number(is_due).await == 0 {
            break;
        }
        sleep(Duration::from_millis(20)).await;
    }
    let proven = "select count(*) from sync_sites where site_id = $1 and proven_at = compared_at and compare_at > 0";
    assert_eq!(world.number(proven).await, 1, "it was not found equal:\n{}", world.said());
    proof::assert_equal(world, count).await;
    let verified = connex(&world.config, &["audit", "verify"], "");
    assert!(verified.status.success(), "{verified:?}");
}
