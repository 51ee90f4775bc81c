//! Serving one site for as long as something is due there.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::{sync::Notify, task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    Contact, Courier, Pace, Target,
    client::Attempt,
    model::{Due, Lease},
    probe, send,
    settle::{self, Next, Tried},
    store,
};
use crate::kernel::{Fault, Lifetime};
use crate::platform::telemetry::Stopwatch;
use crate::sync::{
    copy::{self, Names},
    ledger::{self, Kind},
    reconcile,
};

/// Requests to one site at the same time.
const WIDTH: usize = 4;
/// How often the lease is kept.
const KEEP_EVERY: Duration = Duration::from_secs(3);
/// How often a site is asked what it can do.
const PROBE_EVERY: Lifetime = Lifetime::days(1);

/// What a session with a site works with.
pub(super) struct Session {
    pub(super) courier: Courier,
    pub(super) lease: Lease,
    /// When its requests may go.
    pub(super) pace: Arc<Pace>,
    /// Somebody has left work behind.
    pub(super) knock: Arc<Notify>,
    pub(super) stop: CancellationToken,
}

impl Session {
    /// Serves the site until nothing is due, or it has to be left alone; then gives it back.
    pub(super) async fn run(self) {
        let site = self.lease.site;
        if let Err(fault) = self.serve().await {
            tracing::error!(%site, fault = ?fault, "a site could not be served");
            // What broke may break again at once.
            sleep(Duration::from_secs(1)).await;
        }
        if let Err(fault) = self.give_back().await {
            tracing::warn!(%site, fault = ?fault, "a site could not be given back; its lease runs out");
        }
    }

    async fn give_back(&self) -> Result<(), Fault> {
        let mut unit = self.courier.provider.db().write().await?;
        store::sites::give_back(&mut unit, self.lease).await?;
        unit.commit().await
    }

    async fn serve(&self) -> Result<(), Fault> {
        let db = self.courier.provider.db();
        let Some(mut target) = store::sites::target(&mut db.read().await?, self.lease.site).await? else {
            return Ok(());
        };
        self.pace.set(target.per_second).await;
        let had_trouble = target.trouble.is_some() || target.failures > 0;
        let is_stale = target.probed_at.is_none_or(|at| at + PROBE_EVERY <= db.now());
        if (is_stale || target.trouble.is_some()) && !self.probe(&mut target).await? {
            return Ok(());
        }
        let names = Names::of(&self.courier.provider, &mut db.read().await?, self.lease.site).await?;
        let width = if had_trouble { 1 } else { WIDTH };
        let is_well = self.deliver(&Arc::new(target.clone()), &Arc::new(names), width).await?;
        if is_well && !self.stop.is_cancelled() && target.compare_at <= db.now() {
            self.compare(&target).await?;
        }
        Ok(())
    }

    /// Asks the site what it can do. Says whether it is there; one that is back is told at once what
    /// it has missed.
    async fn probe(&self, target: &mut Target) -> Result<bool, Fault> {
        let asked = {
            let mut contact = Contact::new(&self.courier, target, &self.pace);
            probe::ask(&mut contact).await
        };
        let mut unit = self.courier.provider.db().write().await?;
        let is_there = match asked {
            Ok(features) => {
                target.features = features;
                // The feed, the rows, the site: in the order in which everybody takes them.
                if target.trouble.is_some() {
                    ledger::hold_feed(&mut unit, self.lease.site).await?;
                    store::items::wake(&mut unit, self.lease.site).await?;
                }
                store::sites::probed(&mut unit, self.lease, features).await?;
                true
            }
            Err(trouble) => {
                settle::site_unreachable(&mut unit, self.lease, &trouble).await?;
                self.courier.metrics.sync().attempted("failing");
                false
            }
        };
        unit.commit().await?;
        Ok(is_there)
    }

