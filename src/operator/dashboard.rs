//! How everything is doing, at a glance (X80). `GET /ops`

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};

use super::{role::Desk, sites::words};
use crate::accounts::Accounts;
use crate::audit;
use crate::kernel::{Fault, Lifetime, Timestamp};
use crate::platform::{
    mail,
    store::Sql,
    telemetry::Metrics,
    web::{Page, PageError, Routes, Shell},
    words::Words,
};
use crate::signing::{self, KeyState};
use crate::sync::status::{self, SiteHealth};

/// How far back the sign-ins are counted.
const SHOWN_FOR: Lifetime = Lifetime::hours(24);

/// The page of this part.
pub fn routes(accounts: Accounts) -> Routes {
    Routes::new().get("/ops", show).with_state(accounts)
}

#[derive(Template)]
#[template(path = "ops/dashboard.html")]
struct Dashboard {
    shell: Shell,
    hours: Vec<Hour>,
    failures: Vec<(&'static str, u64)>,
    mails: i64,
    mails_wait: Option<String>,
    keys: Vec<Key>,
    sites: Vec<Line>,
}

/// Sign-ins of one hour.
struct Hour {
    begins_at: Timestamp,
    good: i64,
    failed: i64,
}

/// A key that signs.
struct Key {
    algorithm: &'static str,
    kid: String,
    age: String,
}

/// A site in the table.
struct Line {
    health: SiteHealth,
    now: Timestamp,
}

impl Line {
    fn condition(&self, t: Words) -> &'static str {
        words::condition(t, self.health.condition())
    }

    fn mark(&self) -> &'static str {
        words::mark(self.health.condition())
    }

    fn lag(&self, t: Words) -> Option<String> {
        self.health.lag(self.now).map(|lag| t.span(lag))
    }

    fn leaving(&self, t: Words) -> Option<String> {
        self.health.oldest_leaving_at.map(|at| t.span(self.now.since(at)))
    }
}

async fn show(State(accounts): State<Accounts>, desk: Desk) -> Result<Response, PageError> {
    let shell = desk.shell(&accounts);
    let mut reader = accounts.db.read().await?;
    let (mails, oldest) = mail::queue(&mut reader).await?;
    let now = reader.now();
    let page = Dashboard {
        hours: hours(&mut reader).await?,
        failures: failures(shell.t, &accounts.metrics),
        mails,
        mails_wait: oldest.map(|at| shell.t.span(now.since(at))),
        keys: keys(&mut reader, shell.t).await?,
        sites: status::of_sites(&mut reader).await?.into_iter().map(|health| Line { health, now }).collect(),
        shell: shell.clone(),
    };
    Ok(Page::new(&shell, page).into_response())
}

/// The last 24 hours in which somebody signed in or failed to, newest first.
async fn hours(on: &mut impl Sql) -> Result<Vec<Hour>, Fault> {
    let since = on.now() - SHOWN_FOR;
    let mut hours: BTreeMap<Timestamp, Hour> = BTreeMap::new();
    for (begins_at, count) in audit::by_hour(on, "accounts.signed_in", since).await? {
        hours.insert(begins_at, Hour { begins_at, good: count, failed: 0 });
    }
    for (begins_at, count) in audit::by_hour(on, "accounts.sign_in_failed", since).await? {
        hours.entry(begins_at).or_insert(Hour { begins_at, good: 0, failed: 0 }).failed = count;
    }
    Ok(hours.into_values().rev().collect())
}

/// Why tries to sign in failed on this node since it started.
fn failures(t: Words, metrics: &Metrics) -> Vec<(&'static str, u64)> {
    [
        (t.ops_failed_wrong(), "wrong"),
        (t.ops_failed_disabled(), "disabled"),
        (t.ops_failed_throttled(), "throttled"),
        (t.ops_failed_fault(), "fault"),
    ]
    .into_iter()
    .map(|(words, outcome)| (words, metrics.sign_ins(outcome)))
    .collect()
}

async fn keys(on: &mut impl Sql, t: Words) -> Result<Vec<Key>, Fault> {
    let now = on.now();
    let keys = signing::list(on).await?.into_iter().filter(|key| key.state == KeyState::Current);
    Ok(keys
        .map(|key| Key {
            algorithm: key.algorithm,
            age: t.span(now.since(key.activated_at.unwrap_or(key.created_at))),
            kid: key.kid,
        })
        .collect())
}
