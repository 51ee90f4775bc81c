//! What a site should hold of people.
//!
//! Whom [`wanted_people`] finds to count is applied here to one person, to an organization's, or to all
//! that the site holds:
//!
//! - A copy is made only of people who count. Once made it is kept right: it stops to count, or it is
//!   taken away when the account is no more.
//! - A copy that does not count is left alone: what a person does elsewhere is none of that site's
//!   business.

use crate::kernel::{AccountId, Fault, OrganizationId, SiteId};
use crate::platform::store::{Sql, Unit};
use crate::sync::ledger::{follow::Cause, store::wanted::wanted_people};

macro_rules! settle {
    ($whom:literal) => {
        concat!(
            "with wanted as (",
            wanted_people!($whom),
            ")
             insert into sync_items (site_id, kind, resource_id, organization_id, external_id, want, want_rev, seq, state,
                                     reason, txn, priority, attempts, first_due_at, next_at, changed_at)
             select $1, 'user', x.id, x.organization_id, x.external_id, x.want, 1,
                    (select coalesce(max(i.seq), 0) from sync_items i where i.site_id = $1) + row_number() over (order by x.id),
                    'due', $3, $4, case when x.want <> 'present' then 0 when $3 = 'change' then 3 else 2 end, 0, $5, $5, $5
             from wanted x
             where x.want = 'present' or exists (
                 select 1 from sync_items i where i.site_id = $1 and i.kind = 'user' and i.resource_id = x.id)
             on conflict (site_id, kind, resource_id) do update set
                 organization_id = case when excluded.want = 'present' then excluded.organization_id else sync_items.organization_id end,
                 want = excluded.want, want_rev = sync_items.want_rev + 1, seq = excluded.seq, state = 'due',
                 reason = excluded.reason, txn = excluded.txn, priority = excluded.priority, attempts = 0,
                 first_due_at = case when sync_items.state = 'ok' or excluded.want <> sync_items.want then excluded.first_due_at
                                     else sync_items.first_due_at end,
                 next_at = excluded.next_at, changed_at = excluded.changed_at
             where excluded.want = 'present' or excluded.want <> sync_items.want"
        )
    };
}

async fn settle(
    unit: &mut Unit,
    text: &'static str,
    site: SiteId,
    whom: uuid::Uuid,
    cause: Cause,
) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(text).bind(site).bind(whom).bind(cause.reason.as_str()).bind(cause.txn).bind(now).run().await?;
    Ok(())
}

/// Settles one person.
pub(in crate::sync::ledger) async fn one(
    unit: &mut Unit,
    site: SiteId,
    account: AccountId,
    cause: Cause,
) -> Result<(), Fault> {
    settle(unit, settle!("a.id = $2"), site, account.uuid(), cause).await
}

/// Settles all who are in an organization, or stand at the site for it.
pub(in crate::sync::ledger) async fn of_organization(
    unit: &mut Unit,
    site: SiteId,
    organization: OrganizationId,
    cause: Cause,
) -> Result<(), Fault> {
    let text = settle!(
        "a.id in (select p.account_id from memberships p where p.organization_id = $2 and p.ended_at is null
                  union select i.resource_id from sync_items i
                  where i.site_id = $1 and i.kind = 'user' and i.organization_id = $2)"
    );
    settle(unit, text, site, organization.uuid(), cause).await
}

/// Settles everybody of whom the site has a copy.
pub(in crate::sync::ledger) async fn all(unit: &mut Unit, site: SiteId, cause: Cause) -> Result<(), Fault> {
    let text = settle!("a.id in (select i.resource_id from sync_items i where i.site_id = $2 and i.kind = 'user')");
    settle(unit, text, site, site.uuid(), cause).await
}
