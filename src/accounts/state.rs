//! What the pages and use cases of this slice work with.

use axum::extract::FromRef;

use crate::platform::{
    config::{Accounts as AccountRules, Config, Limits, Sessions},
    hash::Hasher,
    store::Db,
    telemetry::Metrics,
    web::Kit,
};

/// The parts that this slice needs. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    /// The database.
    pub db: Db,
    /// The kit of the pages.
    pub kit: Kit,
    /// The threads that hash passwords.
    pub hasher: Hasher,
    /// How long sessions live.
    pub sessions: Sessions,
    /// How many wrong tries are borne.
    pub limits: Limits,
    /// What is counted.
    pub metrics: Metrics,
    /// What a password must be.
    pub rules: AccountRules,
}

impl Accounts {
    /// The slice of an installation.
    #[must_use]
    pub fn new(config: &Config, db: Db, kit: Kit, hasher: Hasher, metrics: Metrics) -> Self {
        Self {
            db,
            kit,
            hasher,
            sessions: config.sessions.clone(),
            limits: config.limits.clone(),
            metrics,
            rules: config.accounts.clone(),
        }
    }
}

impl FromRef<Accounts> for Kit {
    fn from_ref(accounts: &Accounts) -> Self {
        accounts.kit.clone()
    }
}