    /// Sends what is due, `width` at a time. Says whether the site was well to the end.
    async fn deliver(&self, target: &Arc<Target>, names: &Arc<Names>, mut width: usize) -> Result<bool, Fault> {
        let (mut under_way, mut busy) = (JoinSet::new(), BTreeSet::new());
        let (mut goes_on, mut kept) = (true, Stopwatch::start());
        loop {
            if kept.elapsed() >= KEEP_EVERY {
                goes_on &= self.keep().await?;
                kept = Stopwatch::start();
            }
            if goes_on && !self.stop.is_cancelled() {
                for due in self.take(width.saturating_sub(under_way.len()), &busy).await? {
                    busy.insert(due.key());
                    under_way.spawn(self.one(target.clone(), names.clone(), due));
                }
            }
            if under_way.is_empty() {
                return Ok(goes_on);
            }
            tokio::select! {
                Some(ended) = under_way.join_next() => {
                    let (key, next) = ended.map_err(|cause| Fault::of("deliver to a site", cause))?;
                    busy.remove(&key);
                    match next? {
                        Next::Faster => width = (width * 2).min(WIDTH),
                        Next::GoOn => {}
                        Next::Leave => goes_on = false,
                    }
                }
                () = self.knock.notified() => {}
                () = sleep(KEEP_EVERY) => {}
            }
        }
    }

    async fn keep(&self) -> Result<bool, Fault> {
        let mut unit = self.courier.provider.db().write().await?;
        let is_ours = store::sites::keep(&mut unit, self.lease).await?;
        unit.commit().await?;
        Ok(is_ours)
    }

    /// Up to `count` items that are due and not under way.
    async fn take(&self, count: usize, busy: &BTreeSet<(Kind, Uuid)>) -> Result<Vec<Due>, Fault> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let most = i64::try_from(count + busy.len()).unwrap_or(i64::MAX);
        let due = store::items::due(&mut self.courier.provider.db().read().await?, self.lease.site, most).await?;
        Ok(due.into_iter().filter(|due| !busy.contains(&due.key())).take(count).collect())
    }

    /// One item, on a task of its own.
    fn one(
        &self,
        target: Arc<Target>,
        names: Arc<Names>,
        due: Due,
    ) -> impl Future<Output = ((Kind, Uuid), Result<Next, Fault>)> + Send + 'static {
        let (courier, lease, pace) = (self.courier.clone(), self.lease, self.pace.clone());
        async move {
            let next = deliver_one(&courier, lease, (&target, &names, &pace), &due).await;
            (due.key(), next)
        }
    }

    async fn compare(&self, target: &Target) -> Result<(), Fault> {
        let (compared, _): (_, Vec<Attempt>) = {
            let mut contact = Contact::new(&self.courier, target, &self.pace);
            let compared = tokio::select! {
                compared = reconcile::compare(&self.courier, &mut contact, target) => Some(compared),
                () = self.keep_on() => None,
            };
            (compared, contact.attempts)
        };
        let Some(Err(trouble)) = compared else { return Ok(()) };
        let mut unit = self.courier.provider.db().write().await?;
        reconcile::could_not_compare(&mut unit, target.site, &trouble).await?;
        settle::site_failed(&mut unit, self.lease, &trouble).await?;
        unit.commit().await
    }

    /// Keeps the lease while something takes long; ends when it is lost, or the node stops.
    async fn keep_on(&self) {
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = sleep(KEEP_EVERY) => {}
            }
            if !matches!(self.keep().await, Ok(true)) {
                return;
            }
        }
    }
}

/// Reads what the site should hold *now*, sends it, and writes down how that ended. The revision is
/// read together with the state: whatever changes afterwards has a higher one, and stays due.
async fn deliver_one(
    courier: &Courier,
    lease: Lease,
    (target, names, pace): (&Target, &Names, &Pace),
    due: &Due,
) -> Result<Next, Fault> {
    let db = courier.provider.db();
    let held = copy::load_with(names, &mut db.read().await?, lease.site, due.kind, due.resource).await?;
    let held = held.ok_or_else(|| Fault::new("find what a row of the ledger is about"))?;
    let sent_at = db.now();
    let mut contact = Contact::new(courier, target, pace);
    let ended = send::send(&courier.provider, &mut contact, lease.site, (due, &held)).await;
    if let Err(trouble) = &ended {
        let (status, why) = trouble.said();
        tracing::info!(site = %lease.site, kind = due.kind.as_str(), resource = %due.resource, status, why, "a site was not brought up to date");
    }
    let tried = Tried { due, held: &held, sent_at, attempts: contact.attempts };
    settle::settle(courier, lease, tried, ended).await
}
