//! Mail to people: queued with what caused it, sealed until it leaves, each to one person.
//!
//! [`post`] writes the letter, sealed, and the job that sends it, in the transaction of what caused
//! it. The worker ([`attempt`]) hands it to the mail server, or leaves it in the outbox of a demo.
//! Codes and links stand in no table, job, log or audit entry in the clear. What a letter says is
//! for the slices; how it looks, and how it gets to its reader, is for this module.

mod defuse;
mod job;
mod message;
mod model;
mod office;
mod outbox;
mod render;
mod server;
mod store;

pub use job::{Attempt, SEND, Settled, attempt, settle};
pub use model::{Fate, KeptMail, Letter, Posting};
pub use office::PostOffice;
pub use outbox::routes;
pub use render::Rendered;
pub use store::{fate_of, queue, sweep};

use crate::kernel::{Doing, Fault, Lifetime, MailId};
use crate::platform::{
    jobs::{self, NewJob},
    store::{Sql, Unit},
};
use crate::protocol::jose::SealingKey;

/// What letters are sealed for.
const PURPOSE: &str = "mail";
/// How long a mail is tried that names no end of its own: a mail server may be down over a weekend.
const WORTH_TRYING_FOR: Lifetime = Lifetime::days(4);

/// Queues `letter` in the transaction of what caused it.
///
/// # Errors
/// When the letter is longer than some 10 KiB, or the database refuses it.
pub async fn post(unit: &mut Unit, sealing: &SealingKey, letter: Letter, posting: Posting) -> Result<MailId, Fault> {
    let now = unit.now();
    let id = MailId::new(now, &unit.entropy());
    let text = serde_json::to_vec(&letter).doing("write a letter")?;
    let sealed = sealing.seal(PURPOSE, &text).doing("seal a letter")?;
    let expires_at = posting.expires_at.unwrap_or(now + WORTH_TRYING_FOR);
    let kind = posting.kind;
    store::insert(unit, id, letter.language, sealed, Posting { expires_at: Some(expires_at), ..posting }).await?;
    let payload = serde_json::to_string(&id).doing("write a job")?;
    tracing::debug!(mail = %id, kind, "a mail was queued");
    jobs::enqueue(unit, NewJob { kind: SEND, key: id.to_string(), payload, expires_at: Some(expires_at) }).await?;
    Ok(id)
}

/// The newest letters that are still kept, at most `limit`: all of them in the outbox of a demo,
/// those that wait where mail leaves by a server.
///
/// # Errors
/// When the database does not answer, or a letter was sealed with another key.
pub async fn kept(on: &mut impl Sql, sealing: &SealingKey, limit: i64) -> Result<Vec<KeptMail>, Fault> {
    store::kept(on, limit).await?.into_iter().map(|row| row.open(sealing)).collect()
}

/// One letter, while it is kept.
///
/// # Errors
/// When the database does not answer, or the letter was sealed with another key.
pub async fn kept_one(on: &mut impl Sql, sealing: &SealingKey, id: MailId) -> Result<Option<KeptMail>, Fault> {
    store::kept_one(on, id).await?.map(|row| row.open(sealing)).transpose()
}
