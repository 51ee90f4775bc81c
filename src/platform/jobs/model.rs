//! Jobs, and which facts wake them.

use crate::kernel::{JobId, Lifetime, Timestamp};

/// A fact wakes a job: `facts come up`. The table of them stands in `app/subscriptions.rs`.
#[derive(Debug, Clone, Copy)]
pub struct Subscription {
    /// The name of the fact, as `accounts.session_ended`.
    pub fact: &'static str,
    /// The kind of the job that it wakes, as `oidc.tell_sites`.
    pub job: &'static str,
}

/// All subscriptions of the program.
pub type Subscriptions = &'static [Subscription];

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
