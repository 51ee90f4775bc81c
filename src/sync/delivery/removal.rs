//! Writing what should count no more: PATCH; and what should not be there: DELETE.

use serde_json::{Value, json};

use super::{
    answer::{Echo, Trouble, refused},
    client::{Contact, Remote},
    model::{Confirmed, Outcome},
    present::remote_of,
};
use crate::platform::fetch::Reply;
use crate::sync::{
    copy::{Copy, EXTENSION_OF_ORGANIZATIONS, EXTENSION_OF_USERS},
    ledger::Kind,
};

/// Makes the copy count no more. Nothing else is told: what a person does elsewhere is none of the
/// site's business.
///
/// # Errors
/// The trouble.
pub(super) async fn deactivate(
    contact: &mut Contact<'_>,
    copy: &Copy,
    rev: i64,
    known: Option<Remote>,
) -> Result<Outcome, Trouble> {
    let remote = match known {
        Some(remote) => Some(remote),
        None => contact.find(copy.kind(), copy.external_id()).await?.map(remote_of),
    };
    let Some(remote) = remote else { return Ok(nothing_there(None)) };
    let reply = contact.patch(copy.kind(), &remote.id, copy.deactivation(rev)).await?;
    match reply.status {
        404 | 410 => Ok(nothing_there(Some(reply.status))),
        405 | 501 => without_patch(contact, copy, rev, remote).await,
        200..=299 => confirm(copy, rev, remote, &reply),
        _ => Err(refused(&reply)),
    }
}

/// For something that the site may have and that we know nothing of: the answer to its creation was
/// lost, and it was never to count since.
///
/// # Errors
/// The trouble.
pub(super) async fn deactivate_unknown(
    contact: &mut Contact<'_>,
    (kind, external_id): (Kind, &str),
    rev: i64,
) -> Result<Outcome, Trouble> {
    match contact.find(kind, external_id).await? {
        Some(found) => deactivate_found(contact, kind, rev, found).await,
        None => Ok(nothing_there(None)),
    }
}

async fn deactivate_found(contact: &mut Contact<'_>, kind: Kind, rev: i64, found: Echo) -> Result<Outcome, Trouble> {
    match Copy::from_canonical(kind, &found.canonical()) {
        Ok(copy) => deactivate(contact, &copy.inactive("ended"), rev, Some(remote_of(found))).await,
        Err(_) => Err(Trouble::Refused(None, "The site holds something that cannot be read.".into())),
    }
}

/// A site that declares no PATCH, or says that it has none: what it holds is read and given back.
async fn without_patch(contact: &mut Contact<'_>, copy: &Copy, rev: i64, remote: Remote) -> Result<Outcome, Trouble> {
    let Some(found) = contact.fetch(copy.kind(), &remote.id).await? else { return Ok(nothing_there(Some(404))) };
    let mut body = found.whole.clone();
    let changes = match copy {
        Copy::User(_) => vec![("/active".to_owned(), json!(false)), (pointer(EXTENSION_OF_USERS, "rev"), json!(rev))],
        Copy::Organization(organization) => vec![
            (pointer(EXTENSION_OF_ORGANIZATIONS, "active"), json!(false)),
            (pointer(EXTENSION_OF_ORGANIZATIONS, "status"), json!(organization.status)),
            (pointer(EXTENSION_OF_ORGANIZATIONS, "rev"), json!(rev)),
        ],
    };
    for (pointer, value) in changes {
        set(&mut body, &pointer, value);
    }
    let remote = remote_of(found);
    let reply = contact.put(copy.kind(), &remote, body).await?;
    match reply.status {
        404 | 410 => Ok(nothing_there(Some(reply.status))),
        200..=299 => confirm(copy, rev, remote, &reply),
        _ => Err(refused(&reply)),
    }
}

fn pointer(extension: &str, member: &str) -> String {
    format!("/{extension}/{member}")
}

/// Sets a member, and the object around it where there is none.
fn set(body: &mut Value, pointer: &str, value: Value) {
    let mut place = body;
    for name in pointer.split('/').skip(1) {
        if !place.is_object() {
            *place = json!({});
        }
        let Value::Object(members) = place else { return };
        place = members.entry(name).or_insert(Value::Null);
    }
    *place = value;
}

fn confirm(copy: &Copy, rev: i64, remote: Remote, reply: &Reply) -> Result<Outcome, Trouble> {
    // A PATCH may be answered without a body (RFC 7644 §3.5.2).
    let echo = Echo::read(copy.kind(), reply).ok();
    if let Some(echo) = &echo {
        if echo.rev.is_some_and(|there| there > rev) {
            return Ok(Outcome::Outrun(echo.rev.unwrap_or(rev)));
        }
        if echo.is_active() {
            let why = format!("The site answered {}, but still lets this count.", reply.status);
            return Err(Trouble::Refused(Some(reply.status), why));
        }
    }
    // It may have taken more than it has confirmed: the answer to an earlier write was lost. What it holds at our
    // revision is what it says, and not what it was last known to hold.
    let said = echo.as_ref().filter(|echo| echo.rev == Some(rev)).map(Echo::canonical);
    let said = said.filter(|said| Copy::from_canonical(copy.kind(), said).is_ok());
    let etag = reply.etag.clone().or_else(|| echo.and_then(|echo| echo.etag));
    Ok(Outcome::Confirmed(Confirmed {
        acked: Some(said.map_or_else(|| copy.canonical(), Ok)?),
        is_active: false,
        remote_id: Some(remote.id),
        etag,
        status: Some(reply.status),
        note: None,
    }))
}

/// Takes the copy away. A site that has to keep it by law says so; that is a receipt like any other,
/// once the copy counts no more there.
///
/// # Errors
/// The trouble.
pub(super) async fn remove(
    contact: &mut Contact<'_>,
    (kind, external_id): (Kind, &str),
    rev: i64,
    known: Option<Remote>,
) -> Result<Outcome, Trouble> {
    let remote = match known {
        Some(remote) => Some(remote),
        None => contact.find(kind, external_id).await?.map(remote_of),
    };
    let Some(remote) = remote else { return Ok(nothing_there(None)) };
    let reply = contact.delete(kind, &remote.id).await?;
    match (reply.status, refused(&reply)) {
        (200..=299 | 404 | 410, _) => Ok(nothing_there(Some(reply.status))),
        (409, Trouble::Refused(_, why)) => retained(contact, (kind, external_id), rev, why).await,
        (_, trouble) => Err(trouble),
    }
}

async fn retained(
    contact: &mut Contact<'_>,
    (kind, external_id): (Kind, &str),
    rev: i64,
    why: String,
) -> Result<Outcome, Trouble> {
    if let Some(found) = contact.find(kind, external_id).await?.filter(Echo::is_active) {
        let ended = deactivate_found(contact, kind, rev, found).await?;
        if !matches!(ended, Outcome::Confirmed(_)) {
            return Ok(ended);
        }
    }
    Ok(Outcome::Confirmed(Confirmed { status: Some(409), note: Some(why), ..Confirmed::default() }))
}

fn nothing_there(status: Option<u16>) -> Outcome {
    Outcome::Confirmed(Confirmed { status, ..Confirmed::default() })
}
