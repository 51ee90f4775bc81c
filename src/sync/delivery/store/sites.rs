//! The table `sync_sites`: how a site is doing, and which node serves it.

use crate::kernel::{Fault, Json, Lifetime, SiteId, Timestamp};
use crate::platform::store::{Sql, Unit};
use crate::sync::delivery::{
    model::{Features, Lease, Target},
    store::items::may_go,
};

/// How long a node may be silent before another one serves the site.
const LEASE: Lifetime = Lifetime::seconds(10);

#[derive(sqlx::FromRow)]
struct TargetRow {
    site_id: SiteId,
    url: String,
    scim_url: Option<String>,
    per_second: i64,
    failures: i64,
    trouble: Option<String>,
    features: Option<Json<Features>>,
    probed_at: Option<Timestamp>,
    compared_at: Option<Timestamp>,
    compare_at: Timestamp,
    paused_at: Option<Timestamp>,
    may_exceed: bool,
}

impl From<TargetRow> for Target {
    fn from(row: TargetRow) -> Self {
        let base = row.scim_url.unwrap_or_else(|| format!("{}/scim/v2", row.url.trim_end_matches('/')));
        Self {
            site: row.site_id,
            base: base.trim_end_matches('/').to_owned(),
            per_second: row.per_second,
            failures: row.failures,
            trouble: row.trouble,
            features: row.features.map(|features| features.0).unwrap_or_default(),
            probed_at: row.probed_at,
            compared_at: row.compared_at,
            compare_at: row.compare_at,
            is_paused: row.paused_at.is_some(),
            may_exceed: row.may_exceed,
        }
    }
}

/// A site as something to deliver to. One that was removed is still told that nobody counts there.
pub(in crate::sync) async fn target(on: &mut impl Sql, site: SiteId) -> Result<Option<Target>, Fault> {
    let row: Option<TargetRow> = on
        .sql(
            "select s.site_id, t.url, t.scim_url, t.per_second, s.failures, s.trouble, s.features, s.probed_at,
                    s.compared_at, s.compare_at, s.paused_at, s.may_exceed
             from sync_sites s join sites t on t.id = s.site_id where s.site_id = $1",
        )
        .bind(site)
        .maybe()
        .await?;
    Ok(row.map(Target::from))
}

