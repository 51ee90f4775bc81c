//! The site's copies of people: a small SCIM receiver.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query, Request, State},
    http::{StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{EMPLOYEE, Flaw, Site, believe, believe::Lenience, random};

const EXTENSION: &str = "urn:connex:params:scim:schemas:extension:2.0:User";
const KNOWN: [&str; 8] = ["schemas", "externalId", "userName", "displayName", "active", "name", "emails", EXTENSION];

/// How long the slow site takes for one answer: it is what the test is about.
const SLOW: Duration = Duration::from_millis(400);

type Parameters = HashMap<String, String>;

/// A copy: what came last, under an id of the site's own.
#[derive(Clone)]
pub struct Account {
    id: String,
    user: Value,
}

impl Account {
    fn sub(&self) -> &str {
        self.user["externalId"].as_str().unwrap()
    }

    fn rev(&self) -> i64 {
        self.user[EXTENSION]["rev"].as_i64().unwrap()
    }

    fn shown(&self) -> Value {
        let mut user = self.user.clone();
        user["id"] = self.id.clone().into();
        user
    }

    fn digest(&self) -> String {
        let (user, extension) = (&self.user, &self.user[EXTENSION]);
        let members = BTreeMap::from([
            ("active", &user["active"]),
            ("email", &user["emails"][0]["value"]),
            ("externalId", &user["externalId"]),
            ("familyName", &user["name"]["familyName"]),
            ("givenName", &user["name"]["givenName"]),
            ("organization", &extension["organization"]),
            ("phone", &user["phoneNumbers"][0]["value"]),
            ("role", &extension["role"]),
            ("userName", &user["userName"]),
        ]);
        hex(&serde_json::to_vec(&members).unwrap())
    }
}

impl Site {
    /// Whether the copies let somebody in. Whom the site has no copy of, it knows from the token.
    pub fn admits(&self, sub: &str) -> bool {
        let accounts = self.accounts.lock().unwrap();
        let is_inactive = accounts.iter().any(|account| account.sub() == sub && account.user["active"] == false);
        let is_burned = self.has(Flaw::NeverBack) && self.burned.lock().unwrap().contains(sub);
        (!is_inactive || self.has(Flaw::InactiveGetsIn)) && !is_burned
    }

    /// Fetches whoever signs in, when the copy is older than the ID token.
    pub async fn catch_up(&self, claims: &Map<String, Value>) {
        let is_stale = |account: &Account| {
            claims["sub"] == account.sub() && claims["sites"][0]["rev"].as_i64().unwrap() > account.rev()
        };
        let id =
            self.accounts.lock().unwrap().iter().find(|account| is_stale(account)).map(|account| account.id.clone());
        let Some(id) = id.filter(|_| !self.has(Flaw::StaleAtLogin)) else { return };
        let (issuer, form) = (self.setting("CONNEX_ISSUER"), [("grant_type", "client_credentials")]);
        let request = self.http.post(format!("{issuer}/token")).form(&form);
        let request = request.basic_auth(self.setting("CONNEX_CLIENT_ID"), Some(self.setting("CONNEX_CLIENT_SECRET")));
        let token: Value = request.send().await.unwrap().json().await.unwrap();
        let url = format!("{issuer}/scim/v2/Users/{}", claims["sub"].as_str().unwrap());
        let request = self.http.get(url).bearer_auth(token["access_token"].as_str().unwrap());
        let user: Value = request.send().await.unwrap().json().await.unwrap();
        let mut accounts = self.accounts.lock().unwrap();
        let account = accounts.iter_mut().find(|account| account.id == id).unwrap();
        self.apply(account, user);
    }

    /// Applies a newer version, and what it means for sessions.
    fn apply(&self, account: &mut Account, user: Value) {
        account.user = user;
        if account.user["active"] == false {
            self.burned.lock().unwrap().insert(account.sub().to_owned());
            if !self.has(Flaw::KeepsSession) {
                self.end_sessions(|session| session.sub == account.sub());
            }
        }
    }
}

pub fn router(site: Arc<Site>) -> Router {
    Router::new()
        .route("/scim/v2/ServiceProviderConfig", get(configuration))
        .route("/scim/v2/Groups", post(group))
        .route("/scim/v2/Users", get(list).post(create))
        .route("/scim/v2/Users/{id}", get(read).put(replace).patch(patch).delete(remove))
        .route("/scim/v2/connex/digest", get(digest))
        .layer(from_fn_with_state(Arc::clone(&site), admit))
        .with_state(site)
}

/// Lets in what ConneX signed for this endpoint.
async fn admit(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let is_welcome = match request.headers().get(header::AUTHORIZATION) {
        Some(value) => is_signed(&site, value.to_str().unwrap().strip_prefix("Bearer ").unwrap()).await,
        None => site.has(Flaw::ScimOpen),
    };
    match is_welcome {
        true => next.run(request).await,
        false => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn is_signed(site: &Site, token: &str) -> bool {
    let lenience = Lenience { any_signature: site.has(Flaw::ScimAnySignature), ..Lenience::default() };
    let Some(claims) = believe::claims(site, token, lenience).await else { return false };
    (believe::typ(token).as_deref() == Some("connex-sync+jwt") || site.has(Flaw::ScimAnyType))
        && claims["iss"] == site.setting("CONNEX_ISSUER")
        && (claims["aud"] == site.setting("SITE_SCIM_URL") || site.has(Flaw::ScimAnyAudience))
        && (claims["exp"].as_i64().unwrap() > believe::now() || site.has(Flaw::ScimExpired))
}

async fn configuration(State(site): State<Arc<Site>>) -> Response {
    if site.has(Flaw::ScimFails) {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    if site.has(Flaw::Slow) {
        tokio::time::sleep(SLOW).await;
    }
    let extension = "urn:connex:params:scim:schemas:extension:2.0:ServiceProviderConfig";
    Json(json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        extension: { "digest": true, "idempotentCreate": true },
    }))
    .into_response()
}

async fn group(body: Bytes) -> Response {
    let mut group: Value = serde_json::from_slice(&body).unwrap();
    group["id"] = "1".into();
    (StatusCode::CREATED, Json(group)).into_response()
}

async fn create(State(site): State<Arc<Site>>, body: Bytes) -> Response {
    let user: Value = serde_json::from_slice(&body).unwrap();
    let is_known = |name: &String| KNOWN.contains(&name.as_str()) || name == "phoneNumbers";
    if site.has(Flaw::StrictAttributes) && !user.as_object().unwrap().keys().all(is_known) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let mut accounts = site.accounts.lock().unwrap();
    let known = accounts.iter_mut().find(|account| user["externalId"] == account.sub());
    if let Some(account) = known.filter(|_| !site.has(Flaw::TwoCopies)) {
        return Json(account.shown()).into_response();
    }
    let account = Account { id: random(), user };
    let shown = account.shown();
    accounts.push(account);
    (StatusCode::CREATED, Json(shown)).into_response()
}

async fn read(State(site): State<Arc<Site>>, Path(id): Path<String>) -> Response {
    let accounts = site.accounts.lock().unwrap();
    let account = accounts.iter().find(|account| account.id == id);
    account.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |account| Json(account.shown()).into_response())
}

async fn replace(State(site): State<Arc<Site>>, Path(id): Path<String>, body: Bytes) -> Response {
    let mut user: Value = serde_json::from_slice(&body).unwrap();
    let mut accounts = site.accounts.lock().unwrap();
    let has_address = |account: &Account| account.id != id && account.user["emails"] == user["emails"];
    if site.has(Flaw::UniqueEmail) && accounts.iter().any(has_address) {
        return StatusCode::CONFLICT.into_response();
    }
    let Some(account) = accounts.iter_mut().find(|account| account.id == id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let is_newer = user[EXTENSION]["rev"].as_i64().unwrap() > account.rev();
    if is_newer || site.has(Flaw::LatePut) {
        if site.has(Flaw::KeepsPhone) && user.get("phoneNumbers").is_none() {
            user["phoneNumbers"] = account.user["phoneNumbers"].clone();
        }
        site.apply(account, user);
    }
    Json(account.shown()).into_response()
}

async fn patch(State(site): State<Arc<Site>>, Path(id): Path<String>, body: Bytes) -> Response {
    let patch: Value = serde_json::from_slice(&body).unwrap();
    let value = |place: usize| patch["Operations"][place]["value"].clone();
    let mut accounts = site.accounts.lock().unwrap();
    let account = accounts.iter_mut().find(|account| account.id == id).unwrap();
    if value(1).as_i64().unwrap() > account.rev() || site.has(Flaw::LatePatch) {
        let mut user = account.user.clone();
        user["active"] = value(0);
        user[EXTENSION]["rev"] = value(1);
        site.apply(account, user);
    }
    Json(account.shown()).into_response()
}

async fn remove(State(site): State<Arc<Site>>, Path(id): Path<String>) -> StatusCode {
    let mut accounts = site.accounts.lock().unwrap();
    let before = accounts.len();
    accounts.retain(|account| account.id != id);
    let is_gone = accounts.len() < before || site.has(Flaw::DeletesTwice);
    if is_gone { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}

async fn list(State(site): State<Arc<Site>>, Query(query): Query<Parameters>) -> Json<Value> {
    let mut all: Vec<Value> = site.accounts.lock().unwrap().iter().map(Account::shown).collect();
    if site.has(Flaw::ListsEmployees) {
        all.push(json!({ "id": "0", "userName": EMPLOYEE, "active": true }));
    }
    let number = |name: &str, otherwise: usize| query.get(name).map_or(otherwise, |text| text.parse().unwrap());
    if let Some(filter) = query.get("filter") {
        let (attribute, value) = filter.split_once(" eq ").unwrap();
        all.retain(|user| user[attribute] == value.trim_matches('"'));
    }
    let (total, first) = (all.len(), number("startIndex", 1));
    let skipped = if site.has(Flaw::SkipsOne) && query.contains_key("startIndex") { first } else { first - 1 };
    let page: Vec<Value> = all.into_iter().skip(skipped).take(number("count", 100)).collect();
    Json(json!({ "totalResults": total, "startIndex": first, "itemsPerPage": page.len(), "Resources": page }))
}

async fn digest(State(site): State<Arc<Site>>, Query(query): Query<Parameters>) -> Json<Value> {
    let mut buckets: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    let accounts = site.accounts.lock().unwrap().clone();
    for account in &accounts {
        let digest = if site.has(Flaw::DigestOfSomethingElse) { hex(b"else") } else { account.digest() };
        let resource = json!({
            "externalId": account.sub(), "id": account.id, "rev": account.rev(), "digest": digest, "active": true,
        });
        let bucket = buckets.entry(hex(account.sub().as_bytes())[..2].to_owned()).or_default();
        bucket.insert(account.sub().to_owned(), resource);
    }
    if let Some(wanted) = query.get("bucket") {
        let resources = buckets.remove(wanted).unwrap_or_default().into_values().collect::<Vec<_>>();
        return Json(json!({ "resources": resources }));
    }
    let between = if site.has(Flaw::BucketOfSomethingElse) { "\t" } else { " " };
    let line = |(sub, resource): (String, Value)| {
        [&sub, &resource["rev"].to_string(), resource["digest"].as_str().unwrap()].join(between) + "\n"
    };
    let value_of = |bucket: BTreeMap<String, Value>| hex(bucket.into_iter().map(line).collect::<String>().as_bytes());
    let values: BTreeMap<String, String> = buckets.into_iter().map(|(name, bucket)| (name, value_of(bucket))).collect();
    Json(json!({ "count": accounts.len(), "buckets": values }))
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
