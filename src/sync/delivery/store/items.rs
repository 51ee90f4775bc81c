//! The table `sync_items`, as whoever delivers sees it.

use uuid::Uuid;

use crate::kernel::{Fault, OrganizationId, SiteId, Timestamp, TxnId};
use crate::platform::store::{Sql, Unit};
use crate::sync::{
    copy::digest_of,
    delivery::model::{Confirmed, Due, Lease, Progress},
};

#[derive(sqlx::FromRow)]
struct DueRow {
    kind: String,
    resource_id: Uuid,
    organization_id: Option<Uuid>,
    reason: String,
    txn: TxnId,
    attempts: i64,
    first_due_at: Timestamp,
    remote_id: Option<String>,
    remote_etag: Option<String>,
}

impl TryFrom<DueRow> for Due {
    type Error = Fault;
    fn try_from(row: DueRow) -> Result<Self, Fault> {
        Ok(Self {
            kind: row.kind.parse()?,
            resource: row.resource_id,
            organization: row.organization_id,
            reason: row.reason.parse()?,
            txn: row.txn,
            attempts: row.attempts,
            first_due_at: row.first_due_at,
            remote: row.remote_id.map(|id| (id, row.remote_etag)),
        })
    }
}

/// Nobody comes to a site before their organization; who must go waits for nothing.
macro_rules! may_go {
    () => {
        "(i.kind = 'organization' or i.want <> 'present' or i.organization_id is null or (
              select o.acked_rev from sync_items o where o.site_id = i.site_id and o.kind = 'organization'
                     and o.resource_id = i.organization_id) > 0)"
    };
}

pub(super) use may_go;

pub(super) const DUE: &str = concat!(
    "select i.kind, i.resource_id, i.organization_id, i.reason, i.txn, i.attempts, i.first_due_at, i.remote_id,
            i.remote_etag
     from sync_items i
     where i.site_id = $1 and i.state = 'due' and i.next_at <= $2 and ",
    may_go!(),
    " order by i.priority, i.next_at limit $3",
);

/// Up to `most` items that a site is to be told now, the most urgent first: who must go before all
/// others, and nobody before their organization.
pub async fn due(on: &mut impl Sql, site: SiteId, most: i64) -> Result<Vec<Due>, Fault> {
    let now = on.now();
    let rows: Vec<DueRow> = on.sql(DUE).bind(site).bind(now).bind(most).all().await?;
    rows.into_iter().map(Due::try_from).collect()
}

/// Writes down that a site has confirmed a revision, unless the site has been leased to somebody else
/// since, or has confirmed it before. Says whether it was written down.
pub(in crate::sync::delivery) async fn confirm(
    unit: &mut Unit,
    lease: Lease,
    (due, rev, external_id): (&Due, i64, &str),
    said: &Confirmed,
) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update sync_items set
                 state = case when want_rev > $4 then 'due' else 'ok' end,
                 first_due_at = case when want_rev > $4 then changed_at else first_due_at end,
                 acked_rev = $4, acked = $5, acked_digest = $6, acked_active = $7, acked_at = $8, external_id = $9,
                 remote_id = $10, remote_etag = $11, last_status = $12, last_error = $13, attempts = 0
             where site_id = $1 and kind = $2 and resource_id = $3 and acked_rev < $4
                   and exists (select 1 from sync_sites s where s.site_id = $1 and s.lease = $14)",
        )
        .bind(lease.site)
        .bind(due.kind.as_str())
        .bind(due.resource)
        .bind(rev)
        .bind(said.acked.clone())
        .bind(said.acked.as_deref().map(digest_of))
        .bind(said.is_active)
        .bind(now)
        .bind(external_id.to_owned())
        .bind(said.remote_id.clone())
        .bind(said.etag.clone())
        .bind(said.status.map(i64::from))
        .bind(said.note.clone())
        .bind(lease.id)
        .run()
        .await?;
    Ok(rows == 1)
}

/// What is written down about an attempt that came to nothing.
pub(in crate::sync::delivery) struct Failed<'a> {
    pub(in crate::sync::delivery) status: Option<u16>,
    pub(in crate::sync::delivery) why: &'a str,
    /// Whether it counts as one of the item's own attempts; a trouble of the whole site does not.
    pub(in crate::sync::delivery) counts: bool,
    /// Whether people have to look.
    pub(in crate::sync::delivery) needs_people: bool,
    pub(in crate::sync::delivery) next_at: Timestamp,
}

