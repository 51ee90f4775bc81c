//! Counters and histograms for Prometheus, in the OpenMetrics text format.
//!
//! Labels come from our own lists only: a label that a client could choose would let it fill
//! the memory.

use std::{sync::Arc, time::Duration};

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::{Family, MetricConstructor},
        gauge::Gauge,
        histogram::Histogram,
    },
    registry::Registry,
};

use super::SyncMetrics;
use crate::kernel::{Doing, Fault};

/// The content type of [`Metrics::render`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper ends of the times, in seconds: fine where tokens are, coarse where passwords are.
const SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// All that is counted. Cheap to clone; clones count together.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RouteLabels, Histogram, Times>,
    sign_ins: Family<OutcomeLabels, Counter>,
    tokens: Family<GrantLabels, Counter>,
    hash_queue: Gauge,
    jobs_due: Gauge,
    sync: SyncMetrics,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    method: &'static str,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
    method: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct GrantLabels {
    grant: &'static str,
}

/// Makes the histogram of a route.
#[derive(Clone)]
struct Times;

impl MetricConstructor<Histogram> for Times {
    fn new_metric(&self) -> Histogram {
        Histogram::new(SECONDS)
    }
}

/// What was asked for, in words of our own.
pub(super) struct Asked {
    /// The pattern of the route, such as `/account/{page}`; `None` where there is no route.
    pub(super) route: Option<String>,
    pub(super) method: axum::http::Method,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Counters that begin at nothing.
    #[must_use]
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("connex");
        let requests = Family::default();
        let seconds = Family::new_with_constructor(Times);
        let (sign_ins, tokens) = (Family::default(), Family::default());
        let (hash_queue, jobs_due) = (Gauge::default(), Gauge::default());
        registry.register("http_requests", "Requests by route, method and class of status", requests.clone());
        registry.register("http_request_seconds", "Time to the head of the answer", seconds.clone());
        registry.register("sign_ins", "Tries to sign in, by outcome", sign_ins.clone());
        registry.register("tokens", "Answers of the token endpoint with tokens, by grant", tokens.clone());
        registry.register("hash_queue", "Passwords waiting to be hashed", hash_queue.clone());
        registry.register("jobs_due", "Jobs that are due", jobs_due.clone());
        let sync = SyncMetrics::new(&mut registry);
        Self(Arc::new(Inner { registry, requests, seconds, sign_ins, tokens, hash_queue, jobs_due, sync }))
    }

    /// An answer was given.
    pub(super) fn answered(&self, asked: Asked, status: u16, took: Duration) {
        let route = asked.route.unwrap_or_else(|| "none".to_owned());
        let method = known_method(&asked.method);
        self.0.seconds.get_or_create(&RouteLabels { route: route.clone(), method }).observe(took.as_secs_f64());
        self.0.requests.get_or_create(&RequestLabels { route, method, status: class(status) }).inc();
    }

    /// Somebody tried to sign in: `signed_in`, `wrong`, `disabled`, `throttled`, `fault`.
    pub fn sign_in(&self, outcome: &'static str) {
        self.0.sign_ins.get_or_create(&OutcomeLabels { outcome }).inc();
    }

    /// How many tries to sign in ended so on this node since it started.
    #[must_use]
    pub fn sign_ins(&self, outcome: &'static str) -> u64 {
        self.0.sign_ins.get_or_create(&OutcomeLabels { outcome }).get()
    }

    /// Tokens were issued for a grant, such as `authorization_code`.
    pub fn token(&self, grant: &'static str) {
        self.0.tokens.get_or_create(&GrantLabels { grant }).inc();
    }

    /// Deliveries to sites.
    #[must_use]
    pub fn sync(&self) -> &SyncMetrics {
        &self.0.sync
    }

    /// So many passwords wait. To be set before rendering.
    pub fn set_hash_queue(&self, waiting: usize) {
        self.0.hash_queue.set(i64::try_from(waiting).unwrap_or(i64::MAX));
    }

    /// So many jobs are due. To be set before rendering.
    pub fn set_jobs_due(&self, due: i64) {
        self.0.jobs_due.set(due);
    }

    /// All of it as text, to be served as [`CONTENT_TYPE`].
    ///
    /// # Errors
    /// When the encoder fails.
    pub fn render(&self) -> Result<String, Fault> {
        let mut text = String::new();
        encode(&mut text, &self.0.registry).doing("write the metrics")?;
        Ok(text)
    }
}

/// The method's name; a method is any word that a client likes, so the odd ones are one.
fn known_method(method: &axum::http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

const fn class(status: u16) -> &'static str {
    match status {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_rendered() {
        let metrics = Metrics::new();
        metrics.sign_in("refused");
        assert_eq!((metrics.sign_ins("refused"), metrics.sign_ins("wrong")), (1, 0));
        metrics.token("refresh_token");
        metrics.set_hash_queue(3);
        metrics.set_jobs_due(2);
        let odd = axum::http::Method::from_bytes(b"EVE").unwrap();
        metrics.answered(Asked { route: None, method: odd }, 404, Duration::from_millis(2));
        let text = metrics.render().unwrap();
        for line in [
            "connex_sign_ins_total{outcome=\"refused\"} 1",
            "connex_tokens_total{grant=\"refresh_token\"} 1",
            "connex_hash_queue 3",
            "connex_jobs_due 2",
            "connex_http_requests_total{route=\"none\",method=\"other\",status=\"4xx\"} 1",
            "connex_http_request_seconds_bucket{le=\"0.0025\",route=\"none\",method=\"other\"} 1",
            "# EOF",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\nis not in\n{text}");
        }
    }
}
