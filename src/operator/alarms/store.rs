//! The table `site_alarms`.

use super::Kind;
use crate::kernel::{AlarmId, Fault, Lifetime, SiteId, Timestamp};
use crate::platform::store::{Sql, Unit};

/// An alarm that stands.
#[derive(sqlx::FromRow)]
pub(super) struct StandingRow {
    pub(super) site_id: SiteId,
    pub(super) kind: String,
    pub(super) raised_at: Timestamp,
    pub(super) told_at: Timestamp,
}

/// The alarms that stand.
pub(super) async fn standing(on: &mut impl Sql) -> Result<Vec<StandingRow>, Fault> {
    on.sql("select site_id, kind, raised_at, told_at from site_alarms where ended_at is null").all().await
}

/// Raises an alarm, unless one of its kind stands or ended less than `quiet` ago. Says whether it was raised.
pub(super) async fn raise(unit: &mut Unit, site: SiteId, kind: Kind, quiet: Lifetime) -> Result<bool, Fault> {
    let now = unit.now();
    let id = AlarmId::new(now, &unit.entropy());
    let rows = unit
        .sql(
            "insert into site_alarms (id, site_id, kind, raised_at, told_at)
             select $1, $2, $3, $4, $4 where not exists (
                 select 1 from site_alarms where site_id = $2 and kind = $3 and (ended_at is null or ended_at > $5))
             on conflict do nothing",
        )
        .bind(id)
        .bind(site)
        .bind(kind.as_str())
        .bind(now)
        .bind(now - quiet)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Notes that people are written once more of an alarm that stands. Says whether nobody else does.
pub(super) async fn tell_again(unit: &mut Unit, standing: &StandingRow) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update site_alarms set told_at = $4
             where site_id = $1 and kind = $2 and told_at = $3 and ended_at is null",
        )
        .bind(standing.site_id)
        .bind(standing.kind.clone())
        .bind(standing.told_at)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Ends an alarm that has stood for `settled` at least: another node, whose clock is a little ahead, may have seen what
/// this one will see in a moment.
pub(super) async fn end(unit: &mut Unit, standing: &StandingRow, settled: Lifetime) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "update site_alarms set ended_at = $4
         where site_id = $1 and kind = $2 and raised_at = $3 and raised_at <= $5 and ended_at is null",
    )
    .bind(standing.site_id)
    .bind(standing.kind.clone())
    .bind(standing.raised_at)
    .bind(now)
    .bind(now - settled)
    .run()
    .await?;
    Ok(())
}

/// Forgets alarms that ended before `before`.
pub(super) async fn forget(unit: &mut Unit, before: Timestamp) -> Result<u64, Fault> {
    unit.sql("delete from site_alarms where ended_at <= $1").bind(before).run().await
}
