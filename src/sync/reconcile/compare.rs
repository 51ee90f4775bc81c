//! Comparing one site with what it has confirmed.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    conclude, digest,
    model::{Expected, Finding, Found, Listed},
    paging, store,
};
use crate::kernel::{Fault, Lifetime, SiteId, Timestamp};
use crate::platform::store::{Sql, Unit};
use crate::sync::{
    copy::{self, Names},
    delivery::{Contact, Courier, Target, Trouble},
    ledger::{self, Kind, Reason},
};

/// How soon a comparison is tried again that came to nothing.
const TRY_AGAIN: Lifetime = Lifetime::minutes(10);
/// How many rows are read at a time.
const ON_A_PAGE: i64 = 500;

/// Compares the site, which is leased to this node and to which nothing is under way, and puts right
/// what differs.
///
/// # Errors
/// The trouble.
pub(in crate::sync) async fn compare(
    courier: &Courier,
    contact: &mut Contact<'_>,
    target: &Target,
) -> Result<(), Trouble> {
    let db = courier.provider.db();
    let is_first_today = target.compared_at.is_none_or(|at| day(at) != day(db.now()));
    if is_first_today {
        look_at_ourselves(courier, target.site).await?;
    }
    let (mut findings, mut copies) = (Vec::new(), BTreeMap::new());
    for kind in [Kind::Organization, Kind::User] {
        let expected = store::expected(&mut db.read().await?, target.site, kind).await?;
        for row in &expected {
            *copies.entry(row.organization_id).or_default() += 1;
        }
        findings.extend(compare_kind(courier, contact, (target, kind), &expected).await?);
    }
    conclude::conclude(courier, contact, target, (findings, copies)).await
}

/// Writes down that a site could not be compared.
///
/// # Errors
/// When the database refuses it.
pub(in crate::sync) async fn could_not_compare(unit: &mut Unit, site: SiteId, trouble: &Trouble) -> Result<(), Fault> {
    let again = unit.now() + TRY_AGAIN;
    // What broke here says nothing of the site.
    let why = (!matches!(trouble, Trouble::Ours(_))).then(|| trouble.said().1);
    store::postpone(unit, site, why, again).await
}

fn day(at: Timestamp) -> i64 {
    at.seconds().div_euclid(86_400)
}

