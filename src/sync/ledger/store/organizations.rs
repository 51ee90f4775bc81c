//! What a site should hold of organizations.
//!
//! Which of them count is said by [`wanted_organizations`]; the rest is as with people.

use crate::kernel::{AccountId, Fault, OrganizationId, SiteId};
use crate::platform::store::{Sql, Unit};
use crate::sync::ledger::{follow::Cause, store::wanted::wanted_organizations};

macro_rules! settle {
    ($which:literal, $when:literal) => {
        concat!(
            "with wanted as (",
            wanted_organizations!($which),
            ")
             insert into sync_items (site_id, kind, resource_id, organization_id, external_id, want, want_rev, seq, state,
                                     reason, txn, priority, attempts, first_due_at, next_at, changed_at)
             select $1, 'organization', x.id, x.id, null, x.want, 1,
                    (select coalesce(max(i.seq), 0) from sync_items i where i.site_id = $1) + row_number() over (order by x.id),
                    'due', $3, $4, case when x.want = 'present' then 1 else 0 end, 0, $5, $5, $5
             from wanted x
             where x.want = 'present' or exists (
                 select 1 from sync_items i where i.site_id = $1 and i.kind = 'organization' and i.resource_id = x.id)
             on conflict (site_id, kind, resource_id) do update set
                 want = excluded.want, want_rev = sync_items.want_rev + 1, seq = excluded.seq, state = 'due',
                 reason = excluded.reason, txn = excluded.txn, priority = excluded.priority, attempts = 0,
                 first_due_at = case when sync_items.state = 'ok' or excluded.want <> sync_items.want then excluded.first_due_at
                                     else sync_items.first_due_at end,
                 next_at = excluded.next_at, changed_at = excluded.changed_at
             where ",
            $when
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

/// Settles one organization: it changed.
pub(in crate::sync::ledger) async fn one(
    unit: &mut Unit,
    site: SiteId,
    organization: OrganizationId,
    cause: Cause,
) -> Result<(), Fault> {
    let text = settle!("o.id = $2", "excluded.want = 'present' or excluded.want <> sync_items.want");
    settle(unit, text, site, organization.uuid(), cause).await
}

/// Settles the organizations of a person, for which they are or were at the site: they are to be
/// there before the person is, and need not be told again.
pub(in crate::sync::ledger) async fn of_person(
    unit: &mut Unit,
    site: SiteId,
    account: AccountId,
    cause: Cause,
) -> Result<(), Fault> {
    let text = settle!(
        "o.id in (select m.organization_id from memberships m where m.account_id = $2 and m.is_active and m.ended_at is null
                  union select i.organization_id from sync_items i
                  where i.site_id = $1 and i.kind = 'user' and i.resource_id = $2)",
        "excluded.want <> sync_items.want"
    );
    settle(unit, text, site, account.uuid(), cause).await
}

/// Settles every organization of which the site has a copy.
pub(in crate::sync::ledger) async fn all(unit: &mut Unit, site: SiteId, cause: Cause) -> Result<(), Fault> {
    let text = settle!(
        "o.id in (select i.resource_id from sync_items i where i.site_id = $2 and i.kind = 'organization')",
        "excluded.want <> sync_items.want"
    );
    settle(unit, text, site, site.uuid(), cause).await
}
