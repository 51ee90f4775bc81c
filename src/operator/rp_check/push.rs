//! What ConneX sends to a site's SCIM endpoint (`docs/site-sync.md`).

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::Method;
use serde_json::Value;
use url::Url;

use super::{
    lie::Forgery,
    person::Person,
    provider::Provider,
    sync_token::{SYNC_TOKEN_TYP, sync_claims},
    verdict::Miss,
};
use crate::kernel::Fault;
use crate::platform::{
    config::Outbound,
    fetch::{Call, FetchError, Fetcher},
    telemetry::Stopwatch,
};

/// How a request proves who sends it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Proof<'a> {
    /// As ConneX does.
    Signed,
    /// With a token that is wrong in one thing.
    Forged(&'a Forgery),
    /// Not at all.
    Nothing,
}

/// What a site answered.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) status: u16,
    /// `Null` when it is not JSON.
    pub(super) body: Value,
}

/// A way to the site's SCIM endpoint.
pub(super) struct Push {
    fetcher: Fetcher,
    base: String,
    slowest: Mutex<(Duration, String)>,
}

impl Push {
    pub(super) fn new(base: String, outbound: &Outbound) -> Result<Self, Fault> {
        Ok(Self { fetcher: Fetcher::new(outbound)?, base, slowest: Mutex::default() })
    }

    pub(super) const fn fetcher(&self) -> &Fetcher {
        &self.fetcher
    }

    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// The longest that the site took for an answer, and for what.
    pub(super) fn slowest(&self) -> (Duration, String) {
        self.slowest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes a request of `path`, which may have a query. Every status is an answer.
    pub(super) async fn call(
        &self,
        provider: &Provider,
        proof: Proof<'_>,
        (method, path): (Method, &str),
        body: Option<Value>,
    ) -> Result<Told, Miss> {
        let shown = format!("{method} {path}");
        let url = Url::parse(&format!("{}/{path}", self.base)).map_err(|error| Miss::failed(error.to_string()))?;
        let mut headers = self.headers(provider, proof)?;
        if let Some(sent) = body.as_ref().and_then(|body| body.get("externalId")?.as_str()) {
            headers.push(("idempotency-key", format!("site_rpcheck:{sent}:{}", provider.fresh())));
        }
        let stopwatch = Stopwatch::start();
        let reply = self.fetcher.call(Call { method, url, headers, body }).await;
        self.note(stopwatch.elapsed(), &shown);
        match reply {
            Ok(reply) => {
                Ok(Told { status: reply.status, body: serde_json::from_slice(&reply.body).unwrap_or_default() })
            }
            Err(FetchError::TimedOut) => Err(Miss::failed(format!("{shown}: no answer within ten seconds."))),
            Err(error) => Err(Miss::failed(format!("{shown}: {error}."))),
        }
    }

    fn headers(&self, provider: &Provider, proof: Proof<'_>) -> Result<Vec<(&'static str, String)>, Miss> {
        let forgery = match proof {
            Proof::Signed => None,
            Proof::Forged(forgery) => Some(forgery),
            Proof::Nothing => return Ok(Vec::new()),
        };
        let claims = sync_claims(provider.issuer(), &self.base, &provider.fresh(), provider.now());
        let token = provider
            .sign(SYNC_TOKEN_TYP, claims, forgery)
            .map_err(|fault| Miss::not_applicable(format!("{fault:?}.")))?;
        Ok(vec![
            ("authorization", format!("Bearer {token}")),
            ("connex-txn", format!("txn_{}", provider.fresh())),
            ("connex-reason", "change".to_owned()),
        ])
    }

    fn note(&self, took: Duration, shown: &str) {
        let mut slowest = self.slowest.lock().unwrap_or_else(PoisonError::into_inner);
        if took > slowest.0 {
            *slowest = (took, shown.to_owned());
        }
    }
}

impl Told {
    pub(super) const fn is_good(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// The site's id of the resource in the answer.
    pub(super) fn id(&self) -> Option<&str> {
        self.body.get("id")?.as_str().filter(|id| !id.is_empty())
    }

    /// The resources of a list.
    pub(super) fn resources(&self) -> &[Value] {
        self.body.get("Resources").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

/// A search for the one resource with this value of an attribute.
pub(super) fn filter(list: &str, attribute: &str, value: &str) -> String {
    let filter = format!("{attribute} eq \"{value}\"");
    let encoded: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
    format!("{list}?filter={}", encoded.replace('+', "%20"))
}

/// A search for the copies of a person.
pub(super) fn copies_of(person: &Person) -> String {
    filter("Users", "externalId", &person.sub)
}