/// Once a day: whatever the ledger believes to be confirmed is held against the tables themselves, and
/// what waited for people is tried again.
async fn look_at_ourselves(courier: &Courier, site: SiteId) -> Result<(), Fault> {
    let db = courier.provider.db();
    let names = Names::of(&courier.provider, &mut db.read().await?, site).await?;
    let mut stale = Vec::new();
    for kind in [Kind::Organization, Kind::User] {
        let expected = store::expected(&mut db.read().await?, site, kind).await?;
        let confirmed: BTreeMap<Uuid, String> =
            expected.into_iter().filter(|row| row.is_settled).map(|row| (row.resource_id, row.acked_digest)).collect();
        let mut after = Uuid::nil();
        loop {
            let page = copy::page(&names, &mut db.read().await?, (site, kind), after, ON_A_PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.resource;
            for held in &page {
                let digest = held.copy.as_ref().map(copy::Copy::digest).transpose()?;
                if confirmed.get(&held.resource).is_some_and(|acked| Some(acked) != digest.as_ref()) {
                    stale.push((kind, held.resource));
                }
            }
        }
    }
    let mut unit = db.write().await?;
    ledger::hold_feed(&mut unit, site).await?;
    crate::sync::delivery::rearm(&mut unit, site).await?;
    if !stale.is_empty() {
        tracing::warn!(%site, items_count = stale.len(), "the ledger was behind the tables");
        ledger::mark(&mut unit, site, &stale, Reason::Change).await?;
    }
    unit.owe_work();
    unit.commit().await
}

async fn compare_kind(
    courier: &Courier,
    contact: &mut Contact<'_>,
    (target, kind): (&Target, Kind),
    expected: &[Expected],
) -> Result<Vec<Finding>, Trouble> {
    let by_id: BTreeMap<&str, &Expected> = expected.iter().map(|row| (row.external_id.as_str(), row)).collect();
    let (listed, looked_at): (Vec<Listed>, Vec<&Expected>) = if contact.features().digest {
        let differing = digest::differing(contact, kind, expected).await?;
        let looked_at = expected.iter().filter(|row| differing.contains_key(&digest::bucket_of(&row.external_id)));
        let looked_at = looked_at.collect();
        (differing.into_values().flatten().collect(), looked_at)
    } else {
        (paging::all(contact, kind).await?, expected.iter().collect())
    };
    let there: BTreeMap<&str, &Listed> = listed.iter().map(|row| (row.external_id.as_str(), row)).collect();
    let mut findings = Vec::new();
    for row in looked_at.into_iter().filter(|row| row.is_settled) {
        let what = match there.get(row.external_id.as_str()) {
            None => Some(Found::Behind),
            Some(listed) => judge(courier, contact, (target.site, kind), row, listed).await?,
        };
        findings.extend(what.map(|what| finding(kind, row, what)));
    }
    for listed in listed.iter().filter(|listed| !by_id.contains_key(listed.external_id.as_str())) {
        findings.extend(stranger(courier, (target.site, kind), listed).await?);
    }
    Ok(findings)
}

fn finding(kind: Kind, row: &Expected, what: Found) -> Finding {
    Finding {
        kind,
        external_id: row.external_id.clone(),
        resource: Some(row.resource_id),
        organization: row.organization_id,
        what,
    }
}

/// In what a copy differs that both know of.
async fn judge(
    courier: &Courier,
    contact: &mut Contact<'_>,
    (site, kind): (SiteId, Kind),
    row: &Expected,
    listed: &Listed,
) -> Result<Option<Found>, Trouble> {
    match listed.rev {
        Some(rev) if rev > row.acked_rev => return Ok(Some(Found::Ahead(rev))),
        Some(rev) if rev < row.acked_rev => return Ok(Some(Found::Behind)),
        _ if listed.digest == row.acked_digest => return Ok(None),
        _ => {}
    }
    let Some(echo) = contact.fetch(kind, &listed.id).await? else { return Ok(Some(Found::Behind)) };
    let told = store::acked(&mut courier.provider.db().read().await?, site, kind, row.resource_id).await?;
    let told: Map<String, Value> = serde_json::from_str(&told.unwrap_or_default()).unwrap_or_default();
    let mut edits = differences(&told, &echo.managed);
    if listed.rev.is_none() {
        // A plain site does not keep what it has no place for.
        edits.retain(|(name, there, _)| !says_nothing(there) || !ours_alone(kind).contains(&name.as_str()));
    }
    Ok(match edits.is_empty() {
        true => None,
        false if !row.acked_active && !echo.is_active() => Some(Found::EditedInactive(echo.canonical())),
        false => Some(Found::Edited(edits)),
    })
}

/// Attributes for which plain SCIM has no place, or none that a site has to have.
const fn ours_alone(kind: Kind) -> &'static [&'static str] {
    match kind {
        // It knows telephone numbers, but a site need not keep them.
        Kind::User => &["organization", "phone", "role"],
        Kind::Organization => &["active", "city", "email", "phone", "postalCode", "roles", "state", "status", "street"],
    }
}

fn says_nothing(there: &Value) -> bool {
    there.is_null() || there.as_array().is_some_and(Vec::is_empty)
}

/// Name, what stands there, what stands here: of all that differ.
pub(super) fn differences(here: &Map<String, Value>, there: &Map<String, Value>) -> Vec<(String, Value, Value)> {
    here.iter()
        .filter_map(|(name, here)| {
            let there = there.get(name).cloned().unwrap_or(Value::Null);
            (there != *here).then(|| (name.clone(), there, here.clone()))
        })
        .collect()
}

/// Something that the site holds and has not confirmed: the answer was lost, or our database comes
/// from a backup, or it is not ours.
async fn stranger(courier: &Courier, (site, kind): (SiteId, Kind), listed: &Listed) -> Result<Option<Finding>, Fault> {
    let mut reader = courier.provider.db().read().await?;
    let found =
        |resource, what| Finding { kind, external_id: listed.external_id.clone(), resource, organization: None, what };
    Ok(match store::by_external_id(&mut reader, site, kind, &listed.external_id).await? {
        Some((_, false)) => None,
        // It was to be taken away, and the law has the site keep it.
        Some((_, true)) if !listed.active => None,
        Some((resource, true)) => Some(found(Some(resource), Found::Ahead(listed.rev.unwrap_or_default()))),
        None if listed.active && listed.is_ours => {
            Some(found(None, Found::Extra { id: listed.id.clone(), rev: listed.rev }))
        }
        None => None,
    })
}
