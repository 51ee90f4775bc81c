//! A site that takes accounts by SCIM as the wire contract has it, keeps a record of all that it is told, and
//! misbehaves when a test has it do so.

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, TryLockError},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use connex::{
    platform::{
        config::{Http, TlsFiles},
        serve::Server,
    },
    sync::{copy, ledger::Kind},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::{net::TcpSocket, sync::Notify, time::timeout};
use tokio_util::sync::CancellationToken;

const USER: &str = copy::EXTENSION_OF_USERS;
const GROUP: &str = copy::EXTENSION_OF_ORGANIZATIONS;

/// How a site answers one request, in place of doing what it should.
#[derive(Debug, Clone)]
pub enum Manner {
    /// With this status, these headers, this body; nothing is done.
    Says(u16, Vec<(&'static str, String)>, String),
    /// It does it, and answers with this status and this body.
    Does(u16, String),
    /// It does it, and then does not answer.
    Swallows,
    /// It does it, and answers as it should once it is told to.
    Holds(Arc<Notify>),
}

impl Manner {
    pub fn status(status: u16) -> Self {
        Self::Says(status, Vec::new(), String::new())
    }
}

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Told {
    pub method: String,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Told {
    pub fn is_write(&self) -> bool {
        self.method != "GET"
    }

    /// What a write is about: the id that both know it by, or the site's own.
    pub fn about(&self) -> String {
        let last = || self.path.rsplit('/').next().unwrap().to_owned();
        self.body["externalId"].as_str().map_or_else(last, str::to_owned)
    }

    pub fn rev(&self) -> Option<i64> {
        self.body[USER]["rev"].as_i64().or_else(|| self.body[GROUP]["rev"].as_i64())
    }
}

/// A copy as the site keeps it.
#[derive(Debug, Clone)]
pub struct Kept {
    pub id: String,
    pub body: Value,
    pub version: u64,
}

/// What a site is like.
#[derive(Debug, Clone, Copy)]
pub struct Like {
    pub digest: bool,
    pub idempotent: bool,
    pub patch: bool,
    pub revisions: bool,
    pub unique_emails: bool,
    /// The law has it keep what it was told to delete.
    pub retains: bool,
}

impl Default for Like {
    fn default() -> Self {
        Self { digest: true, idempotent: true, patch: true, revisions: true, unique_emails: false, retains: false }
    }
}

#[derive(Default)]
pub struct Inside {
    like: Like,
    next_id: u64,
    pub users: BTreeMap<String, Kept>,
    pub groups: BTreeMap<String, Kept>,
    pub told: Vec<Told>,
    /// Each change that was made: what, and the revision.
    pub applied: Vec<(String, i64)>,
    once: VecDeque<Manner>,
    always: Option<Manner>,
}

/// A listening site. It stops when dropped.
pub struct ScimSite {
    pub url: String,
    address: SocketAddr,
    inside: Arc<Mutex<Inside>>,
    stop: CancellationToken,
}

impl Drop for ScimSite {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl ScimSite {
    pub async fn start() -> Self {
        Self::start_like(Like::default()).await
    }

    pub async fn start_like(like: Like) -> Self {
        let inside = Inside { like, ..Inside::default() };
        Self::listen("127.0.0.1:0".parse().unwrap(), Arc::new(Mutex::new(inside)), None).await
    }

    /// A site at https, with this certificate.
    pub async fn start_with(certificate: TlsFiles) -> Self {
        Self::listen("127.0.0.1:0".parse().unwrap(), Arc::default(), Some(certificate)).await
    }

    async fn listen(listen: SocketAddr, inside: Arc<Mutex<Inside>>, tls: Option<TlsFiles>) -> Self {
        let scheme = if tls.is_some() { "https" } else { "http" };
        let http = Http { listen, metrics_listen: None, tls, trusted_proxies: Vec::new() };
        let server = Server::bind(&http).await.unwrap();
        let address = server.local_addr();
        let router = Router::new().fallback(answer).with_state(inside.clone());
        let stop = CancellationToken::new();
        tokio::spawn(server.run(router, stop.clone()));
        Self { url: format!("{scheme}://{address}"), address, inside, stop }
    }

    /// The site goes down: connections are refused from now on.
    pub async fn goes_down(self) -> Down {
        self.stop.cancel();
        let (address, inside) = (self.address, self.inside.clone());
        drop(self);
        while tokio::net::TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let held = TcpSocket::new_v4().unwrap();
        held.set_reuseaddr(true).unwrap();
        held.bind(address).unwrap();
        Down { address, inside, _held: held }
    }

    /// What it holds. Who looks twice in one statement waits for himself: that fails, and does not hang.
    pub fn look(&self) -> MutexGuard<'_, Inside> {
        for _ in 0..1000 {
            match self.inside.try_lock() {
                Ok(inside) => return inside,
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(5)),
                Err(TryLockError::Poisoned(poisoned)) => panic!("{poisoned}"),
            }
        }
        panic!("somebody looks at the site already, and does not stop");
    }

    /// The next writes are answered so, one after the other.
    pub fn next(&self, manners: impl IntoIterator<Item = Manner>) {
        self.look().once.extend(manners);
    }

    /// From now on everything is answered so; `None` as it should be.
    pub fn always(&self, manner: Option<Manner>) {
        self.look().always = manner;
    }

    /// All writes so far.
    pub fn writes(&self) -> Vec<Told> {
        self.look().told.iter().filter(|told| told.is_write()).cloned().collect()
    }

    /// A person by the user ID.
    pub fn user(&self, username: &str) -> Option<Value> {
        self.look().users.values().find(|kept| kept.body["userName"] == username).map(|kept| kept.body.clone())
    }

    /// Somebody at the site changes a person's copy.
    pub fn edit(&self, username: &str, pointer: &str, value: Value) {
        let mut inside = self.look();
        let kept = inside.users.values_mut().find(|kept| kept.body["userName"] == username).unwrap();
        *kept.body.pointer_mut(pointer).unwrap() = value;
    }

    /// No change was made twice: each revision of a copy counts once, and they only grow.
    pub fn assert_nothing_was_applied_twice(&self) {
        let mut newest: BTreeMap<String, i64> = BTreeMap::new();
        for (what, rev) in &self.look().applied {
            let before = newest.insert(what.clone(), *rev);
            assert!(before.is_none_or(|before| before < *rev), "{what} went from {before:?} to {rev}");
        }
    }
}

/// A site that is down.
pub struct Down {
    address: SocketAddr,
    inside: Arc<Mutex<Inside>>,
    _held: TcpSocket,
}

impl Down {
    /// It comes back with all that it had.
    pub async fn comes_back(self) -> ScimSite {
        ScimSite::listen(self.address, self.inside.clone(), None).await
    }

    /// The same, at https, with another certificate.
    pub async fn comes_back_with(self, certificate: TlsFiles) -> ScimSite {
        ScimSite::listen(self.address, self.inside.clone(), Some(certificate)).await
    }
}

async fn answer(
    State(site): State<Arc<Mutex<Inside>>>,
    method: Method,
    uri: Uri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let path = uri.path().strip_prefix("/scim/v2").unwrap_or(uri.path()).to_owned();
    let told = Told { method: method.to_string(), path, headers, body };
    let manner = {
        let mut inside = site.lock().unwrap();
        inside.told.push(told.clone());
        let once = if told.is_write() { inside.once.pop_front() } else { None };
        once.or_else(|| inside.always.clone())
    };
    match manner {
        None => site.lock().unwrap().act(&told, query),
        Some(Manner::Says(status, headers, body)) => {
            let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
            for (name, value) in headers {
                response.headers_mut().insert(HeaderName::from_static(name), value.parse().unwrap());
            }
            response
        }
        Some(Manner::Does(status, body)) => {
            site.lock().unwrap().act(&told, query);
            (StatusCode::from_u16(status).unwrap(), body).into_response()
        }
        Some(Manner::Swallows) => {
            site.lock().unwrap().act(&told, query);
            std::future::pending().await
        }
        Some(Manner::Holds(until)) => {
            let response = site.lock().unwrap().act(&told, query);
            timeout(Duration::from_secs(30), until.notified()).await.expect("nobody told the site to answer");
            response
        }
    }
}

impl Inside {
    fn act(&mut self, told: &Told, query: Option<String>) -> Response {
        let query: BTreeMap<String, String> =
            url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
        let parts: Vec<&str> = told.path.split('/').skip(1).collect();
        match (told.method.as_str(), parts.as_slice()) {
            ("GET", ["ServiceProviderConfig"]) => said(200, &self.config()),
            ("GET", ["connex", "digest"]) => self.digest(&query),
            ("GET", [folder]) => self.list(kind_of(folder), &query),
            ("GET", [folder, id]) => self.get(kind_of(folder), id),
            ("POST", [folder]) => self.post(kind_of(folder), told),
            ("PUT", [folder, id]) => self.put(kind_of(folder), id, told),
            ("PATCH", [folder, id]) if self.like.patch => self.patch(kind_of(folder), id, told),
            ("DELETE", _) if self.like.retains => error(409, ""),
            ("DELETE", [folder, id]) => match self.copies(kind_of(folder)).remove(*id) {
                Some(_) => StatusCode::NO_CONTENT.into_response(),
                None => error(404, ""),
            },
            _ => error(501, "There is no such thing here."),
        }
    }

    fn config(&self) -> Value {
        json!({ "urn:connex:params:scim:schemas:extension:2.0:ServiceProviderConfig":
            { "digest": self.like.digest, "idempotentCreate": self.like.idempotent } })
    }

    fn copies(&mut self, kind: Kind) -> &mut BTreeMap<String, Kept> {
        match kind {
            Kind::User => &mut self.users,
            Kind::Organization => &mut self.groups,
        }
    }

    fn get(&mut self, kind: Kind, id: &str) -> Response {
        match self.copies(kind).get(id) {
            Some(kept) => shown(200, kept),
            None => error(404, ""),
        }
    }

    fn list(&mut self, kind: Kind, query: &BTreeMap<String, String>) -> Response {
        let wanted = query.get("filter").map(|filter| filter.split('"').nth(1).unwrap().to_owned());
        let start: usize = query.get("startIndex").map_or(1, |start| start.parse().unwrap());
        let count: usize = query.get("count").map_or(100, |count| count.parse().unwrap());
        let all: Vec<Value> = self
            .copies(kind)
            .values()
            .filter(|kept| wanted.as_ref().is_none_or(|wanted| kept.body["externalId"] == **wanted))
            .map(|kept| kept.body.clone())
            .collect();
        let page: Vec<_> = all.iter().skip(start - 1).take(count).collect();
        said(200, &json!({ "totalResults": all.len(), "Resources": page }))
    }

    fn post(&mut self, kind: Kind, told: &Told) -> Response {
        let external_id = told.body["externalId"].as_str().unwrap();
        let known = self.copies(kind).values().find(|kept| kept.body["externalId"] == external_id);
        if let Some(id) = known.map(|kept| kept.id.clone()) {
            return if self.like.idempotent { self.put(kind, &id, told) } else { error(409, "uniqueness") };
        }
        if let Some(refusal) = self.taken(kind, "", &told.body) {
            return refusal;
        }
        self.next_id += 1;
        let id = format!("r{}", self.next_id);
        self.copies(kind).insert(id.clone(), Kept { id: id.clone(), body: json!({}), version: 0 });
        self.write(kind, &id, told.body.clone(), 201)
    }

    fn put(&mut self, kind: Kind, id: &str, told: &Told) -> Response {
        let Some(kept) = self.copies(kind).get(id).cloned() else { return error(404, "") };
        let if_match = told.headers.get(header::IF_MATCH).map(|etag| etag.to_str().unwrap().to_owned());
        if if_match.is_some_and(|etag| etag != etag_of(&kept)) {
            return error(412, "");
        }
        if self.is_old(kind, &kept, &told.body) {
            return shown(200, &kept);
        }
        if let Some(refusal) = self.taken(kind, id, &told.body) {
            return refusal;
        }
        self.write(kind, id, told.body.clone(), 200)
    }

    fn patch(&mut self, kind: Kind, id: &str, told: &Told) -> Response {
        let Some(kept) = self.copies(kind).get(id).cloned() else { return error(404, "") };
        let mut body = kept.body.clone();
        for operation in told.body["Operations"].as_array().unwrap() {
            let path = operation["path"].as_str().unwrap();
            let extension =
                [USER, GROUP].into_iter().find_map(|urn| Some((urn, path.strip_prefix(urn)?.strip_prefix(':')?)));
            match extension {
                Some((urn, member)) => body[urn][member] = operation["value"].clone(),
                None => body[path] = operation["value"].clone(),
            }
        }
        match self.is_old(kind, &kept, &body) {
            true => shown(200, &kept),
            false => self.write(kind, id, body, 200),
        }
    }

    fn is_old(&self, kind: Kind, kept: &Kept, body: &Value) -> bool {
        let rev = |body: &Value| body[extension_of(kind)]["rev"].as_i64();
        self.like.revisions && rev(&kept.body).is_some_and(|there| rev(body).is_some_and(|new| new <= there))
    }

    fn taken(&mut self, kind: Kind, id: &str, body: &Value) -> Option<Response> {
        let mail = |body: &Value| body.pointer("/emails/0/value").cloned();
        let unique = self.like.unique_emails;
        let others = self.copies(kind).values().filter(|kept| kept.id != id);
        let clash = others.into_iter().any(|kept| {
            kind == Kind::User
                && (kept.body["userName"] == body["userName"] || (unique && mail(&kept.body) == mail(body)))
        });
        clash.then(|| error(409, "uniqueness"))
    }

    fn write(&mut self, kind: Kind, id: &str, mut body: Value, status: u16) -> Response {
        let rev = body[extension_of(kind)]["rev"].as_i64().unwrap_or_default();
        if !self.like.revisions {
            body.as_object_mut().unwrap().remove(extension_of(kind));
        }
        body["id"] = id.into();
        let what = body["externalId"].as_str().unwrap().to_owned();
        let kept = self.copies(kind).get_mut(id).unwrap();
        kept.version += 1;
        kept.body = body;
        let response = shown(status, kept);
        self.applied.push((what, rev));
        response
    }

    fn digest(&mut self, query: &BTreeMap<String, String>) -> Response {
        let kind = if query["kind"] == "User" { Kind::User } else { Kind::Organization };
        let mut buckets: BTreeMap<String, Vec<(String, Value)>> = BTreeMap::new();
        for kept in self.copies(kind).values() {
            let Some(external_id) = kept.body["externalId"].as_str() else { continue };
            let managed = Value::Object(copy::managed_of(kind, &kept.body));
            let listed = json!({
                "externalId": external_id, "id": kept.id, "rev": kept.body[extension_of(kind)]["rev"],
                "digest": copy::digest_of(&managed.to_string()), "active": managed["active"],
            });
            buckets.entry(hash(external_id)[..2].to_owned()).or_default().push((external_id.to_owned(), listed));
        }
        buckets.values_mut().for_each(|rows| rows.sort_by(|a, b| a.0.cmp(&b.0)));
        if let Some(bucket) = query.get("bucket") {
            let rows: Vec<Value> =
                buckets.remove(bucket).unwrap_or_default().into_iter().map(|(_, listed)| listed).collect();
            return said(200, &json!({ "resources": rows }));
        }
        let count: usize = buckets.values().map(Vec::len).sum();
        let hashes: BTreeMap<_, _> = buckets
            .iter()
            .map(|(bucket, rows)| {
                let lines: String = rows
                    .iter()
                    .map(|(id, row)| format!("{id} {} {}\n", row["rev"], row["digest"].as_str().unwrap()))
                    .collect();
                (bucket, hash(&lines))
            })
            .collect();
        said(200, &json!({ "count": count, "buckets": hashes }))
    }
}

fn kind_of(folder: &str) -> Kind {
    if folder == "Groups" { Kind::Organization } else { Kind::User }
}

fn extension_of(kind: Kind) -> &'static str {
    if kind == Kind::User { USER } else { GROUP }
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn etag_of(kept: &Kept) -> String {
    format!("W/\"{}\"", kept.version)
}

fn said(status: u16, body: &Value) -> Response {
    (StatusCode::from_u16(status).unwrap(), body.to_string()).into_response()
}

fn shown(status: u16, kept: &Kept) -> Response {
    let mut response = said(status, &kept.body);
    response.headers_mut().insert(header::ETAG, HeaderValue::from_str(&etag_of(kept)).unwrap());
    response
}

fn error(status: u16, kind: &str) -> Response {
    let schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"];
    said(
        status,
        &json!({ "schemas": schemas, "status": status.to_string(), "scimType": kind, "detail": "The site says no." }),
    )
}
