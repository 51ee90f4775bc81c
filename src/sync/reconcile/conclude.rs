//! What is done about what was found.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    limits,
    model::{Finding, Found},
    store,
};
use crate::audit::{self, Actor};
use crate::kernel::{Fault, Lifetime, SiteId};
use crate::platform::store::{Sql, Unit};
use crate::sync::{
    copy::{EXTENSION_OF_ORGANIZATIONS, EXTENSION_OF_USERS, digest_of},
    delivery::{Contact, Courier, Target, Trouble},
    facts,
    ledger::{self, Kind, Reason},
};

/// How often a site is compared that takes part in the digest exchange, and one that does not.
const HOURLY: Lifetime = Lifetime::hours(1);
const DAILY: Lifetime = Lifetime::days(1);
/// How soon after something was put right the site is compared again.
const AGAIN: Lifetime = Lifetime::minutes(2);

/// Puts right what differs, unless somebody has to be asked first.
///
/// # Errors
/// The trouble.
pub(super) async fn conclude(
    courier: &Courier,
    contact: &mut Contact<'_>,
    target: &Target,
    (findings, copies): (Vec<Finding>, BTreeMap<Option<Uuid>, usize>),
) -> Result<(), Trouble> {
    let mut edits: BTreeMap<Option<Uuid>, usize> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.what.is_an_edit()) {
        *edits.entry(finding.organization).or_default() += 1;
    }
    let why = limits::too_many(&edits, &copies).filter(|_| !target.may_exceed);
    if why.is_none() {
        for finding in &findings {
            if let Found::Extra { id, rev } = &finding.what {
                let_go(contact, finding.kind, id, *rev).await?;
            }
        }
    }
    let mut unit = courier.provider.db().write().await?;
    let is_equal = findings.is_empty();
    for finding in &findings {
        settle(courier, &mut unit, target, (finding, why.is_some())).await?;
    }
    if is_equal {
        store::nothing_waits(&mut unit, target.site).await?;
    }
    match &why {
        Some(why) if !target.is_paused => {
            store::pause(&mut unit, target.site, why).await?;
            audit::record(&mut unit, &Actor::Program, facts::paused(target.site, why)).await?;
        }
        None if !edits.is_empty() => {
            let count = edits.values().sum();
            audit::record(&mut unit, &Actor::Program, facts::put_back(target.site, count)).await?;
        }
        _ => {}
    }
    let next = match (is_equal || why.is_some(), target.features.digest) {
        (false, _) => AGAIN,
        (true, true) => HOURLY,
        (true, false) => DAILY,
    };
    // All sites of an installation that started together would be compared together.
    let jitter = Lifetime::millis(next.as_millis() / 1000 * i64::from(unit.entropy().below(100)));
    let compare_at = unit.now() + next + jitter;
    store::compared(&mut unit, target.site, is_equal, compare_at).await?;
    unit.owe_work();
    Ok(unit.commit().await?)
}

async fn settle(
    courier: &Courier,
    unit: &mut Unit,
    target: &Target,
    (finding, is_paused): (&Finding, bool),
) -> Result<(), Fault> {
    let site = target.site;
    let item = finding.resource.map(|resource| (finding.kind, resource));
    let outcome = if is_paused { "found" } else { store::PUT_BACK };
    let is_news = !(is_paused && target.is_paused);
    match (&finding.what, item) {
        (Found::Behind, Some(item)) => drop(ledger::mark(unit, site, &[item], Reason::Drift).await?),
        (Found::Ahead(rev), Some(item)) => ledger::outrun(unit, site, item, *rev, Reason::Drift).await?,
        (Found::Edited(edits), Some(item)) => {
            for (name, there, here) in edits.iter().filter(|_| is_news) {
                courier.metrics.sync().drifted(name);
                store::note_drift(unit, site, finding, (name, plain(there), plain(here)), outcome).await?;
            }
            if !is_paused {
                ledger::mark(unit, site, &[item], Reason::Drift).await?;
            }
        }
        (Found::EditedInactive(canonical), Some((kind, resource))) => {
            let taken_over = (canonical.clone(), digest_of(canonical));
            store::accept(unit, (site, kind, resource), taken_over).await?;
            store::note_drift(unit, site, finding, ("inactive copy", None, None), "kept").await?;
        }
        (Found::Extra { .. }, _) if is_news => {
            courier.metrics.sync().drifted("copy");
            let there = Some(finding.external_id.clone());
            store::note_drift(unit, site, finding, ("copy", there, None), outcome).await?;
        }
        _ => {}
    }
    Ok(())
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// Makes something count no more that bears an id of ours and that nobody here knows of. The site
/// takes only what is newer than what it holds.
async fn let_go(contact: &mut Contact<'_>, kind: Kind, id: &str, rev: Option<i64>) -> Result<(), Trouble> {
    let (active, extension) = match kind {
        Kind::User => ("active".to_owned(), EXTENSION_OF_USERS),
        Kind::Organization => (format!("{EXTENSION_OF_ORGANIZATIONS}:active"), EXTENSION_OF_ORGANIZATIONS),
    };
    let mut operations = vec![json!({ "op": "replace", "path": active, "value": false })];
    if let Some(rev) = rev {
        let newer = rev.saturating_add(1);
        operations.push(json!({ "op": "replace", "path": format!("{extension}:rev"), "value": newer }));
    }
    let body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations });
    contact.patch(kind, id, body).await?;
    Ok(())
}

/// Somebody has looked at what was found, and says that all of it may be put back. Says whether that
/// was asked.
///
/// # Errors
/// When the database refuses it.
pub async fn resume(unit: &mut Unit, site: SiteId, by: &Actor) -> Result<bool, Fault> {
    let was_asked = store::resume(unit, site).await?;
    if was_asked {
        audit::record(unit, by, facts::resumed(site)).await?;
        unit.owe_work();
    }
    Ok(was_asked)
}
