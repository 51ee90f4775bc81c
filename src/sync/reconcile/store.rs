//! The ledger as whoever compares sees it, and the table `sync_drifts`.

use uuid::Uuid;

use super::model::{Expected, Finding};
use crate::kernel::{DriftId, Fault, OrganizationId, SiteId, Timestamp, TxnId};
use crate::platform::store::{Sql, Unit};
use crate::sync::ledger::Kind;

/// Everything that a site has confirmed to hold.
pub(super) async fn expected(on: &mut impl Sql, site: SiteId, kind: Kind) -> Result<Vec<Expected>, Fault> {
    on.sql(
        "select resource_id, organization_id, external_id, acked_rev, acked_digest, acked_active,
                case when state = 'ok' then true else false end as is_settled
         from sync_items where site_id = $1 and kind = $2 and acked is not null and external_id is not null",
    )
    .bind(site)
    .bind(kind.as_str())
    .all()
    .await
}

/// What a site was told last of something.
pub(super) async fn acked(
    on: &mut impl Sql,
    site: SiteId,
    kind: Kind,
    resource: Uuid,
) -> Result<Option<String>, Fault> {
    let acked: Option<Option<String>> = on
        .sql("select acked from sync_items where site_id = $1 and kind = $2 and resource_id = $3")
        .bind(site)
        .bind(kind.as_str())
        .bind(resource)
        .scalar()
        .await?;
    Ok(acked.flatten())
}

/// A row of the ledger that has confirmed nothing, by what the site knows it by: its id, and whether
/// nothing is due.
pub(super) async fn by_external_id(
    on: &mut impl Sql,
    site: SiteId,
    kind: Kind,
    external_id: &str,
) -> Result<Option<(Uuid, bool)>, Fault> {
    on.sql(
        "select resource_id, case when state = 'ok' then true else false end from sync_items
         where site_id = $1 and kind = $2 and external_id = $3",
    )
    .bind(site)
    .bind(kind.as_str())
    .bind(external_id.to_owned())
    .maybe()
    .await
}

/// Takes over what stands at a site, for a copy that does not count.
pub(super) async fn accept(
    unit: &mut Unit,
    (site, kind, resource): (SiteId, Kind, Uuid),
    (canonical, digest): (String, String),
) -> Result<(), Fault> {
    unit.sql(
        "update sync_items set acked = $4, acked_digest = $5
         where site_id = $1 and kind = $2 and resource_id = $3 and not acked_active",
    )
    .bind(site)
    .bind(kind.as_str())
    .bind(resource)
    .bind(canonical)
    .bind(digest)
    .run()
    .await?;
    Ok(())
}

/// What becomes of most that is found.
pub(super) const PUT_BACK: &str = "put_back";

