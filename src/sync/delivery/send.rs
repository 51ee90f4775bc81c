//! One item: from the state of now to what the site says.

use uuid::Uuid;

use super::{
    answer::Trouble,
    client::{Contact, Mark, Remote},
    model::{Due, Outcome},
    present::{self, Write, Written},
    removal, store, swap,
};
use crate::kernel::{Fault, SiteId};
use crate::oidc::Provider;
use crate::sync::{
    copy::{Copy, Held},
    ledger::{Kind, Reason, Want},
};

/// Brings the site to `held`, which was read just now.
///
/// # Errors
/// The trouble.
pub(super) async fn send(
    provider: &Provider,
    contact: &mut Contact<'_>,
    site: SiteId,
    (due, held): (&Due, &Held),
) -> Result<Outcome, Trouble> {
    let key = format!("{site}:{}:{}:{}", due.kind.resource_type(), held.external_id, held.want_rev);
    contact.mark = Some(Mark { key, txn: due.txn.to_string(), reason: due.reason.as_str() });
    let known = due.remote.clone().map(|(id, etag)| Remote { id, etag });
    let what = (due.kind, held.external_id.as_str());
    let copy = match (&held.copy, held.want) {
        (None, Want::Absent) => return removal::remove(contact, what, held.want_rev, known).await,
        (None, _) => return removal::deactivate_unknown(contact, what, held.want_rev).await,
        (Some(copy), _) => copy,
    };
    if copy.want() == Want::Inactive {
        return removal::deactivate(contact, copy, held.want_rev, known).await;
    }
    let write = Write { copy, rev: held.want_rev, is_put_back: due.reason == Reason::Drift };
    match present::write(contact, &write, known).await? {
        Written::Ended(outcome) => Ok(outcome),
        Written::Conflict(remote, refusal) => {
            let other = match due.attempts {
                0 => None,
                _ => makes_room_for(provider, site, (due, copy)).await?,
            };
            match other {
                Some(other) if present::set_aside(contact, &write, &remote).await? => {
                    Ok(Outcome::SetAside { sent: write.rev, other })
                }
                _ => Err(refusal),
            }
        }
    }
}

/// Somebody who is to get another address and holds this one at the site. Of two who wait for each
/// other, the one with the lower id makes room.
async fn makes_room_for(provider: &Provider, site: SiteId, (due, copy): (&Due, &Copy)) -> Result<Option<Uuid>, Fault> {
    let waiting = store::items::waiting_people(&mut provider.db().read().await?, site).await?;
    for (resource, acked) in waiting {
        let other = Copy::from_canonical(Kind::User, &acked)?;
        if swap::holds_the_address_of(copy, &other) {
            return Ok((due.resource < resource).then_some(resource));
        }
    }
    Ok(None)
}
