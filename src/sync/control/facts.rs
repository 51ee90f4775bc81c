//! What people ask of the copies at a site.

use crate::audit::Fact;
use crate::kernel::SiteId;

/// What the site refused is to be sent again.
pub(super) fn resent_all(site: SiteId, count: u64) -> Fact {
    Fact::new("sync.resent_all", &site).with("count", &count)
}

/// Nothing is sent to the site.
pub(super) fn held(site: SiteId) -> Fact {
    Fact::new("sync.held", &site)
}

/// The site goes on.
pub(super) fn let_go(site: SiteId) -> Fact {
    Fact::new("sync.let_go", &site)
}

/// The site is to be compared.
pub(super) fn comparison_asked(site: SiteId) -> Fact {
    Fact::new("sync.comparison_asked", &site)
}
