//! What happens to sites, and between sites and organizations.

use crate::audit::Fact;
use crate::kernel::{AccountId, OrganizationId, SiteId};

/// A site was registered.
pub(super) fn registered(site: SiteId) -> Fact {
    Fact::new("sites.registered", &site)
}

/// Its name, addresses or rules were changed.
pub(super) fn changed(site: SiteId) -> Fact {
    Fact::new("sites.changed", &site)
}

/// Whether it needs approvals was changed.
pub(super) fn admission_changed(site: SiteId, is_required: bool) -> Fact {
    Fact::new("sites.admission_changed", &site).with("required", &is_required)
}

/// It needs approvals no more, so an organization that had pressed Sync stands there.
pub(super) fn opened_to(site: SiteId, organization: OrganizationId) -> Fact {
    of_organization("sites.opened_to", site, organization)
}

/// A site was removed.
pub(super) fn removed(site: SiteId) -> Fact {
    Fact::new("sites.removed", &site)
}

/// An organization asked an agency to approve it.
pub(super) fn approval_requested(site: SiteId, organization: OrganizationId) -> Fact {
    of_organization("sites.approval_requested", site, organization)
}

/// An agency approved an organization and all its people, now and later.
pub(super) fn organization_approved(site: SiteId, organization: OrganizationId) -> Fact {
    of_organization("sites.organization_approved", site, organization)
}

/// An agency put an organization out until further notice.
pub(super) fn organization_suspended(site: SiteId, organization: OrganizationId) -> Fact {
    of_organization("sites.organization_suspended", site, organization)
}

/// An agency blocked an organization.
pub(super) fn organization_denied(site: SiteId, organization: OrganizationId) -> Fact {
    of_organization("sites.organization_denied", site, organization)
}

/// An agency's approval ended: it was revoked, or its time was over.
pub(super) fn approval_ended(site: SiteId, organization: OrganizationId) -> Fact {
    of_organization("sites.approval_ended", site, organization)
}

/// An organization is linked to a site.
pub(super) fn linked(site: SiteId, organization: OrganizationId) -> Fact {
    of_organization("sites.linked", site, organization)
}

/// An administrator pressed Sync at a site where the organization is already: it is told everything anew.
pub(super) fn synced(site: SiteId, organization: OrganizationId) -> Fact {
    of_organization("sites.synced", site, organization)
}

/// An organization is linked to a site no more.
pub(super) fn unlinked(site: SiteId, organization: OrganizationId) -> Fact {
    of_organization("sites.unlinked", site, organization)
}

/// A person signed in at a site for the first time.
pub(super) fn visited(site: SiteId, account: AccountId) -> Fact {
    of_person("sites.visited", site, account)
}

/// A person is connected with a site no more.
pub(super) fn visit_ended(site: SiteId, account: AccountId) -> Fact {
    of_person("sites.visit_ended", site, account)
}

/// A site disabled its copy of a person.
pub(super) fn person_blocked(site: SiteId, account: AccountId) -> Fact {
    of_person("sites.person_blocked", site, account)
}

/// A site enabled its copy of a person again.
pub(super) fn person_unblocked(site: SiteId, account: AccountId) -> Fact {
    of_person("sites.person_unblocked", site, account)
}

fn of_organization(name: &'static str, site: SiteId, organization: OrganizationId) -> Fact {
    Fact::new(name, &organization).organization(organization).with("site", &site)
}

fn of_person(name: &'static str, site: SiteId, account: AccountId) -> Fact {
    Fact::new(name, &account).person(account).with("site", &site)
}
