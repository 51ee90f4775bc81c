//! Writing down how an attempt ended, in one unit.

use super::{
    Courier,
    answer::Trouble,
    client::Attempt,
    model::{Confirmed, Due, Lease, Outcome},
    store::{
        self,
        items::Failed,
        receipts::{self, Said},
    },
};
use crate::kernel::{Entropy, Fault, Lifetime, Timestamp};
use crate::platform::{
    jobs::wait_before,
    store::{Sql, Unit},
};
use crate::sync::{
    copy::{Held, digest_of},
    ledger::{self, Kind, Reason},
};

/// So many failures in a row, and the site is left alone.
const BREAKS_AFTER: i64 = 5;
/// A site that does not answer is looked at this often at least: once it is back, it is soon right.
const LONGEST_PROBE: Lifetime = Lifetime::minutes(3);

/// What the session with the site does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// The site works.
    Faster,
    /// As before.
    GoOn,
    /// The site is left alone.
    Leave,
}

/// An attempt: of what, since when, and what was said.
pub(super) struct Tried<'a> {
    pub(super) due: &'a Due,
    pub(super) held: &'a Held,
    pub(super) sent_at: Timestamp,
    pub(super) attempts: Vec<Attempt>,
}

/// Writes down how an attempt ended.
///
/// # Errors
/// When the database refuses it; the item is still due then, and the site takes it a second time for
/// what it is.
pub(super) async fn settle(
    courier: &Courier,
    lease: Lease,
    tried: Tried<'_>,
    ended: Result<Outcome, Trouble>,
) -> Result<Next, Fault> {
    let mut unit = courier.provider.db().write().await?;
    let (due, rev) = (tried.due, tried.held.want_rev);
    let lag = unit.now().since(due.first_due_at);
    store::attempts::note(&mut unit, lease.site, (due, rev), tried.attempts).await?;
    let (next, outcome) = match ended {
        Ok(Outcome::Confirmed(said)) => {
            let place = (due, tried.held, tried.sent_at);
            (confirmed(&mut unit, lease, place, said).await?, "confirmed")
        }
        Ok(Outcome::Outrun(there)) => {
            ledger::outrun(&mut unit, lease.site, due.key(), there, Reason::Drift).await?;
            (Next::GoOn, "outrun")
        }
        Ok(Outcome::SetAside { sent, other }) => {
            ledger::outrun(&mut unit, lease.site, due.key(), sent, Reason::Retry).await?;
            // Whoever waits for the address may have been refused in the same moment, and given up.
            ledger::mark(&mut unit, lease.site, &[(Kind::User, other)], Reason::Retry).await?;
            (Next::GoOn, "outrun")
        }
        Err(trouble) => failed(&mut unit, lease, (due, rev), &trouble).await?,
    };
    unit.commit().await?;
    match outcome {
        "confirmed" => courier.metrics.sync().confirmed(lag),
        other => courier.metrics.sync().attempted(other),
    }
    Ok(next)
}

async fn confirmed(
    unit: &mut Unit,
    lease: Lease,
    (due, held, sent_at): (&Due, &Held, Timestamp),
    said: Confirmed,
) -> Result<Next, Fault> {
    let what = (due, held.want_rev, held.external_id.as_str());
    if !store::items::confirm(unit, lease, what, &said).await? {
        // Another node serves the site by now, and writes down what it is told.
        return Ok(Next::Leave);
    }
    if said.status.is_none() {
        return Ok(Next::GoOn);
    }
    let digest = said.acked.as_deref().map(digest_of).unwrap_or_default();
    let said =
        Said { rev: held.want_rev, active: said.is_active, status: said.status, etag: said.etag, digest, sent_at };
    receipts::append(unit, lease, due, said).await?;
    Ok(Next::Faster)
}

async fn failed(
    unit: &mut Unit,
    lease: Lease,
    (due, rev): (&Due, i64),
    trouble: &Trouble,
) -> Result<(Next, &'static str), Fault> {
    let (status, why) = trouble.said();
    let wait = wait_before(due.attempts + 1, &unit.entropy());
    let next_at = unit.now() + wait;
    let (counts, needs_people) = match trouble {
        // Once more, quickly: it may have been a moment in which something was being changed there.
        Trouble::Refused(..) => (true, due.attempts > 0),
        Trouble::Failing(..) | Trouble::Ours(_) => (true, false),
        Trouble::Credentials(..) | Trouble::Wait(..) => (false, false),
    };
    let next_at = if counts { next_at } else { unit.now() };
    let item = Failed { status, why, counts, needs_people, next_at };
    store::items::fail(unit, lease, (due, rev), item).await?;
    let next = site_failed(unit, lease, trouble).await?;
    let outcome = match trouble {
        Trouble::Refused(..) => "refused",
        Trouble::Credentials(..) => "credentials",
        Trouble::Wait(..) => "waiting",
        Trouble::Failing(..) => "failing",
        Trouble::Ours(_) => "fault",
    };
    Ok((next, outcome))
}

/// Writes down what a trouble says of the whole site, and whether it is left alone.
///
/// # Errors
/// When the database refuses it.
pub(super) async fn site_failed(unit: &mut Unit, lease: Lease, trouble: &Trouble) -> Result<Next, Fault> {
    let (_, why) = trouble.said();
    let now = unit.now();
    match trouble {
        Trouble::Refused(..) | Trouble::Ours(_) => Ok(Next::GoOn),
        Trouble::Wait(_, wait, _) => {
            store::sites::rest(unit, lease, ("asked to wait", why), now + *wait).await?;
            Ok(Next::Leave)
        }
        Trouble::Credentials(..) => {
            let failures = store::sites::failed(unit, lease, why).await?;
            let resume_at = now + probe_wait(failures, &unit.entropy());
            store::sites::rest(unit, lease, ("credentials", why), resume_at).await?;
            Ok(Next::Leave)
        }
        Trouble::Failing(..) => {
            let failures = store::sites::failed(unit, lease, why).await?;
            if failures < BREAKS_AFTER {
                return Ok(Next::GoOn);
            }
            let resume_at = now + probe_wait(failures - BREAKS_AFTER + 1, &unit.entropy());
            store::sites::rest(unit, lease, ("not answering", why), resume_at).await?;
            Ok(Next::Leave)
        }
    }
}

/// Writes down that a site did not say what it can do. It is asked before anything is sent to it, so
/// it is left alone from the first time on.
///
/// # Errors
/// When the database refuses it.
pub(super) async fn site_unreachable(unit: &mut Unit, lease: Lease, trouble: &Trouble) -> Result<(), Fault> {
    let (_, why) = trouble.said();
    if site_failed(unit, lease, trouble).await? == Next::Leave {
        return Ok(());
    }
    let failures = match trouble {
        Trouble::Failing(..) => 1,
        _ => store::sites::failed(unit, lease, why).await?,
    };
    let resume_at = unit.now() + probe_wait(failures, &unit.entropy());
    store::sites::rest(unit, lease, ("not answering", why), resume_at).await
}

fn probe_wait(step: i64, entropy: &Entropy) -> Lifetime {
    wait_before(step, entropy).min(LONGEST_PROBE)
}
