//! The loop that does the work.

use std::{future::Future, sync::Arc, time::Duration};

use tokio::{sync::Semaphore, time::sleep};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{LeasedJob, Outcome, store, wait_before};
use crate::kernel::Fault;
use crate::platform::store::{Db, Sql};

/// Jobs that one node does at the same time.
const AT_ONCE: usize = 32;
/// How often to look although nobody knocked: other processes commit too.
const LOOK_EVERY_MILLIS: u32 = 1000;

/// Leases jobs and runs them until told to stop.
pub struct Workers {
    db: Db,
    stop: CancellationToken,
}

impl Workers {
    /// Workers on `db` that stop at `stop`.
    #[must_use]
    pub const fn new(db: Db, stop: CancellationToken) -> Self {
        Self { db, stop }
    }

    /// Runs until stopped, then waits for the jobs under way. `work` does one job.
    pub async fn run<F, W>(self, work: F)
    where
        F: Fn(LeasedJob) -> W + Send + Sync + 'static,
        W: Future<Output = Outcome> + Send + 'static,
    {
        let work = Arc::new(work);
        let room = Arc::new(Semaphore::new(AT_ONCE));
        let under_way = TaskTracker::new();
        while !self.stop.is_cancelled() {
            match self.take(room.available_permits()).await {
                Ok(jobs) if jobs.is_empty() => self.rest().await,
                Ok(jobs) => {
                    for job in jobs {
                        let Ok(place) = room.clone().acquire_owned().await else { return };
                        let (db, work) = (self.db.clone(), work.clone());
                        under_way.spawn(async move {
                            let outcome = work(job.clone()).await;
                            if let Err(fault) = settle(&db, &job, outcome).await {
                                tracing::error!(job = %job.id, kind = job.kind, fault = ?fault, "a job could not be settled; it will run again");
                            }
                            drop(place);
                            db.wake_a_worker();
                        });
                    }
                }
                Err(fault) => {
                    tracing::error!(fault = ?fault, "the workers could not look for jobs");
                    self.rest().await;
                }
            }
        }
        under_way.close();
        under_way.wait().await;
    }

    async fn take(&self, room: usize) -> Result<Vec<LeasedJob>, Fault> {
        // Looking costs no write: on SQLite a lease would take the one writer each time.
        if room == 0 || !store::any_free(&mut self.db.read().await?).await? {
            return Ok(Vec::new());
        }
        let mut unit = self.db.write().await?;
        let jobs = store::lease(&mut unit, i64::try_from(room).unwrap_or(1)).await?;
        unit.commit().await?;
        Ok(jobs)
    }

    /// Until somebody knocks, or about a second has passed.
    async fn rest(&self) {
        let jitter = LOOK_EVERY_MILLIS / 2 + self.db.entropy().below(LOOK_EVERY_MILLIS);
        tokio::select! {
            () = self.db.work_left_behind() => {}
            () = sleep(Duration::from_millis(u64::from(jitter))) => {}
            () = self.stop.cancelled() => {}
        }
    }
}

async fn settle(db: &Db, job: &LeasedJob, outcome: Outcome) -> Result<(), Fault> {
    let mut unit = db.write().await?;
    let (wait, why) = match outcome {
        Outcome::Done => {
            store::finish(&mut unit, job).await?;
            return unit.commit().await;
        }
        Outcome::GiveUp(why) => {
            tracing::warn!(job = %job.id, kind = job.kind, why, "a job was given up");
            store::finish(&mut unit, job).await?;
            return unit.commit().await;
        }
        Outcome::Retry(why) => (wait_before(job.attempts, db.entropy()), why),
        Outcome::RetryAfter(wait, why) => (wait, why),
    };
    let next = unit.now() + wait;
    if job.expires_at.is_some_and(|end| end <= next) {
        tracing::warn!(job = %job.id, kind = job.kind, why, "a job has expired undone");
        store::finish(&mut unit, job).await?;
    } else {
        tracing::info!(job = %job.id, kind = job.kind, why, attempts_count = job.attempts, "a job will be tried again");
        store::put_back(&mut unit, job, next, &why).await?;
    }
    unit.commit().await
}
