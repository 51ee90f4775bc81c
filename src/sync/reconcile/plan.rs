//! What a resync of one organization would do at a site.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    compare::differences,
    digest, limits,
    model::{Action, AttributeChange, Change, Expected, Listed, Plan},
    store::{self, OwnedRow},
};
use crate::kernel::{Fault, OrganizationId, SiteId};
use crate::sync::{
    copy::{self, Held, Names},
    delivery::{Contact, Courier, Pace, Trouble, target},
    ledger::{Kind, Want},
};

/// What stands at the site: what it calls it, its digest, and whether it counts.
struct There {
    id: String,
    digest: String,
    is_active: bool,
}

/// Looks at the site and says what would change there. Nothing is changed.
///
/// # Errors
/// The trouble that the site makes, or ours.
pub async fn plan(courier: &Courier, site: SiteId, organization: OrganizationId) -> Result<Plan, Trouble> {
    let db = courier.provider.db();
    let rows = store::of_organization(&mut db.read().await?, site, organization).await?;
    let total = rows.len();
    let mut plan = Plan { confirm_needed: None, changes: Vec::new(), unchanged: 0, last_change_at: None };
    // Of an organization that only asked, the site should hold nothing, and may never have been told anything.
    if rows.is_empty() {
        return Ok(plan);
    }
    let target = target(&mut db.read().await?, site).await?.ok_or_else(|| Fault::new("find a site to compare"))?;
    let pace = Pace::new(target.per_second);
    let mut contact = Contact::new(courier, &target, &pace);
    let names = Names::of(&courier.provider, &mut db.read().await?, site).await?;
    for kind in [Kind::Organization, Kind::User] {
        let mut helds = Vec::new();
        for row in rows.iter().filter(|row| row.kind == kind.as_str()) {
            helds.extend(copy::load_with(&names, &mut db.read().await?, site, kind, row.resource_id).await?);
        }
        let there = look(courier, &mut contact, (site, kind), &helds).await?;
        for held in helds {
            let there = there.get(&held.external_id);
            match change(&mut contact, kind, &held, there).await? {
                Some(change) => plan.changes.push(change),
                None => plan.unchanged += 1,
            }
        }
    }
    plan.last_change_at = rows.iter().map(|row: &OwnedRow| row.changed_at).max();
    let going = plan.changes.iter().filter(|change| matches!(change.action, Action::Deactivate | Action::Remove));
    plan.confirm_needed = limits::lets_too_many_go(going.count(), total);
    Ok(plan)
}

/// What the site holds of these.
async fn look(
    courier: &Courier,
    contact: &mut Contact<'_>,
    (site, kind): (SiteId, Kind),
    helds: &[Held],
) -> Result<BTreeMap<String, There>, Trouble> {
    let mut found = BTreeMap::new();
    if !contact.features().digest {
        for held in helds {
            if let Some(echo) = contact.find(kind, &held.external_id).await? {
                let (digest, is_active) = (copy::digest_of(&echo.canonical()), echo.is_active());
                found.insert(held.external_id.clone(), There { id: echo.id, digest, is_active });
            }
        }
        return Ok(found);
    }
    let expected = store::expected(&mut courier.provider.db().read().await?, site, kind).await?;
    let differing = digest::differing(contact, kind, &expected).await?;
    let as_confirmed =
        |row: &Expected| There { id: String::new(), digest: row.acked_digest.clone(), is_active: row.acked_active };
    for row in expected.iter().filter(|row| !differing.contains_key(&digest::bucket_of(&row.external_id))) {
        found.insert(row.external_id.clone(), as_confirmed(row));
    }
    for Listed { external_id, id, digest, active, .. } in differing.into_values().flatten() {
        found.insert(external_id, There { id, digest, is_active: active });
    }
    Ok(found)
}

async fn change(
    contact: &mut Contact<'_>,
    kind: Kind,
    held: &Held,
    there: Option<&There>,
) -> Result<Option<Change>, Trouble> {
    let mut attributes = Vec::new();
    let action = match (&held.copy, there) {
        (Some(copy), None) if copy.want() == Want::Present => Action::Add,
        (_, None) => return Ok(None),
        (Some(copy), Some(there)) if copy.want() == Want::Present => {
            if there.digest == copy.digest()? {
                return Ok(None);
            }
            attributes = changes(contact, (kind, held), there).await?;
            if there.is_active { Action::Change } else { Action::Reactivate }
        }
        (_, Some(there)) if held.want == Want::Inactive && !there.is_active => return Ok(None),
        (_, Some(_)) if held.want == Want::Inactive => Action::Deactivate,
        (_, Some(_)) => Action::Remove,
    };
    let name = held.copy.as_ref().map_or_else(|| held.external_id.clone(), copy::Copy::name);
    let (id, item) = (held.external_id.clone(), (kind, held.resource));
    Ok(Some(Change { kind: kind.resource_type(), id, name, action, attributes, item }))
}

/// In what a copy differs, attribute by attribute.
async fn changes(
    contact: &mut Contact<'_>,
    (kind, held): (Kind, &Held),
    there: &There,
) -> Result<Vec<AttributeChange>, Trouble> {
    let echo = match there.id.as_str() {
        "" => contact.find(kind, &held.external_id).await?,
        id => contact.fetch(kind, id).await?,
    };
    let (Some(echo), Some(copy)) = (echo, &held.copy) else { return Ok(Vec::new()) };
    let here: Map<String, Value> = serde_json::from_str(&copy.canonical()?).unwrap_or_default();
    let differ = differences(&here, &echo.managed).into_iter();
    Ok(differ.map(|(name, there, here)| AttributeChange { name, there, here }).collect())
}
