//! Talking SCIM to a site (RFC 7644).
//!
//! There is no shared secret: every request carries a token of its own, which ConneX signs for this
//! site and which lives for a minute. A key that is rotated between two tries changes nothing.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use super::{
    Courier, Pace, Target,
    answer::{Echo, Trouble, judge},
};
use crate::kernel::{Doing, Fault, Timestamp};
use crate::platform::{
    fetch::{Call, FetchError, Reply},
    telemetry::Stopwatch,
};
use crate::protocol::jose::SigningAlgorithm;
use crate::sync::ledger::Kind;

/// The `typ` of the tokens: neither an ID token nor a logout token passes for one.
const TYP: &str = "connex-sync+jwt";
/// How long a token lives, in seconds.
const TOKEN_LIVES: i64 = 60;
/// How much of an answer is kept in the delivery log.
const KEPT_OF_AN_ANSWER: usize = 2048;

/// A resource at the site: what the site calls it, and its entity tag where that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// What the site calls it.
    pub id: String,
    /// Its entity tag.
    pub etag: Option<String>,
}

/// One request, for the delivery log.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub(super) method: &'static str,
    pub(super) began_at: Timestamp,
    pub(super) millis: i64,
    pub(super) status: Option<u16>,
    pub(super) answer: String,
}

/// What marks a write: its name for the site (`Idempotency-Key`), its cause, and why it is sent.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub(super) key: String,
    pub(super) txn: String,
    pub(super) reason: &'static str,
}

/// A conversation with a site. It keeps a record of what was said.
pub struct Contact<'a> {
    courier: &'a Courier,
    target: &'a Target,
    pace: &'a Pace,
    pub(super) mark: Option<Mark>,
    pub(super) attempts: Vec<Attempt>,
}

impl<'a> Contact<'a> {
    /// Begins one.
    #[must_use]
    pub const fn new(courier: &'a Courier, target: &'a Target, pace: &'a Pace) -> Self {
        Self { courier, target, pace, mark: None, attempts: Vec::new() }
    }

    /// What the site said of itself.
    #[must_use]
    pub const fn features(&self) -> super::Features {
        self.target.features
    }

