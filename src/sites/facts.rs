//! What happens to sites.

use crate::audit::Fact;
use crate::kernel::{OrganizationId, SiteId};

/// A site was registered.
pub(super) fn registered(site: SiteId) -> Fact {
    Fact::new("sites.registered", &site)
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