/// That every priority is at least 0 leads SQLite to the index of what is due; without it, it reads all
/// copies of each site. That one row is looked for, and not asked whether it exists, keeps PostgreSQL from
/// answering for all sites at once: it would read all that is due anywhere, each time.
pub(super) const TO_BE_SERVED: &str = concat!(
    "select s.site_id from sync_sites s join sites t on t.id = s.site_id
     where s.resume_at <= $1 and s.leased_until <= $1 and s.held_at is null
           and ((t.status = 'active' and s.compare_at <= $1
                 and (s.last_ok_at is not null or (
                     select 1 from sync_items n where n.site_id = s.site_id and n.state = 'attention' limit 1) = 1))
                or (select 1 from sync_items i
                    where i.site_id = s.site_id and i.state = 'due' and i.priority >= 0 and i.next_at <= $1 and ",
    may_go!(),
    " limit 1) = 1)
     order by s.resume_at, s.site_id limit $2",
);

/// Up to `most` sites that somebody has to serve now, who waits longest first: where something may go,
/// and those to be compared. A site that has confirmed nothing is compared once something waits for
/// people there, because the comparison has it tried again.
pub async fn to_be_served(on: &mut impl Sql, most: i64) -> Result<Vec<SiteId>, Fault> {
    let now = on.now();
    let rows: Vec<(SiteId,)> = on.sql(TO_BE_SERVED).bind(now).bind(most).all().await?;
    Ok(rows.into_iter().map(|(site,)| site).collect())
}

/// Takes a site for this node, if no other one has it.
pub(in crate::sync::delivery) async fn take(unit: &mut Unit, site: SiteId) -> Result<Option<Lease>, Fault> {
    let now = unit.now();
    let id = crate::kernel::uuid(now, &unit.entropy());
    let rows = unit
        .sql(
            "update sync_sites set lease = $2, leased_until = $4
             where site_id = $1 and leased_until <= $3 and resume_at <= $3 and held_at is null",
        )
        .bind(site)
        .bind(id)
        .bind(now)
        .bind(now + LEASE)
        .run()
        .await?;
    Ok((rows == 1).then_some(Lease { site, id }))
}

/// Keeps a site for longer. Says whether it is still this node's: a site that an operator holds is
/// nobody's.
pub(in crate::sync::delivery) async fn keep(unit: &mut Unit, lease: Lease) -> Result<bool, Fault> {
    let until = unit.now() + LEASE;
    let rows = unit
        .sql("update sync_sites set leased_until = $3 where site_id = $1 and lease = $2 and held_at is null")
        .bind(lease.site)
        .bind(lease.id)
        .bind(until)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Ends all leases. For a node that is the only one: whoever holds them is dead, or about to stop.
pub(in crate::sync::delivery) async fn end_leases(unit: &mut Unit) -> Result<(), Fault> {
    unit.sql("update sync_sites set lease = null, leased_until = 0 where lease is not null").run().await?;
    Ok(())
}

/// Gives a site back, if it is still this node's.
pub(in crate::sync::delivery) async fn give_back(unit: &mut Unit, lease: Lease) -> Result<(), Fault> {
    unit.sql("update sync_sites set lease = null, leased_until = 0 where site_id = $1 and lease = $2")
        .bind(lease.site)
        .bind(lease.id)
        .run()
        .await?;
    Ok(())
}

/// Writes down what a site says of itself.
pub(in crate::sync::delivery) async fn probed(unit: &mut Unit, lease: Lease, features: Features) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "update sync_sites set features = $3, probed_at = $4, last_tried_at = $4 where site_id = $1 and lease = $2",
    )
    .bind(lease.site)
    .bind(lease.id)
    .bind(Json(features))
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// Writes down that a site failed, and says how often in a row. What fails while the site is left alone
/// was under way before: it is the same failure, and not the next one.
pub(in crate::sync::delivery) async fn failed(unit: &mut Unit, lease: Lease, why: &str) -> Result<i64, Fault> {
    let now = unit.now();
    let failures = unit
        .sql(
            "update sync_sites set failures = failures + case when resume_at > $4 then 0 else 1 end,
                    last_error = $3, last_tried_at = $4
             where site_id = $1 and lease = $2 returning failures",
        )
        .bind(lease.site)
        .bind(lease.id)
        .bind(why.to_owned())
        .bind(now)
        .scalar()
        .await?;
    Ok(failures.unwrap_or_default())
}

/// Leaves a site alone until `resume_at`.
pub(in crate::sync::delivery) async fn rest(
    unit: &mut Unit,
    lease: Lease,
    (trouble, why): (&'static str, &str),
    resume_at: Timestamp,
) -> Result<(), Fault> {
    unit.sql("update sync_sites set trouble = $3, last_error = $4, resume_at = $5 where site_id = $1 and lease = $2")
        .bind(lease.site)
        .bind(lease.id)
        .bind(trouble)
        .bind(why.to_owned())
        .bind(resume_at)
        .run()
        .await?;
    Ok(())
}

/// Ends the time for which a site is left alone: it has just answered, or somebody wants it tried now. What the site
/// itself has asked for holds.
pub(in crate::sync) async fn end_rest(unit: &mut Unit, site: SiteId) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "update sync_sites set resume_at = $2
         where site_id = $1 and resume_at > $2 and coalesce(trouble, '') <> 'asked to wait'",
    )
    .bind(site)
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// How many sites are left alone.
pub(in crate::sync::delivery) async fn in_trouble(on: &mut impl Sql) -> Result<i64, Fault> {
    Ok(on.sql("select count(*) from sync_sites where trouble is not null").scalar().await?.unwrap_or_default())
}
