//! What is counted about deliveries to sites.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use crate::kernel::Lifetime;

/// Upper ends of the time from a commit to its confirmation, in seconds.
const LAGS: [f64; 11] = [0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 3.0, 10.0, 60.0, 600.0, 3600.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AttributeLabels {
    attribute: String,
}

/// Counters and gauges of deliveries.
pub struct SyncMetrics {
    lag: Histogram,
    deliveries: Family<OutcomeLabels, Counter>,
    drift: Family<AttributeLabels, Counter>,
    due: Gauge,
    attention: Gauge,
    breakers: Gauge,
    oldest_deactivation: Gauge,
}

impl SyncMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let metrics = Self {
            lag: Histogram::new(LAGS),
            deliveries: Family::default(),
            drift: Family::default(),
            due: Gauge::default(),
            attention: Gauge::default(),
            breakers: Gauge::default(),
            oldest_deactivation: Gauge::default(),
        };
        registry.register("sync_lag_seconds", "Time from a change to its confirmation by a site", metrics.lag.clone());
        registry.register(
            "sync_deliveries",
            "Attempts to bring a site up to date, by outcome",
            metrics.deliveries.clone(),
        );
        registry.register("sync_drift", "What sites had changed by themselves, by attribute", metrics.drift.clone());
        registry.register("sync_due", "Copies that sites have yet to confirm", metrics.due.clone());
        registry.register("sync_attention", "Copies that wait for people", metrics.attention.clone());
        registry.register("sync_breaker", "Sites that are left alone for the moment", metrics.breakers.clone());
        registry.register(
            "sync_oldest_unconfirmed_deactivation_seconds",
            "How long the oldest deactivation waits for its confirmation",
            metrics.oldest_deactivation.clone(),
        );
        metrics
    }

    /// A site confirmed something that had been owed for so long.
    pub fn confirmed(&self, after: Lifetime) {
        let seconds = std::time::Duration::from_millis(u64::try_from(after.as_millis()).unwrap_or_default());
        self.lag.observe(seconds.as_secs_f64());
        self.attempted("confirmed");
    }

    /// An attempt ended: `confirmed`, `refused`, `failing`, `credentials`, `waiting`, `outrun`.
    pub fn attempted(&self, outcome: &'static str) {
        self.deliveries.get_or_create(&OutcomeLabels { outcome }).inc();
    }

    /// A site had changed a managed attribute. The name is one of ours.
    pub fn drifted(&self, attribute: &str) {
        self.drift.get_or_create(&AttributeLabels { attribute: attribute.to_owned() }).inc();
    }

    /// What is owed at this moment.
    pub fn set_owed(&self, due: i64, attention: i64, oldest_deactivation_seconds: i64) {
        self.due.set(due);
        self.attention.set(attention);
        self.oldest_deactivation.set(oldest_deactivation_seconds);
    }

    /// So many sites are left alone.
    pub fn set_open_breakers(&self, count: i64) {
        self.breakers.set(count);
    }
}
