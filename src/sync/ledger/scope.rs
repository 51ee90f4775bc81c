//! Whom a fact concerns (pure).

use std::str::FromStr;

use crate::kernel::{AccountId, Doing, Fault, NotAnId, OrganizationId, SiteId};
use crate::platform::jobs::Followed;

/// What has to be settled because of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    /// One person, wherever they stand or should stand.
    Person(AccountId),
    /// What an organization says of itself, wherever it stands.
    Profile(OrganizationId),
    /// An organization and all of its people, wherever they stand.
    Everybody(OrganizationId),
    /// An organization and all of its people at one site.
    EverybodyAt(OrganizationId, SiteId),
    /// One person at one site.
    PersonAt(AccountId, SiteId),
    /// A site that is new.
    NewSite(SiteId),
    /// Everything that a site holds.
    Site(SiteId),
}

/// Whether the ledger follows the facts of this name.
#[must_use]
pub fn follows(name: &str) -> bool {
    concern(name).is_some()
}

/// What kind of scope a fact has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Concern {
    Person,
    Member,
    Founders,
    Profile,
    Everybody,
    Standing,
    Visit,
    NewSite,
    Site,
}

fn concern(name: &str) -> Option<Concern> {
    Some(match name {
        "accounts.renamed"
        | "accounts.email_changed"
        | "accounts.email_change_undone"
        | "accounts.email_verified"
        | "accounts.disabled"
        | "accounts.enabled"
        | "accounts.closed" => Concern::Person,
        "organizations.member_joined"
        | "organizations.role_changed"
        | "organizations.member_disabled"
        | "organizations.member_enabled"
        | "organizations.member_removed" => Concern::Member,
        "organizations.founder_changed" => Concern::Founders,
        "organizations.changed" | "organizations.renamed" => Concern::Profile,
        "organizations.suspended"
        | "organizations.unsuspended"
        | "organizations.deleted"
        | "organizations.restored" => Concern::Everybody,
        "sites.organization_approved"
        | "sites.organization_suspended"
        | "sites.organization_denied"
        | "sites.approval_ended"
        | "sites.linked"
        | "sites.synced"
        | "sites.unlinked"
        | "sites.opened_to" => Concern::Standing,
        "sites.visited" | "sites.visit_ended" => Concern::Visit,
        "sites.registered" => Concern::NewSite,
        "sites.removed" | "sites.admission_changed" => Concern::Site,
        _ => return None,
    })
}

/// What has to be settled because of `fact`.
///
/// # Errors
/// When the fact does not name what its kind must name, which is a defect.
pub(super) fn scopes_of(fact: &Followed) -> Result<Vec<Scope>, Fault> {
    let Some(concern) = concern(fact.name) else { return Ok(Vec::new()) };
    Ok(match concern {
        Concern::Person => vec![Scope::Person(subject(fact)?)],
        Concern::Member => vec![Scope::Person(detail(fact, "account")?)],
        Concern::Founders => vec![Scope::Person(detail(fact, "account")?), Scope::Person(detail(fact, "from")?)],
        Concern::Profile => vec![Scope::Profile(subject(fact)?)],
        Concern::Everybody => vec![Scope::Everybody(subject(fact)?)],
        Concern::Standing => vec![Scope::EverybodyAt(subject(fact)?, detail(fact, "site")?)],
        Concern::Visit => vec![Scope::PersonAt(subject(fact)?, detail(fact, "site")?)],
        Concern::NewSite => vec![Scope::NewSite(subject(fact)?)],
        Concern::Site => vec![Scope::Site(subject(fact)?)],
    })
}

fn subject<T: FromStr<Err = NotAnId>>(fact: &Followed) -> Result<T, Fault> {
    fact.subject.parse().doing("read whom a fact is about")
}

fn detail<T: FromStr<Err = NotAnId>>(fact: &Followed, name: &str) -> Result<T, Fault> {
    let text = fact.detail.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
    text.parse().doing("read the detail of a fact")
}
