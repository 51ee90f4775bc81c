//! Jobs, and which facts wake them.

use std::pin::Pin;

use crate::kernel::{Fault, JobId, Lifetime, Timestamp};
use crate::platform::store::Unit;

/// A fact wakes a job: `facts come up`. The table of them stands in `app/subscriptions.rs`.
#[derive(Debug, Clone, Copy)]
pub struct Subscription {
    /// The name of the fact, as `accounts.session_ended`.
    pub fact: &'static str,
    /// The kind of the job that it wakes, as `oidc.tell_sites`.
    pub job: &'static str,
}

/// Who is told of which facts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Subscriptions {
    /// Work that is done after the commit.
    pub jobs: &'static [Subscription],
    /// What must be true in the very transaction of the fact.
    pub followers: &'static [Follower],
}

/// Settles, at the end of a unit and before it commits, what follows from the facts in it.
///
/// It runs once for a unit, after all of its statements, so that it sees what they left; when it
/// fails, nothing of the unit is kept.
#[derive(Debug, Clone, Copy)]
pub struct Follower {
    /// Whether it follows the facts of this name.
    pub follows: fn(&str) -> bool,
    /// What it does.
    pub follow: Follow,
}

/// What a follower does with the facts of a unit.
pub type Follow = for<'u> fn(&'u mut Unit, Vec<Followed>) -> Following<'u>;

/// A follower at work.
pub type Following<'u> = Pin<Box<dyn Future<Output = Result<(), Fault>> + Send + 'u>>;

/// A fact that somebody follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// Its name.
    pub name: &'static str,
    /// What it is about: the text form of an id.
    pub subject: String,
    /// What else is known of it.
    pub detail: serde_json::Value,
}

/// A job to be queued.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// What is to be done; `app/workers.rs` knows every kind.
    pub kind: &'static str,
    /// Jobs of one kind and key are one job while they wait.
    pub key: String,
    /// What the worker needs to know, as JSON text.
    pub payload: String,
    /// When it is no longer worth doing; `None` for never.
    pub expires_at: Option<Timestamp>,
}

/// A job that this worker, and no other, may do until the lease ends.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LeasedJob {
    /// Its id.
    pub id: JobId,
    /// What is to be done.
    pub kind: String,
    /// What it is about.
    pub key: String,
    /// What the worker needs to know, as JSON text.
    pub payload: String,
    /// How often it was begun, this time included.
    pub attempts: i64,
    /// When it is no longer worth doing.
    pub expires_at: Option<Timestamp>,
    /// Proof that the lease is this worker's.
    pub lease: uuid::Uuid,
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is done; forget it.
    Done,
    /// It failed for now: try again, later each time. The text is for the operator and holds no secret.
    Retry(String),
    /// Try again after this span, as the other side asked (`Retry-After`).
    RetryAfter(Lifetime, String),
    /// It can never succeed; forget it, and say so in the log.
    GiveUp(String),
}
