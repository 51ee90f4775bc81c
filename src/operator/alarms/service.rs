//! Raising alarms and ending them.

use std::collections::BTreeMap;

use super::{
    Kind, letters,
    rules::troubles,
    store::{self, StandingRow},
};
use crate::kernel::{Fault, Lifetime, SiteId, Timestamp};
use crate::operator::role;
use crate::platform::{
    store::{Db, Sql, Unit},
    web::Kit,
};
use crate::sites::details;
use crate::sync::status::{self, SiteHealth};

/// A site that comes and goes is told of once an hour.
const QUIET: Lifetime = Lifetime::hours(1);
/// As long as a trouble lasts, people are written again this often: a second one may hide behind it.
const AGAIN: Lifetime = Lifetime::days(1);
/// How long an alarm stands at least.
const SETTLED: Lifetime = Lifetime::minutes(1);
/// How long an alarm that has ended is kept.
const KEPT_FOR: Lifetime = Lifetime::days(30);

/// Looks at all sites, raises what alarms are due, and ends those whose trouble is over. Returns how many were raised.
///
/// # Errors
/// When the database does not answer.
pub async fn look(db: &Db, kit: &Kit) -> Result<usize, Fault> {
    let mut reader = db.read().await?;
    let (standing, healths) = (store::standing(&mut reader).await?, status::of_sites(&mut reader).await?);
    let now = reader.now();
    drop(reader);
    let mut by_site: BTreeMap<SiteId, Vec<StandingRow>> = BTreeMap::new();
    for row in standing {
        by_site.entry(row.site_id).or_default().push(row);
    }
    let mut raised = 0;
    for health in &healths {
        let standing = by_site.remove(&health.site_id).unwrap_or_default();
        raised += settle(db, kit, health, &standing, now).await?;
    }
    // What is left stands for sites that were removed.
    for row in by_site.into_values().flatten() {
        let mut unit = db.write().await?;
        store::end(&mut unit, &row, SETTLED).await?;
        unit.commit().await?;
    }
    Ok(raised)
}

/// Brings the alarms of one site up to date. Most sites are well, and nothing is written for them.
async fn settle(
    db: &Db,
    kit: &Kit,
    health: &SiteHealth,
    standing: &[StandingRow],
    now: Timestamp,
) -> Result<usize, Fault> {
    let stands = |kind: Kind| standing.iter().find(|row| row.kind == kind.as_str());
    let troubles = troubles(health, stands(Kind::Refused).map(|row| row.raised_at), now);
    let over: Vec<_> = Kind::ALL.into_iter().filter(|kind| !troubles.contains(kind)).filter_map(stands).collect();
    let is_due = |kind: &Kind| stands(*kind).is_none_or(|row| row.told_at + AGAIN <= now);
    let due: Vec<_> = troubles.into_iter().filter(is_due).collect();
    if over.is_empty() && due.is_empty() {
        return Ok(0);
    }
    let mut unit = db.write().await?;
    for row in over {
        store::end(&mut unit, row, SETTLED).await?;
    }
    let mut raised = 0;
    for kind in due {
        let is_ours = match stands(kind) {
            Some(row) => store::tell_again(&mut unit, row).await?,
            None => store::raise(&mut unit, health.site_id, kind, QUIET).await?,
        };
        if is_ours {
            raised += 1;
            tell(&mut unit, kit, kind, health).await?;
        }
    }
    unit.commit().await?;
    Ok(raised)
}

/// Writes to whoever hears of it, in the unit that raises the alarm: no mail without it, and none twice.
async fn tell(unit: &mut Unit, kit: &Kit, kind: Kind, health: &SiteHealth) -> Result<(), Fault> {
    tracing::warn!(site = %health.site_id, kind = kind.as_str(), "a site does not take what it is told");
    if kind.is_for_operators() {
        for operator in role::addresses(unit).await? {
            letters::to_an_operator(unit, kit, (kind, health), operator).await?;
        }
    }
    if kind.is_for_the_contact()
        && let Some(registered) = details::of(unit, health.site_id).await?
        && let Some(contact) = registered.details.contact
    {
        letters::to_the_contact(unit, kit, (kind, health), contact).await?;
    }
    Ok(())
}

/// Forgets alarms that ended long ago. Returns how many rows went.
///
/// # Errors
/// When the database refuses it.
pub async fn sweep(unit: &mut Unit) -> Result<u64, Fault> {
    let before = unit.now() - KEPT_FOR;
    store::forget(unit, before).await
}
