//! Simulated sites: one listener, a path for each site, four manners.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
    routing::any,
};
use connex::{app::App, platform::store::Sql};
use serde_json::{Value, json};

/// How a site answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// After 5 ms.
    Healthy,
    /// After 300 ms.
    Slow,
    /// 500, at once.
    Failing,
    /// Never.
    Hanging,
}

/// 70 % healthy, 15 % slow, 10 % failing, 5 % hanging.
pub fn mixed(n: usize) -> Manner {
    match n % 20 {
        0 => Manner::Hanging,
        1 | 2 => Manner::Failing,
        3..=5 => Manner::Slow,
        _ => Manner::Healthy,
    }
}

/// All of them.
pub fn healthy(_: usize) -> Manner {
    Manner::Healthy
}

/// All but the first.
pub fn one_dead(n: usize) -> Manner {
    if n == 0 { Manner::Hanging } else { Manner::Healthy }
}

/// When each healthy site was first told of a deactivation, by site and `ConneX-Txn`.
type Deactivations = Arc<Mutex<HashMap<(usize, String), i64>>>;

/// The sites.
pub struct Fleet {
    origin: String,
    manner: fn(usize) -> Manner,
    deactivations: Deactivations,
}

#[derive(Clone)]
struct Answering {
    manner: fn(usize) -> Manner,
    deactivations: Deactivations,
}

impl Fleet {
    /// Starts to listen.
    pub async fn start(manner: fn(usize) -> Manner) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let deactivations = Deactivations::default();
        let state = Answering { manner, deactivations: deactivations.clone() };
        let router = Router::new().route("/{site}/{*path}", any(answer)).with_state(state);
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { origin, manner, deactivations }
    }

    /// The address of a site.
    pub fn site(&self, n: usize) -> String {
        format!("{}/{n}", self.origin)
    }

    /// How a site answers.
    pub fn manner(&self, n: usize) -> Manner {
        (self.manner)(n)
    }

    /// From the commit of a deactivation to its first request at each healthy site: sorted milliseconds.
    pub async fn first_deactivations(&self, app: &App) -> Vec<i64> {
        let seen = self.deactivations.lock().unwrap().clone();
        let mut spans = Vec::new();
        for ((_, txn), at) in seen {
            let Ok(txn) = txn.parse::<connex::kernel::TxnId>() else { continue };
            let mut reader = app.db.read().await.unwrap();
            let changed =
                reader.sql("select min(changed_at) from sync_items where txn = $1").bind(txn).scalar::<Option<i64>>();
            if let Some(Some(changed)) = changed.await.unwrap() {
                spans.push(at - changed);
            }
        }
        spans.sort_unstable();
        spans
    }
}

async fn answer(
    State(state): State<Answering>,
    Path((site, path)): Path<(usize, String)>,
    method: Method,
    headers: axum::http::HeaderMap,
    body: String,
) -> Response {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    if method == Method::PATCH
        && (state.manner)(site) == Manner::Healthy
        && let Some(txn) = headers.get("connex-txn").and_then(|txn| txn.to_str().ok())
    {
        state.deactivations.lock().unwrap().entry((site, txn.to_owned())).or_insert(i64::try_from(now).unwrap());
    }
    match (state.manner)(site) {
        Manner::Hanging => tokio::time::sleep(Duration::from_secs(600)).await,
        Manner::Failing => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Manner::Slow => tokio::time::sleep(Duration::from_millis(300)).await,
        Manner::Healthy => tokio::time::sleep(Duration::from_millis(5)).await,
    }
    if path.ends_with("ServiceProviderConfig") {
        let ours = "urn:connex:params:scim:schemas:extension:2.0:ServiceProviderConfig";
        return Json(json!({ "patch": { "supported": true }, ours: { "digest": true, "idempotentCreate": true } }))
            .into_response();
    }
    match method {
        Method::GET => Json(json!({ "totalResults": 0, "Resources": [] })).into_response(),
        Method::PATCH | Method::DELETE => StatusCode::NO_CONTENT.into_response(),
        _ => {
            let mut resource: Value = serde_json::from_str(&body).unwrap_or_default();
            resource["id"] = "r".into();
            let status = if method == Method::POST { StatusCode::CREATED } else { StatusCode::OK };
            (status, Json(resource)).into_response()
        }
    }
}