/// Notes what stood at a site, and what becomes of it.
pub(super) async fn note_drift(
    unit: &mut Unit,
    site: SiteId,
    finding: &Finding,
    (attribute, there, here): (&str, Option<String>, Option<String>),
    outcome: &'static str,
) -> Result<(), Fault> {
    if outcome == PUT_BACK && no_longer_waits(unit, site, finding, (attribute, there.clone(), here.clone())).await? {
        return Ok(());
    }
    let now = unit.now();
    let id = DriftId::new(now, &unit.entropy());
    unit.sql(
        "insert into sync_drifts (id, site_id, kind, resource_id, organization_id, attribute, there, here, outcome, found_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(id)
    .bind(site)
    .bind(finding.kind.as_str())
    .bind(finding.resource.unwrap_or_default())
    .bind(finding.organization)
    .bind(attribute.to_owned())
    .bind(there)
    .bind(here)
    .bind(outcome)
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// What was found before, and waited for a word, is put back now. Says whether there was such.
async fn no_longer_waits(
    unit: &mut Unit,
    site: SiteId,
    finding: &Finding,
    (attribute, there, here): (&str, Option<String>, Option<String>),
) -> Result<bool, Fault> {
    let rows = unit
        .sql(
            "update sync_drifts set outcome = 'put_back', there = $5, here = $6
             where site_id = $1 and kind = $2 and resource_id = $3 and attribute = $4 and outcome = 'found'",
        )
        .bind(site)
        .bind(finding.kind.as_str())
        .bind(finding.resource.unwrap_or_default())
        .bind(attribute.to_owned())
        .bind(there)
        .bind(here)
        .run()
        .await?;
    Ok(rows > 0)
}

/// Nothing differs any more: whatever waited for a word was put back, if by the site itself.
pub(super) async fn nothing_waits(unit: &mut Unit, site: SiteId) -> Result<(), Fault> {
    unit.sql("update sync_drifts set outcome = 'put_back' where site_id = $1 and outcome = 'found'")
        .bind(site)
        .run()
        .await?;
    Ok(())
}

/// Forgets what was found before `before`.
pub(in crate::sync) async fn forget_drifts(unit: &mut Unit, before: Timestamp) -> Result<u64, Fault> {
    unit.sql("delete from sync_drifts where found_at < $1").bind(before).run().await
}

/// Writes down that a site was compared.
pub(super) async fn compared(
    unit: &mut Unit,
    site: SiteId,
    is_equal: bool,
    compare_at: Timestamp,
) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "update sync_sites set compared_at = $2, proven_at = case when $3 then $2 else proven_at end, compare_at = $4,
                may_exceed = false, paused_at = case when $3 then null else paused_at end,
                paused_why = case when $3 then null else paused_why end
         where site_id = $1",
    )
    .bind(site)
    .bind(now)
    .bind(is_equal)
    .bind(compare_at)
    .run()
    .await?;
    Ok(())
}

/// Has a site compared later.
pub(super) async fn postpone(
    unit: &mut Unit,
    site: SiteId,
    why: Option<&str>,
    compare_at: Timestamp,
) -> Result<(), Fault> {
    unit.sql("update sync_sites set compare_at = $2, last_error = coalesce($3, last_error) where site_id = $1")
        .bind(site)
        .bind(compare_at)
        .bind(why.map(str::to_owned))
        .run()
        .await?;
    Ok(())
}

/// Has people decide whether as much may be put back as was found.
pub(super) async fn pause(unit: &mut Unit, site: SiteId, why: &str) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql("update sync_sites set paused_at = $2, paused_why = $3 where site_id = $1")
        .bind(site)
        .bind(now)
        .bind(why.to_owned())
        .run()
        .await?;
    Ok(())
}

/// People have decided that it may. Says whether that was asked.
pub(super) async fn resume(unit: &mut Unit, site: SiteId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update sync_sites set paused_at = null, paused_why = null, may_exceed = true, compare_at = $2
             where site_id = $1 and paused_at is not null",
        )
        .bind(site)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// A row of the ledger of one organization at a site.
#[derive(sqlx::FromRow)]
pub(super) struct OwnedRow {
    pub(super) kind: String,
    pub(super) resource_id: Uuid,
    pub(super) state: String,
    pub(super) changed_at: Timestamp,
}

/// What a site has or should have of an organization, the organization first.
pub(super) async fn of_organization(
    on: &mut impl Sql,
    site: SiteId,
    organization: OrganizationId,
) -> Result<Vec<OwnedRow>, Fault> {
    on.sql(
        "select kind, resource_id, state, changed_at from sync_items
         where organization_id = $2 and site_id = $1 order by kind, resource_id",
    )
    .bind(site)
    .bind(organization)
    .all()
    .await
}

/// Notes why many things became due at once, and who asked for it.
pub(super) async fn note_txn(
    unit: &mut Unit,
    txn: TxnId,
    (site, organization): (SiteId, OrganizationId),
    asked_by: String,
) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "insert into sync_txns (id, site_id, organization_id, cause, asked_by, began_at)
         values ($1, $2, $3, 'resync', $4, $5)",
    )
    .bind(txn)
    .bind(site)
    .bind(organization)
    .bind(asked_by)
    .bind(now)
    .run()
    .await?;
    Ok(())
}
