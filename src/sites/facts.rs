//! What happens to sites.

use crate::audit::Fact;
use crate::kernel::{OrganizationId, SiteId};

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
    Fact::new("sites.opened_to", &organization).with("site", &site)
}

/// A site was removed.
pub(super) fn removed(site: SiteId) -> Fact {
    Fact::new("sites.removed", &site)
}

/// An agency approved an organization and all its people, now and later.
pub(super) fn organization_approved(site: SiteId, organization: OrganizationId) -> Fact {
    Fact::new("sites.organization_approved", &organization).with("site", &site)
}

/// An agency's approval ended.
pub(super) fn approval_ended(site: SiteId, organization: OrganizationId) -> Fact {
    Fact::new("sites.approval_ended", &organization).with("site", &site)
}

/// An organization is linked to a site.
pub(super) fn linked(site: SiteId, organization: OrganizationId) -> Fact {
    Fact::new("sites.linked", &organization).with("site", &site)
}
