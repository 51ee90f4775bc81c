//! Which sites this node serves.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::{Notify, Semaphore},
    task::{JoinError, JoinSet},
    time::{Instant, sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;

use super::{Pace, model::Lease, serve::Session, store};
use crate::kernel::{Fault, SiteId};
use crate::oidc::Provider;
use crate::platform::{store::Db, telemetry::Metrics};

/// Requests of one node at the same time, beside the first of each site.
const AT_ONCE: usize = 32;
/// Sites that one node serves at the same time; most of them wait for their pace.
const MOST_SITES: usize = 256;
/// How often to look although nobody knocked: other processes commit too.
const LOOK_EVERY_MILLIS: u32 = 1000;
/// Nobody looks again for so many times as long as the look took, and for this long at most: so looking takes a fifth
/// of the time, however many sites there are and however often somebody knocks.
const REST: (u32, Duration) = (4, Duration::from_millis(50));

/// What a delivery needs of the program. Cheap to clone.
#[derive(Clone)]
pub struct Courier {
    /// The provider: database, keys, calls to sites.
    pub provider: Provider,
    /// What is counted.
    pub metrics: Metrics,
}

/// Delivers to sites until stopped; then lets what is under way come to its end.
pub async fn start(courier: Courier, stop: CancellationToken) {
    let worker = Worker { courier, stop, room: Arc::new(Semaphore::new(AT_ONCE)) };
    worker.run().await;
}

struct Worker {
    courier: Courier,
    stop: CancellationToken,
    room: Arc<Semaphore>,
}

impl Worker {
    async fn run(self) {
        // On SQLite this is the only node. What the one before it was serving when it died, it serves at once.
        if self.courier.provider.db().is_embedded()
            && let Err(fault) = self.end_leases().await
        {
            tracing::warn!(fault = ?fault, "the leases of the former node could not be ended; they run out");
        }
        let mut serving: BTreeMap<SiteId, Arc<Notify>> = BTreeMap::new();
        let mut paces: HashMap<SiteId, Arc<Pace>> = HashMap::new();
        let mut sessions = JoinSet::new();
        while !self.stop.is_cancelled() {
            let began = Instant::now();
            let found = self.look(&serving).await;
            let rested = Instant::now() + (began.elapsed() * REST.0).min(REST.1);
            match self.take(found, &mut paces).await {
                Ok(taken) => {
                    for session in taken {
                        let site = session.lease.site;
                        serving.insert(site, session.knock.clone());
                        sessions.spawn(async move {
                            session.run().await;
                            site
                        });
                    }
                }
                Err(fault) => tracing::error!(fault = ?fault, "could not take the sites that are to be served"),
            }
            let jitter = LOOK_EVERY_MILLIS / 2 + self.courier.provider.db().entropy().below(LOOK_EVERY_MILLIS);
            tokio::select! {
                () = self.courier.provider.db().deliveries_left_behind() => {
                    serving.values().for_each(|knock| knock.notify_one());
                }
                Some(ended) = sessions.join_next() => forget(&mut serving, ended),
                () = sleep(Duration::from_millis(u64::from(jitter))) => {
                    serving.values().for_each(|knock| knock.notify_one());
                }
                () = self.stop.cancelled() => {}
            }
            sleep_until(rested).await;
            // One look is for all whose sessions have ended by now.
            while let Some(ended) = sessions.try_join_next() {
                forget(&mut serving, ended);
            }
        }
        while sessions.join_next().await.is_some() {}
    }

    async fn end_leases(&self) -> Result<(), Fault> {
        let mut unit = self.courier.provider.db().write().await?;
        store::sites::end_leases(&mut unit).await?;
        unit.commit().await
    }

    /// The sites that nobody serves and that something is due at.
    async fn look(&self, serving: &BTreeMap<SiteId, Arc<Notify>>) -> Result<Vec<SiteId>, Fault> {
        let room = MOST_SITES.saturating_sub(serving.len());
        let most = i64::try_from(room).unwrap_or_default();
        let mut sites = store::sites::to_be_served(&mut self.courier.provider.db().read().await?, most).await?;
        sites.retain(|site| !serving.contains_key(site));
        Ok(sites)
    }

    /// Takes what was found, as far as no other node has it.
    async fn take(
        &self,
        found: Result<Vec<SiteId>, Fault>,
        paces: &mut HashMap<SiteId, Arc<Pace>>,
    ) -> Result<Vec<Session>, Fault> {
        let mut taken = Vec::new();
        for lease in lease_all(self.courier.provider.db(), found?).await? {
            let site = lease.site;
            let pace = paces.entry(site).or_insert_with(|| Arc::new(Pace::sharing(0, self.room.clone()))).clone();
            taken.push(Session {
                courier: self.courier.clone(),
                lease,
                pace,
                knock: Arc::new(Notify::new()),
                stop: self.stop.clone(),
            });
        }
        Ok(taken)
    }
}

/// Nobody serves a site whose session has ended. Whose session has panicked is not known; so all are forgotten, and
/// their leases say which are still served.
fn forget(serving: &mut BTreeMap<SiteId, Arc<Notify>>, ended: Result<SiteId, JoinError>) {
    match ended {
        Ok(site) => drop(serving.remove(&site)),
        Err(_) => serving.clear(),
    }
}

/// Leases the sites that nobody else has, in one unit: a change that many sites hear of costs one commit
/// before the first of them is told. Always in the same order, so that two nodes never wait for each other.
async fn lease_all(db: &Db, mut sites: Vec<SiteId>) -> Result<Vec<Lease>, Fault> {
    if sites.is_empty() {
        return Ok(Vec::new());
    }
    sites.sort_unstable();
    let mut unit = db.write().await?;
    let mut leases = Vec::new();
    for site in sites {
        leases.extend(store::sites::take(&mut unit, site).await?);
    }
    unit.commit().await?;
    Ok(leases)
}
