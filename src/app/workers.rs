//! What runs beside the requests: jobs, keys, sweeps.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{App, letters};
use crate::accounts::{self, recovery, sign_in};
use crate::kernel::Fault;
use crate::oidc::{connected, housekeeping, logout};
use crate::operator::alarms;
use crate::organizations::{self, members};
use crate::platform::{
    jobs::{self, LeasedJob, Outcome, Workers},
    mail,
};
use crate::signing;
use crate::sites::approvals;
use crate::sync::{self, delivery};

/// How soon a rotation on another node, or at the command line, is followed.
const LOOK_AT_KEYS_EVERY: Duration = Duration::from_secs(5);
/// How soon after its time an approval ends for good. The gate looks at the time itself, and refuses at once.
const END_APPROVALS_EVERY: Duration = Duration::from_secs(10);
/// How often the sites are looked at, for what people are to be written about.
const WATCH_SITES_EVERY: Duration = Duration::from_secs(30);
/// How often expired rows are swept, and keys rotated that have signed for long enough.
const SWEEP_EVERY: Duration = Duration::from_secs(600);

/// Starts the tasks; they end after `stop`.
pub(super) fn start(app: App, stop: CancellationToken) -> TaskTracker {
    let tasks = TaskTracker::new();
    let workers = Workers::new(app.db.clone(), stop.clone());
    let worker_app = app.clone();
    tasks.spawn(workers.run(move |job| work(worker_app.clone(), job)));
    let starting_app = app.clone();
    tasks.spawn(async move { catch_up(&starting_app).await });
    tasks.spawn(every(LOOK_AT_KEYS_EVERY, stop.clone(), app.clone(), look_at_keys));
    tasks.spawn(every(END_APPROVALS_EVERY, stop.clone(), app.clone(), end_approvals));
    tasks.spawn(every(WATCH_SITES_EVERY, stop.clone(), app.clone(), watch_sites));
    tasks.spawn(delivery::start(app.courier(), stop.clone()));
    tasks.spawn(every(SWEEP_EVERY, stop, app, sweep));
    tasks.close();
    tasks
}

/// Does one job. Every kind that is ever queued stands here.
async fn work(app: App, job: LeasedJob) -> Outcome {
    match job.kind.as_str() {
        logout::TELL_SITES => logout::tell_sites(&app.provider, &job).await,
        logout::DELIVER => logout::deliver(&app.provider, &job).await,
        mail::SEND => letters::send(&app, &job).await,
        recovery::SEND_LINK => recovery::send_link(&app.accounts, &job).await,
        sign_in::TELL_OWNER => sign_in::tell_owner(&app.accounts, &job).await,
        connected::END_ACCESS => connected::end_access(&app.provider, &job).await,
        members::RELIST => members::relist(&app.db, &job).await,
        _ => Outcome::GiveUp("no such kind of job".to_owned()),
    }
}

async fn every<F>(span: Duration, stop: CancellationToken, app: App, act: F)
where
    F: AsyncFn(&App),
{
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(span) => act(&app).await,
        }
    }
}

async fn look_at_keys(app: &App) {
    if let Err(fault) = app.provider.keys().refresh().await {
        tracing::error!(fault = ?fault, "the signing keys could not be looked at");
    }
    let due = async { jobs::count_due(&mut app.db.read().await?).await };
    match due.await {
        Ok(due) => app.metrics.set_jobs_due(due),
        Err(fault) => tracing::error!(fault = ?fault, "the jobs could not be counted"),
    }
    if let Err(fault) = delivery::measure(&app.courier()).await {
        tracing::error!(fault = ?fault, "what is owed to the sites could not be measured");
    }
    app.metrics.set_hash_queue(app.accounts.hasher.waiting());
}

async fn end_approvals(app: &App) {
    match approvals::end_expired(&app.db).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(approvals_count = count, "approvals have ended: their time is over"),
        Err(fault) => tracing::error!(fault = ?fault, "approvals whose time is over could not be ended"),
    }
}

async fn watch_sites(app: &App) {
    match alarms::look(&app.db, &app.accounts.kit).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(alarms_count = count, "people were written about sites"),
        Err(fault) => tracing::error!(fault = ?fault, "the sites could not be looked at"),
    }
}

/// Makes organizations findable that an older version of the program founded.
async fn catch_up(app: &App) {
    match organizations::search::catch_up(&app.db).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(organizations_count = count, "indexed for search"),
        Err(fault) => tracing::error!(fault = ?fault, "organizations could not be indexed for search"),
    }
}

async fn sweep(app: &App) {
    catch_up(app).await;
    if let Err(fault) = signing::rotate_when_due(&app.db, &app.sealing).await {
        tracing::error!(fault = ?fault, "the signing keys could not be rotated");
    }
    match sweep_rows(app).await {
        Ok(rows) => tracing::debug!(rows_count = rows, "swept"),
        Err(fault) => tracing::error!(fault = ?fault, "expired rows could not be swept"),
    }
}

async fn sweep_rows(app: &App) -> Result<u64, Fault> {
    let mut rows = housekeeping::sweep(&app.provider).await? + accounts::housekeeping::sweep(&app.accounts).await?;
    rows += organizations::housekeeping::sweep(&app.accounts).await?;
    rows += delivery::sweep(&app.db).await?;
    let mut unit = app.db.write().await?;
    rows += mail::sweep(&mut unit).await?;
    rows += alarms::sweep(&mut unit).await?;
    rows += sync::api::sweep(&mut unit).await?;
    unit.commit().await?;
    Ok(rows)
}
