//! Visits: one person has signed in at a site, and it keeps a copy of that person and of nobody else.
//!
//! A visit lasts until the person ends it, their organization is put out or leaves, or they are no
//! longer part of the organization for which they came.

pub(super) mod store;

use super::facts;
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, Doing, Fault, OrganizationId, SiteId};
use crate::platform::{
    jobs::{Followed, Following},
    store::Unit,
};

/// A person signs in at a site. Says whether that is new to the site.
///
/// # Errors
/// When the database refuses it.
pub async fn visit(unit: &mut Unit, site: SiteId, account: AccountId) -> Result<bool, Fault> {
    let is_new = store::begin(unit, site, account).await?;
    if is_new {
        audit::record(unit, &Actor::Person(account), facts::visited(site, account)).await?;
    }
    Ok(is_new)
}

/// A person's visit ends. Says whether there was one.
///
/// # Errors
/// When the database refuses it.
pub async fn end(unit: &mut Unit, actor: &Actor, site: SiteId, account: AccountId) -> Result<bool, Fault> {
    let has_ended = store::end(unit, site, account).await?;
    if has_ended {
        audit::record(unit, actor, facts::visit_ended(site, account)).await?;
    }
    Ok(has_ended)
}

/// Whether visits follow the facts of this name.
#[must_use]
pub fn follows(name: &str) -> bool {
    matches!(name, "organizations.member_removed" | "organizations.deleted")
}

/// Ends the visits of whoever is no longer part of the organization for which they came, in the very
/// transaction: what a person was let see for one employer is not kept for the next. The ledger, which
/// follows the same facts, comes after.
pub fn follow(unit: &mut Unit, facts: Vec<Followed>) -> Following<'_> {
    Box::pin(async move {
        for fact in &facts {
            match fact.detail.get("account").and_then(serde_json::Value::as_str) {
                Some(account) => {
                    let account: AccountId = account.parse().doing("read who has left")?;
                    store::end_of_person(unit, account).await?;
                }
                None => {
                    let organization: OrganizationId = fact.subject.parse().doing("read what was deleted")?;
                    store::end_of_people(unit, organization).await?;
                }
            }
        }
        Ok(())
    })
}
