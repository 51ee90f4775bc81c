//! What people ask of the copies at a site.

use crate::audit::Fact;
use crate::kernel::SiteId;

use super::Item;

/// One copy is to be sent again.
pub(super) fn resent(site: SiteId, item: &Item) -> Fact {
    Fact::new("sync.resent", &site).with("item", item)
}

/// What the site refused is to be sent again.
pub(super) fn resent_all(site: SiteId, count: u64) -> Fact {
    Fact::new("sync.resent_all", &site).with("count", &count)
}

/// Nothing is sent to the site.
pub(super) fn paused(site: SiteId) -> Fact {
    Fact::new("sync.paused", &site)
}

/// The site goes on.
pub(super) fn resumed(site: SiteId) -> Fact {
    Fact::new("sync.resumed", &site)
}

/// The site is to be compared.
pub(super) fn comparison_asked(site: SiteId) -> Fact {
    Fact::new("sync.comparison_asked", &site)
}
