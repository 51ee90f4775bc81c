//! Writing what should count: PUT, or POST for what the site does not have.

use serde_json::Value;

use super::{
    answer::{Echo, Trouble, refused},
    client::{Contact, Remote},
    model::{Confirmed, Outcome},
    swap,
};
use crate::platform::fetch::Reply;
use crate::sync::copy::Copy;

/// A write: what the site should hold, at which revision, and whether that was put back already.
pub(super) struct Write<'a> {
    pub(super) copy: &'a Copy,
    pub(super) rev: i64,
    pub(super) is_put_back: bool,
}

/// How a refusal because of a conflict goes on.
pub(super) enum Written {
    /// As any other answer.
    Ended(Outcome),
    /// The site says 409, and what stands there is not ours.
    Conflict(Remote, Trouble),
}

/// Writes the copy. A site that does not say that its POST is idempotent is asked first whether it
/// has it: the answer to an earlier POST may have been lost.
///
/// # Errors
/// The trouble.
pub(super) async fn write(
    contact: &mut Contact<'_>,
    write: &Write<'_>,
    known: Option<Remote>,
) -> Result<Written, Trouble> {
    let kind = write.copy.kind();
    let remote = match known {
        Some(remote) => Some(remote),
        None if contact.features().idempotent_create => None,
        None => contact.find(kind, write.copy.external_id()).await?.map(remote_of),
    };
    match remote {
        Some(remote) => put(contact, write, remote).await,
        None => post(contact, write).await,
    }
}

async fn put(contact: &mut Contact<'_>, write: &Write<'_>, remote: Remote) -> Result<Written, Trouble> {
    let (kind, body) = (write.copy.kind(), write.copy.scim(write.rev));
    let mut reply = contact.put(kind, &remote, body.clone()).await?;
    if reply.status == 412 {
        // Somebody wrote there meanwhile. What is managed is ours whatever they wrote, so the same
        // body goes again, once, on top of what stands there now.
        let Some(now) = contact.fetch(kind, &remote.id).await? else { return post(contact, write).await };
        reply = contact.put(kind, &remote_of(now), body).await?;
    }
    match reply.status {
        404 => post(contact, write).await,
        204 => Ok(Written::Ended(Outcome::Confirmed(confirmed(write, Some(remote.id), reply.etag, 204)?))),
        200..=299 => confirm(contact, write, &reply).await.map(Written::Ended),
        409 => Ok(Written::Conflict(remote, refused(&reply))),
        _ => Err(refused(&reply)),
    }
}

/// A POST happens once: what answers it is not answered by another one.
async fn post(contact: &mut Contact<'_>, write: &Write<'_>) -> Result<Written, Trouble> {
    let kind = write.copy.kind();
    let reply = contact.post(kind, write.copy.scim(write.rev)).await?;
    match reply.status {
        200..=299 => confirm(contact, write, &reply).await.map(Written::Ended),
        409 => adopt(contact, write, &reply).await,
        _ => Err(refused(&reply)),
    }
}

/// The site has something that is in the way. It is taken over when it bears our id; whatever else
/// it is belongs to somebody else.
async fn adopt(contact: &mut Contact<'_>, write: &Write<'_>, reply: &Reply) -> Result<Written, Trouble> {
    let kind = write.copy.kind();
    let Some(found) = contact.find(kind, write.copy.external_id()).await? else { return Err(refused(reply)) };
    let remote = remote_of(found);
    let reply = contact.put(kind, &remote, write.copy.scim(write.rev)).await?;
    match reply.status {
        200..=299 => confirm(contact, write, &reply).await.map(Written::Ended),
        409 => Ok(Written::Conflict(remote, refused(&reply))),
        _ => Err(refused(&reply)),
    }
}

/// Writes the copy with an address that nobody has, so that the one that stands in somebody's way is
/// free. Says whether that was done: it was not where it had been done before, and did not help.
///
/// # Errors
/// The trouble.
pub(super) async fn set_aside(contact: &mut Contact<'_>, write: &Write<'_>, remote: &Remote) -> Result<bool, Trouble> {
    let placeholder = Value::from(swap::placeholder(write.copy.external_id()));
    let now = contact.fetch(write.copy.kind(), &remote.id).await?;
    if now.is_none_or(|now| now.managed.get("email") == Some(&placeholder)) {
        return Ok(false);
    }
    let mut body = write.copy.scim(write.rev);
    if let Some(address) = body.pointer_mut("/emails/0/value") {
        *address = placeholder;
    }
    let reply = contact.put(write.copy.kind(), remote, body).await?;
    match reply.status {
        200..=299 => Ok(true),
        _ => Err(refused(&reply)),
    }
}

/// Looks at what the site says that it holds now: a success by its status alone proves nothing.
async fn confirm(contact: &mut Contact<'_>, write: &Write<'_>, reply: &Reply) -> Result<Outcome, Trouble> {
    let (kind, status) = (write.copy.kind(), reply.status);
    let odd = match Echo::read(kind, reply) {
        Ok(echo) => return compare(write, echo, status, None),
        Err(odd) => format!("The site answered {status} {odd}"),
    };
    match contact.find(kind, write.copy.external_id()).await? {
        Some(found) => compare(write, found, status, Some(format!("{odd}; what it holds was looked up."))),
        None => Err(Trouble::Refused(Some(status), format!("{odd}, and does not have what it was given."))),
    }
}

fn compare(write: &Write<'_>, echo: Echo, status: u16, note: Option<String>) -> Result<Outcome, Trouble> {
    if echo.external_id.as_deref().is_some_and(|id| id != write.copy.external_id()) {
        let why = "The site answered with something else than it was given.";
        return Err(Trouble::Refused(Some(status), why.into()));
    }
    let is_equal = echo.canonical() == write.copy.canonical()?;
    match echo.rev {
        Some(rev) if rev < write.rev => {
            let why = format!("The site answered {status}, but still holds revision {rev} of this.");
            Err(Trouble::Refused(Some(status), why))
        }
        Some(rev) if rev > write.rev => Ok(Outcome::Outrun(rev)),
        // The site took this revision before, and something else stands there now.
        Some(rev) if !is_equal && !write.is_put_back => Ok(Outcome::Outrun(rev)),
        Some(_) if !is_equal => {
            let why = format!("The site changes what it is given: {}.", differing(write, &echo)?);
            Err(Trouble::Refused(Some(status), why))
        }
        // A site without revisions says what it can; the comparison finds the rest.
        _ => Ok(Outcome::Confirmed(Confirmed { note, ..confirmed(write, Some(echo.id), echo.etag, status)? })),
    }
}

/// The names of the members that differ, without what they hold.
fn differing(write: &Write<'_>, echo: &Echo) -> Result<String, Trouble> {
    let ours: Value = serde_json::from_str(&write.copy.canonical()?)
        .map_err(|_| Trouble::Ours("what a site is told is not JSON".into()))?;
    let differ = echo.managed.iter().filter(|(name, there)| ours.get(name.as_str()) != Some(*there));
    Ok(differ.map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "))
}

fn confirmed(
    write: &Write<'_>,
    remote_id: Option<String>,
    etag: Option<String>,
    status: u16,
) -> Result<Confirmed, Trouble> {
    let acked = Some(write.copy.canonical()?);
    Ok(Confirmed { acked, is_active: true, remote_id, etag, status: Some(status), note: None })
}

/// What the site calls it.
pub(super) fn remote_of(echo: Echo) -> Remote {
    Remote { id: echo.id, etag: echo.etag }
}
