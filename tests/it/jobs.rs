//! Jobs: kept with what caused them, done by one worker at a time, and not lost with a worker.

use std::{
    future::pending,
    sync::{Arc, Mutex},
};

use connex::{
    audit::{self, Actor, Fact},
    kernel::Lifetime,
    platform::{
        jobs::{self, LeasedJob, NewJob, Outcome, Subscription, Subscriptions, Workers},
        store::{Db, Sql},
    },
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::support::{base::Base, on_both_databases, until};

on_both_databases! {
    a_job_is_done_by_one_worker_only
    the_job_of_a_dead_worker_is_taken_over_after_its_lease
    a_worker_that_comes_back_too_late_spoils_nothing
    a_job_that_fails_is_tried_again_later_each_time
    a_site_that_says_when_to_come_back_is_obeyed
    a_job_that_expires_is_given_up
    a_job_that_can_never_succeed_is_forgotten
    a_waiting_job_of_the_same_kind_and_key_is_enough
    a_job_is_kept_or_lost_with_its_unit
}

/// What was done, by whom.
type Done = Arc<Mutex<Vec<(&'static str, LeasedJob)>>>;

/// Workers of one node; aborting them is the node's death.
fn workers<F>(name: &'static str, db: &Db, done: &Done, outcome: F) -> JoinHandle<()>
where
    F: Fn(&LeasedJob) -> Option<Outcome> + Clone + Send + Sync + 'static,
{
    let done = done.clone();
    tokio::spawn(Workers::new(db.clone(), CancellationToken::new()).run(move |job| {
        done.lock().unwrap().push((name, job.clone()));
        let outcome = outcome(&job);
        async move {
            match outcome {
                Some(outcome) => outcome,
                None => pending().await,
            }
        }
    }))
}

async fn enqueue(base: &Base, key: &str, lives: Option<Lifetime>) {
    let mut unit = base.db.write().await.unwrap();
    let expires_at = lives.map(|span| unit.now() + span);
    let job = NewJob { kind: "test.job", key: key.to_owned(), payload: "{}".to_owned(), expires_at };
    jobs::enqueue(&mut unit, job).await.unwrap();
    unit.commit().await.unwrap();
}

/// Waits until the workers have begun `count` jobs.
async fn begun(base: &Base, done: &Done, count: usize) {
    until("the workers begin", async || {
        base.db.wake_a_worker();
        done.lock().unwrap().len() >= count
    })
    .await;
}

async fn left(base: &Base) -> i64 {
    base.number("select count(*) from jobs").await
}

async fn forgotten(base: &Base) {
    until("the job is forgotten", async || left(base).await == 0).await;
}

async fn a_job_is_done_by_one_worker_only(base: Base) {
    let (done, other) = (Done::default(), base.another_node().await);
    for n in 0..100 {
        enqueue(&base, &n.to_string(), None).await;
    }
    let _nodes = [("a", &base.db), ("b", &other), ("c", &base.db)]
        .map(|(name, db)| workers(name, db, &done, |_| Some(Outcome::Done)));
    forgotten(&base).await;
    let mut keys: Vec<i32> = done.lock().unwrap().iter().map(|(_, job)| job.key.parse().unwrap()).collect();
    keys.sort_unstable();
    assert_eq!(keys, (0..100).collect::<Vec<_>>());
}

async fn the_job_of_a_dead_worker_is_taken_over_after_its_lease(base: Base) {
    let (done, other) = (Done::default(), base.another_node().await);
    enqueue(&base, "one", None).await;
    let dying = workers("a", &base.db, &done, |_| None);
    begun(&base, &done, 1).await;
    dying.abort();
    let _heir = workers("b", &other, &done, |_| Some(Outcome::Done));
    base.advance(Lifetime::seconds(15));
    other.wake_a_worker();
    enqueue(&base, "two", None).await;
    begun(&base, &done, 2).await;
    assert_eq!(done.lock().unwrap()[1].1.key, "two", "the lease of the first is not over");
    base.advance(Lifetime::seconds(15));
    forgotten(&base).await;
    let begun: Vec<_> = done.lock().unwrap().iter().map(|(who, job)| (*who, job.key.clone(), job.attempts)).collect();
    assert_eq!(begun[2], ("b", "one".to_owned(), 2));
    assert_eq!(begun.len(), 3);
}

async fn a_worker_that_comes_back_too_late_spoils_nothing(base: Base) {
    let (done, other) = (Done::default(), base.another_node().await);
    let late = Arc::new(tokio::sync::Notify::new());
    let waits = late.clone();
    let noted = done.clone();
    enqueue(&base, "one", None).await;
    let slow = Workers::new(base.db.clone(), CancellationToken::new()).run(move |job| {
        noted.lock().unwrap().push(("slow", job));
        let waits = waits.clone();
        async move {
            waits.notified().await;
            Outcome::Retry("the slow one failed".to_owned())
        }
    });
    tokio::spawn(slow);
    begun(&base, &done, 1).await;
    base.advance(Lifetime::seconds(31));
    // The slow one would take it again as well; either way the first lease is worth nothing any more.
    let _heir = workers("b", &other, &done, |_| None);
    begun(&base, &done, 2).await;
    late.notify_one();
    enqueue(&base, "two", None).await;
    begun(&base, &done, 3).await;
    assert_eq!(base.number("select count(*) from jobs where leased_until > 0 and key = 'one'").await, 1);
}

async fn a_job_that_fails_is_tried_again_later_each_time(base: Base) {
    let done = Done::default();
    enqueue(&base, "one", None).await;
    let _node = workers("a", &base.db, &done, |job| {
        Some(if job.attempts < 4 { Outcome::Retry("not today".to_owned()) } else { Outcome::Done })
    });
    for (attempts, wait) in [(1, 2_000), (2, 10_000), (3, 30_000)] {
        let before = base.db.now().millis();
        begun(&base, &done, attempts).await;
        until("it is put back", async || base.number("select count(*) from jobs where leased_until = 0").await == 1)
            .await;
        let (run_at, after) = (base.number("select run_at from jobs").await, base.db.now().millis());
        let spans = before + wait * 8 / 10..=after + wait * 12 / 10;
        assert!(spans.contains(&run_at), "after {attempts}: {run_at} is not in {spans:?}");
        assert_eq!(base.number("select count(*) from jobs where last_error = 'not today'").await, 1);
        base.advance(Lifetime::millis((run_at - after).max(0)));
    }
    forgotten(&base).await;
    assert_eq!(done.lock().unwrap().len(), 4);
}

async fn a_site_that_says_when_to_come_back_is_obeyed(base: Base) {
    let done = Done::default();
    enqueue(&base, "one", None).await;
    let _node = workers("a", &base.db, &done, |job| {
        let later = Outcome::RetryAfter(Lifetime::minutes(5), "asked to".to_owned());
        Some(if job.attempts < 2 { later } else { Outcome::Done })
    });
    begun(&base, &done, 1).await;
    until("it is put back", async || base.number("select count(*) from jobs where leased_until = 0").await == 1).await;
    let wait = base.number("select run_at from jobs").await - base.db.now().millis();
    assert!((280_000..=300_000).contains(&wait), "{wait} ms");
    base.advance(Lifetime::minutes(5));
    forgotten(&base).await;
}

async fn a_job_that_expires_is_given_up(base: Base) {
    let done = Done::default();
    enqueue(&base, "one", Some(Lifetime::seconds(5))).await;
    let _node = workers("a", &base.db, &done, |_| Some(Outcome::Retry("never".to_owned())));
    begun(&base, &done, 1).await;
    until("it is put back", async || base.number("select count(*) from jobs where leased_until = 0").await == 1).await;
    base.advance(Lifetime::seconds(3));
    forgotten(&base).await;
    assert_eq!(done.lock().unwrap().len(), 2);
}

async fn a_job_that_can_never_succeed_is_forgotten(base: Base) {
    let done = Done::default();
    enqueue(&base, "one", None).await;
    let _node = workers("a", &base.db, &done, |_| Some(Outcome::GiveUp("no such site".to_owned())));
    forgotten(&base).await;
    assert_eq!(done.lock().unwrap().len(), 1);
}

async fn a_waiting_job_of_the_same_kind_and_key_is_enough(base: Base) {
    for key in ["one", "one", "two"] {
        enqueue(&base, key, None).await;
    }
    assert_eq!(left(&base).await, 2);
    assert_eq!(jobs::count_due(&mut base.db.read().await.unwrap()).await.unwrap(), 2);
}

async fn a_job_is_kept_or_lost_with_its_unit(base: Base) {
    const JOBS: &[Subscription] = &[
        Subscription { fact: "test.happened", job: "test.first" },
        Subscription { fact: "test.happened", job: "test.second" },
        Subscription { fact: "test.other", job: "test.third" },
    ];
    const SUBSCRIPTIONS: Subscriptions = Subscriptions { jobs: JOBS, followers: &[] };
    let base = Base::empty(base.engine, SUBSCRIPTIONS).await;
    base.db.migrate().await.unwrap();
    for is_kept in [false, true] {
        let mut unit = base.db.write().await.unwrap();
        let fact = Fact::new("test.happened", &"somebody").with("where", &"here");
        audit::record(&mut unit, &Actor::Program, fact).await.unwrap();
        assert_eq!(unit.sql("select count(*) from jobs").scalar::<i64>().await.unwrap(), Some(2));
        if is_kept {
            unit.commit().await.unwrap();
        } else {
            drop(unit);
        }
        let count = if is_kept { 1 } else { 0 };
        assert_eq!(base.number("select count(*) from audit_entries").await, count);
        assert_eq!(left(&base).await, 2 * count);
    }
    let done = Done::default();
    let _node = workers("a", &base.db, &done, |_| Some(Outcome::Done));
    forgotten(&base).await;
    let done = done.lock().unwrap();
    let woken: audit::Woken = serde_json::from_str(&done[0].1.payload).unwrap();
    assert_eq!((woken.subject.as_str(), woken.detail["where"].as_str()), ("somebody", Some("here")));
}
