//! Settling the ledger at the end of a unit.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{
    Reason,
    scope::{Scope, scopes_of},
    store,
};
use crate::kernel::{Fault, SiteId, TxnId};
use crate::platform::{
    jobs::{Followed, Following},
    store::{Sql, Unit},
};

/// Settles what the sites should hold after `facts`.
pub fn follow(unit: &mut Unit, facts: Vec<Followed>) -> Following<'_> {
    Box::pin(settle(unit, facts))
}

async fn settle(unit: &mut Unit, facts: Vec<Followed>) -> Result<(), Fault> {
    let mut scopes = BTreeSet::new();
    for fact in &facts {
        scopes.extend(scopes_of(fact)?);
    }
    open_new_sites(unit, &scopes).await?;
    take_turns(unit, &scopes).await?;
    let cause = Cause {
        reason: match facts.iter().any(|fact| fact.name.starts_with("sites.")) {
            true => Reason::Approval,
            false => Reason::Change,
        },
        txn: TxnId::new(unit.now(), &unit.entropy()),
    };
    for (site, scopes) in by_site(unit, &scopes).await? {
        // Whoever settles something at this site holds its feed until the commit, and all take
        // the sites in the same order.
        store::feeds::hold(unit, site).await?;
        for scope in scopes {
            settle_at(unit, site, scope, cause).await?;
        }
        unit.owe_work();
    }
    Ok(())
}

/// Why rows become due.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cause {
    pub(super) reason: Reason,
    pub(super) txn: TxnId,
}

async fn open_new_sites(unit: &mut Unit, scopes: &BTreeSet<Scope>) -> Result<(), Fault> {
    for scope in scopes {
        if let Scope::NewSite(site) = scope {
            store::feeds::open(unit, *site).await?;
        }
    }
    Ok(())
}

/// Waits for every other unit that settles the same people or organizations, in one order for all.
///
/// A statement after this sees what those units have committed.
async fn take_turns(unit: &mut Unit, scopes: &BTreeSet<Scope>) -> Result<(), Fault> {
    let mut keys: BTreeSet<Uuid> = BTreeSet::new();
    for scope in scopes {
        match *scope {
            Scope::Person(account) | Scope::PersonAt(account, _) => {
                keys.insert(account.uuid());
                keys.extend(store::scope::organizations_of(unit, account).await?);
            }
            Scope::Profile(organization) | Scope::Everybody(organization) | Scope::EverybodyAt(organization, _) => {
                keys.insert(organization.uuid());
            }
            Scope::Site(site) | Scope::NewSite(site) => {
                keys.insert(site.uuid());
            }
        }
    }
    for key in keys {
        store::feeds::take_turn(unit, key).await?;
    }
    Ok(())
}

/// The sites that the scopes reach, each with what is to be settled there.
async fn by_site(unit: &mut Unit, scopes: &BTreeSet<Scope>) -> Result<BTreeMap<SiteId, Vec<Scope>>, Fault> {
    let mut found: BTreeMap<SiteId, Vec<Scope>> = BTreeMap::new();
    for scope in scopes {
        let sites = match *scope {
            Scope::Person(account) => store::scope::sites_of_person(unit, account).await?,
            Scope::Profile(organization) => store::scope::sites_of_profile(unit, organization).await?,
            Scope::Everybody(organization) => store::scope::sites_of_organization(unit, organization).await?,
            Scope::EverybodyAt(_, site) | Scope::PersonAt(_, site) | Scope::Site(site) => vec![site],
            Scope::NewSite(_) => Vec::new(),
        };
        for site in sites {
            found.entry(site).or_default().push(*scope);
        }
    }
    Ok(found)
}

async fn settle_at(unit: &mut Unit, site: SiteId, scope: Scope, cause: Cause) -> Result<(), Fault> {
    match scope {
        Scope::Person(account) | Scope::PersonAt(account, _) => {
            store::organizations::of_person(unit, site, account, cause).await?;
            store::people::one(unit, site, account, cause).await
        }
        Scope::Profile(organization) => store::organizations::one(unit, site, organization, cause).await,
        Scope::Everybody(organization) | Scope::EverybodyAt(organization, _) => {
            store::organizations::one(unit, site, organization, cause).await?;
            store::people::of_organization(unit, site, organization, cause).await
        }
        Scope::Site(_) => {
            store::organizations::all(unit, site, cause).await?;
            store::people::all(unit, site, cause).await
        }
        Scope::NewSite(_) => Ok(()),
    }
}
