//! What happened: the record of facts, and the jobs that they wake.
//!
//! [`record`] writes the hash-chained entry *and* one job for each subscriber in the transaction
//! of the change itself, so that none of them can be lost without the others.

mod actor;
mod chain;
mod fact;
mod store;
mod verify;

pub use actor::Actor;
pub use fact::Fact;
pub use store::{AuditEntry, CHAINS, by_hour, of_chain, of_organization, of_person, tail};
pub use verify::{Broken, verify};

use crate::kernel::{AuditId, Fault};
use crate::platform::{
    jobs::{self, Followed, NewJob},
    store::{Sql, Unit},
};

/// What a job that was woken by a fact is given.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Woken {
    /// What the fact is about: the text form of an id.
    pub subject: String,
    /// Its details.
    pub detail: serde_json::Value,
}

/// Records `fact` as the act of `actor`, and wakes its subscribers at commit; its followers act just
/// before.
///
/// # Errors
/// When the database refuses it.
pub async fn record(unit: &mut Unit, actor: &Actor, fact: Fact) -> Result<(), Fault> {
    let id = AuditId::new(unit.now(), &unit.entropy());
    for subscription in unit.subscriptions().jobs.iter().filter(|s| s.fact == fact.name) {
        let woken = Woken { subject: fact.subject.clone(), detail: fact.detail.clone() };
        let payload = serde_json::to_string(&woken).map_err(|cause| Fault::of("write a job", cause))?;
        jobs::enqueue(unit, NewJob { kind: subscription.job, key: id.to_string(), payload, expires_at: None }).await?;
    }
    if unit.subscriptions().followers.iter().any(|follower| (follower.follows)(fact.name)) {
        unit.note(Followed { name: fact.name, subject: fact.subject.clone(), detail: fact.detail.clone() });
    }
    store::append(unit, id, actor, &fact).await
}
