//! One item: from the state of now to what the site says.

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
        (None, Want::Absent) => return removal::remove(contact, what, known).await,
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
            if due.attempts > 0 && is_first_of_a_swap(provider, site, (due, copy)).await? {
                return present::set_aside(contact, &write, &remote).await;
            }
            Err(refusal)
        }
    }
}

/// Whether somebody who is to get another address holds this one at the site. Of two who wait for
/// each other, the one with the lower id makes room.
async fn is_first_of_a_swap(provider: &Provider, site: SiteId, (due, copy): (&Due, &Copy)) -> Result<bool, Fault> {
    let waiting = store::items::waiting_people(&mut provider.db().read().await?, site).await?;
    for (resource, acked) in waiting {
        let other = Copy::from_canonical(Kind::User, &acked)?;
        if swap::holds_the_address_of(copy, &other) {
            return Ok(due.resource < resource);
        }
    }
    Ok(false)
}
