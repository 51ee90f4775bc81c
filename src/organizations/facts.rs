//! What happens to organizations.

use super::Role;
use crate::audit::Fact;
use crate::kernel::{AccountId, OrganizationId};

/// A person founded an organization.
pub(super) fn created(organization: OrganizationId, founder: AccountId) -> Fact {
    Fact::new("organizations.created", &organization).with("founder", &founder)
}

/// A person became part of an organization.
pub(super) fn member_joined(organization: OrganizationId, account: AccountId, role: Role) -> Fact {
    Fact::new("organizations.member_joined", &organization).with("account", &account).with("role", &role.as_str())
}