/// Writes down that an attempt came to nothing, unless the site has been leased to somebody else. What
/// has changed since is due all the same.
pub(in crate::sync::delivery) async fn fail(
    unit: &mut Unit,
    lease: Lease,
    (due, rev): (&Due, i64),
    failed: Failed<'_>,
) -> Result<(), Fault> {
    unit.sql(
        "update sync_items set last_status = $5, last_error = $6,
             attempts = case when want_rev > $4 then 0 when $7 then attempts + 1 else attempts end,
             state = case when want_rev = $4 and $8 then 'attention' else state end,
             next_at = case when want_rev > $4 then next_at else $9 end
         where site_id = $1 and kind = $2 and resource_id = $3 and state = 'due'
               and exists (select 1 from sync_sites s where s.site_id = $1 and s.lease = $10)",
    )
    .bind(lease.site)
    .bind(due.kind.as_str())
    .bind(due.resource)
    .bind(rev)
    .bind(failed.status.map(i64::from))
    .bind(failed.why.to_owned())
    .bind(failed.counts)
    .bind(failed.needs_people)
    .bind(failed.next_at)
    .bind(lease.id)
    .run()
    .await?;
    Ok(())
}

/// What failed before is due at once: the site is back.
pub(in crate::sync::delivery) async fn wake(unit: &mut Unit, site: SiteId) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql("update sync_items set next_at = $2 where site_id = $1 and state = 'due' and next_at > $2")
        .bind(site)
        .bind(now)
        .run()
        .await?;
    Ok(())
}

/// Waiting for people is over for what waited: once a day all of it is tried again.
pub(in crate::sync) async fn rearm(unit: &mut Unit, site: SiteId) -> Result<u64, Fault> {
    let now = unit.now();
    unit.sql(
        "update sync_items set state = 'due', attempts = 0, next_at = $2 where site_id = $1 and state = 'attention'",
    )
    .bind(site)
    .bind(now)
    .run()
    .await
}

/// People at a site who are to be told something, and what it was told of them last.
pub(in crate::sync::delivery) async fn waiting_people(
    on: &mut impl Sql,
    site: SiteId,
) -> Result<Vec<(Uuid, String)>, Fault> {
    on.sql(
        "select resource_id, acked from sync_items
         where site_id = $1 and kind = 'user' and state in ('due', 'attention') and acked is not null
         order by resource_id limit 1000",
    )
    .bind(site)
    .all()
    .await
}

/// What is owed to all sites together.
#[derive(sqlx::FromRow)]
pub(in crate::sync::delivery) struct Owed {
    pub(in crate::sync::delivery) due: i64,
    pub(in crate::sync::delivery) attention: i64,
    pub(in crate::sync::delivery) oldest_deactivation: Option<Timestamp>,
}

pub(in crate::sync::delivery) async fn owed(on: &mut impl Sql) -> Result<Owed, Fault> {
    let row = on
        .sql(
            "select (select count(*) from sync_items where state = 'due') as due,
                    (select count(*) from sync_items where state = 'attention') as attention,
                    (select min(first_due_at) from sync_items where state = 'due' and priority = 0) as oldest_deactivation",
        )
        .maybe()
        .await?;
    Ok(row.unwrap_or(Owed { due: 0, attention: 0, oldest_deactivation: None }))
}

pub(in crate::sync::delivery) async fn progress_of_txn(
    on: &mut impl Sql,
    site: SiteId,
    txn: TxnId,
) -> Result<Progress, Fault> {
    let row = on
        .sql(
            "select count(*) as total, coalesce(sum(case when state = 'ok' then 1 else 0 end), 0) as confirmed,
                    coalesce(sum(case when state = 'attention' then 1 else 0 end), 0) as attention
             from sync_items where txn = $2 and site_id = $1",
        )
        .bind(site)
        .bind(txn)
        .maybe()
        .await?;
    Ok(row.unwrap_or_default())
}

pub(in crate::sync::delivery) async fn progress_of_organization(
    on: &mut impl Sql,
    site: SiteId,
    organization: OrganizationId,
) -> Result<Progress, Fault> {
    let row = on
        .sql(
            "select count(*) as total, coalesce(sum(case when state = 'ok' then 1 else 0 end), 0) as confirmed,
                    coalesce(sum(case when state = 'attention' then 1 else 0 end), 0) as attention
             from sync_items where organization_id = $2 and site_id = $1",
        )
        .bind(site)
        .bind(organization)
        .maybe()
        .await?;
    Ok(row.unwrap_or_default())
}
