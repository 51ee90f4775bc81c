//! What people and the program decide about deliveries.

use crate::audit::Fact;
use crate::kernel::{OrganizationId, SiteId, TxnId};

/// Somebody had something sent to a site again.
pub(super) fn retried(site: SiteId, txn: TxnId) -> Fact {
    Fact::new("sync.retried", &site).with("txn", &txn)
}

/// Somebody had the copies of an organization at a site made right.
pub(super) fn resynced(site: SiteId, organization: OrganizationId, txn: TxnId) -> Fact {
    Fact::new("sync.resynced", &organization).with("site", &site).with("txn", &txn).organization(organization)
}

/// What a site holds differs in more than is put back without asking.
pub(super) fn paused(site: SiteId, why: &str) -> Fact {
    Fact::new("sync.paused", &site).with("why", &why)
}

/// Somebody said that all of it is to be put back.
pub(super) fn resumed(site: SiteId) -> Fact {
    Fact::new("sync.resumed", &site)
}

/// What a site had changed by itself was put back.
pub(super) fn put_back(site: SiteId, count: usize) -> Fact {
    Fact::new("sync.put_back", &site).with("count", &count)
}