    /// A document of the site.
    ///
    /// # Errors
    /// The trouble; a status that is none has to be judged by the caller.
    pub async fn get(&mut self, path: &[&str], query: &[(&str, &str)]) -> Result<Reply, Trouble> {
        let mut url = self.address(path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.call(Method::GET, url, None, None).await
    }

    /// The resource that bears `external_id`. Whatever else the site finds is not ours, and not
    /// looked at.
    ///
    /// # Errors
    /// The trouble.
    pub async fn find(&mut self, kind: Kind, external_id: &str) -> Result<Option<Echo>, Trouble> {
        let filter = format!("externalId eq {}", Value::from(external_id));
        let reply = self.get(&[folder(kind)], &[("filter", &filter)]).await?;
        let found = self.list(kind, &reply)?;
        Ok(found.into_iter().find(|echo| echo.external_id.as_deref() == Some(external_id)))
    }

    /// One page of all resources of a kind, from place `start` on, and how many there are.
    ///
    /// # Errors
    /// The trouble.
    pub async fn page(&mut self, kind: Kind, start: usize, count: usize) -> Result<(Vec<Echo>, usize), Trouble> {
        let (start, count) = (start.to_string(), count.to_string());
        let reply = self.get(&[folder(kind)], &[("startIndex", &start), ("count", &count)]).await?;
        let total =
            serde_json::from_slice::<Value>(&reply.body).ok().and_then(|list| list.get("totalResults")?.as_u64());
        let total = total.and_then(|total| usize::try_from(total).ok()).unwrap_or_default();
        Ok((self.list(kind, &reply)?, total))
    }

    fn list(&self, kind: Kind, reply: &Reply) -> Result<Vec<Echo>, Trouble> {
        let odd = |what: &str| {
            Trouble::Refused(Some(reply.status), format!("The site was asked what it has, and answered {what}."))
        };
        if reply.status != 200 {
            return Err(odd(&format!("with status {}", reply.status)));
        }
        let list: Value = serde_json::from_slice(&reply.body).map_err(|_| odd("with something that is not JSON"))?;
        let resources = match list.get("Resources") {
            Some(Value::Array(resources)) => resources.clone(),
            // RFC 7644 §3.4.2: an empty list may be left out.
            None if list.get("totalResults").and_then(Value::as_u64) == Some(0) => Vec::new(),
            _ => return Err(odd("without a list")),
        };
        Ok(resources.into_iter().filter_map(|whole| Echo::of(kind, whole, None)).collect())
    }

    /// The resource that the site calls `id`; `None` when there is none.
    ///
    /// # Errors
    /// The trouble.
    pub async fn fetch(&mut self, kind: Kind, id: &str) -> Result<Option<Echo>, Trouble> {
        let reply = self.get(&[folder(kind), id], &[]).await?;
        match reply.status {
            404 | 410 => Ok(None),
            200 => Echo::read(kind, &reply).map(Some).map_err(|odd| {
                Trouble::Refused(Some(200), format!("The site was asked for this, and answered {odd}."))
            }),
            _ => Err(super::answer::refused(&reply)),
        }
    }

    pub(super) async fn post(&mut self, kind: Kind, body: Value) -> Result<Reply, Trouble> {
        let url = self.address(&[folder(kind)])?;
        self.call(Method::POST, url, Some(body), None).await
    }

    pub(super) async fn put(&mut self, kind: Kind, remote: &Remote, body: Value) -> Result<Reply, Trouble> {
        let url = self.address(&[folder(kind), &remote.id])?;
        self.call(Method::PUT, url, Some(body), remote.etag.clone()).await
    }

    /// # Errors
    /// The trouble.
    pub async fn patch(&mut self, kind: Kind, id: &str, body: Value) -> Result<Reply, Trouble> {
        let url = self.address(&[folder(kind), id])?;
        self.call(Method::PATCH, url, Some(body), None).await
    }

    pub(super) async fn delete(&mut self, kind: Kind, id: &str) -> Result<Reply, Trouble> {
        let url = self.address(&[folder(kind), id])?;
        self.call(Method::DELETE, url, None, None).await
    }

    /// An address below the base; what stands between two slashes cannot break out of its place.
    fn address(&self, path: &[&str]) -> Result<Url, Trouble> {
        let wrong = || Trouble::Failing(None, "The registered SCIM address is not an address.".into());
        let mut url = Url::parse(&self.target.base).map_err(|_| wrong())?;
        url.path_segments_mut().map_err(|()| wrong())?.pop_if_empty().extend(path);
        Ok(url)
    }

    async fn call(
        &mut self,
        method: Method,
        url: Url,
        body: Option<Value>,
        if_match: Option<String>,
    ) -> Result<Reply, Trouble> {
        let _place = self.pace.keep().await;
        let name = name_of(&method);
        let headers = self.headers(&method, if_match)?;
        let (began_at, watch) = (self.courier.provider.db().now(), Stopwatch::start());
        let answer = self.courier.provider.fetcher().call(Call { method, url, headers, body }).await;
        let millis = i64::try_from(watch.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.attempts.push(attempt(name, began_at, millis, &answer));
        judge(answer)
    }

    fn headers(&self, method: &Method, if_match: Option<String>) -> Result<Vec<(&'static str, String)>, Fault> {
        let mut headers = vec![("authorization", format!("Bearer {}", self.token()?))];
        if let (Some(mark), true) = (&self.mark, method != Method::GET) {
            headers.push(("idempotency-key", mark.key.clone()));
            headers.push(("connex-txn", mark.txn.clone()));
            headers.push(("connex-reason", mark.reason.to_owned()));
        }
        headers.extend(if_match.map(|etag| ("if-match", etag)));
        Ok(headers)
    }

    fn token(&self) -> Result<String, Fault> {
        let provider = &self.courier.provider;
        let (issuer, now) = (provider.issuer(), provider.db().now().seconds());
        let jti = BASE64_URL_SAFE_NO_PAD.encode(provider.db().entropy().bytes::<18>());
        let claims = json!({
            "iss": issuer, "sub": issuer, "aud": self.target.base, "iat": now, "exp": now + TOKEN_LIVES, "jti": jti,
        });
        provider.keys().sign(SigningAlgorithm::Es256, Some(TYP), &claims).doing("sign a token for a site")
    }
}

/// Where resources of a kind are.
pub(super) const fn folder(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "Users",
        Kind::Organization => "Groups",
    }
}

fn name_of(method: &Method) -> &'static str {
    ["POST", "PUT", "PATCH", "DELETE"].into_iter().find(|name| *name == method.as_str()).unwrap_or("GET")
}

fn attempt(method: &'static str, began_at: Timestamp, millis: i64, answer: &Result<Reply, FetchError>) -> Attempt {
    let (status, answer) = match answer {
        Ok(reply) => {
            let text = String::from_utf8_lossy(&reply.body);
            (Some(reply.status), text.chars().filter(|c| *c != '\0').take(KEPT_OF_AN_ANSWER).collect())
        }
        Err(error) => (None, error.to_string()),
    };
    Attempt { method, began_at, millis, status, answer }
}
