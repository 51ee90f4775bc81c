//! What happens to organizations and their people.
//!
//! Each stands in the activity of its organization, and of the person whom it concerns. Details hold ids
//! and words of ours only.

use super::{AssignableRole, Role};
use crate::audit::Fact;
use crate::kernel::{AccountId, HandOverId, InvitationId, JoinRequestId, MembershipId, OrganizationId};

/// A person founded an organization.
pub(super) fn created(organization: OrganizationId, founder: AccountId) -> Fact {
    about("organizations.created", organization).with("founder", &founder)
}

/// What the organization says of itself was changed. `what` names the fields.
pub(super) fn changed(organization: OrganizationId, what: &str) -> Fact {
    about("organizations.changed", organization).with("fields", &what)
}

/// An organization got another name.
pub(super) fn renamed(organization: OrganizationId, from: &str, to: &str) -> Fact {
    about("organizations.renamed", organization).with("from", &from).with("to", &to)
}

/// An administrator said whether members may sign in at sites that nobody has linked.
pub(super) fn visiting_set(organization: OrganizationId, is_allowed: bool) -> Fact {
    about("organizations.visiting_set", organization).with("allowed", &is_allowed)
}

/// The operator suspended an organization.
pub(super) fn suspended(organization: OrganizationId) -> Fact {
    about("organizations.suspended", organization)
}

/// The operator let an organization go on.
pub(super) fn unsuspended(organization: OrganizationId) -> Fact {
    about("organizations.unsuspended", organization)
}

/// The founder deleted the organization.
pub(super) fn deleted(organization: OrganizationId) -> Fact {
    about("organizations.deleted", organization)
}

/// The operator restored a deleted organization.
pub(super) fn restored(organization: OrganizationId) -> Fact {
    about("organizations.restored", organization)
}

/// Nothing is left of a deleted organization.
pub(super) fn wiped(organization: OrganizationId) -> Fact {
    about("organizations.wiped", organization)
}

/// A person became part of an organization.
pub(super) fn member_joined(organization: OrganizationId, account: AccountId, role: Role) -> Fact {
    of_person("organizations.member_joined", organization, account).with("role", &role.as_str())
}

/// A person got another role.
pub(super) fn role_changed(organization: OrganizationId, account: AccountId, role: AssignableRole) -> Fact {
    of_person("organizations.role_changed", organization, account).with("role", &role.as_str())
}

/// A person was disabled by their organization.
pub(super) fn member_disabled(organization: OrganizationId, account: AccountId) -> Fact {
    of_person("organizations.member_disabled", organization, account)
}

/// A person was enabled again by their organization.
pub(super) fn member_enabled(organization: OrganizationId, account: AccountId) -> Fact {
    of_person("organizations.member_enabled", organization, account)
}

/// A person is no longer part of an organization.
pub(super) fn member_removed(organization: OrganizationId, account: AccountId, membership: MembershipId) -> Fact {
    of_person("organizations.member_removed", organization, account).with("membership", &membership)
}

/// A person asked to join.
pub(super) fn join_asked(organization: OrganizationId, account: AccountId, request: JoinRequestId) -> Fact {
    of_person("organizations.join_asked", organization, account).with("request", &request)
}

/// A person had the administrators reminded of their request.
pub(super) fn join_reminded(organization: OrganizationId, account: AccountId, request: JoinRequestId) -> Fact {
    of_person("organizations.join_reminded", organization, account).with("request", &request)
}

/// How a join request ended: accepted, denied, cancelled or expired.
pub(super) fn join_decided(
    organization: OrganizationId,
    account: AccountId,
    request: JoinRequestId,
    outcome: &str,
) -> Fact {
    of_person("organizations.join_decided", organization, account).with("request", &request).with("outcome", &outcome)
}

/// An address was invited.
pub(super) fn invited(organization: OrganizationId, invitation: InvitationId, role: AssignableRole) -> Fact {
    about("organizations.invited", organization).with("invitation", &invitation).with("role", &role.as_str())
}

/// An invitation was sent again; its earlier link is dead.
pub(super) fn invitation_resent(organization: OrganizationId, invitation: InvitationId) -> Fact {
    about("organizations.invitation_resent", organization).with("invitation", &invitation)
}

/// How an invitation ended: accepted, declined or withdrawn.
pub(super) fn invitation_settled(organization: OrganizationId, invitation: InvitationId, outcome: &str) -> Fact {
    about("organizations.invitation_settled", organization).with("invitation", &invitation).with("outcome", &outcome)
}

/// The founder offered the founder role to an administrator.
pub(super) fn hand_over_offered(organization: OrganizationId, to: AccountId, id: HandOverId) -> Fact {
    of_person("organizations.hand_over_offered", organization, to).with("hand_over", &id)
}

/// The operator announced another founder.
pub(super) fn replacement_announced(organization: OrganizationId, to: AccountId, id: HandOverId) -> Fact {
    of_person("organizations.replacement_announced", organization, to).with("hand_over", &id)
}

/// An offer or a replacement came to nothing: declined, cancelled or expired.
pub(super) fn hand_over_ended(organization: OrganizationId, id: HandOverId, outcome: &str) -> Fact {
    about("organizations.hand_over_ended", organization).with("hand_over", &id).with("outcome", &outcome)
}

/// An organization has another founder.
pub(super) fn founder_changed(organization: OrganizationId, from: AccountId, to: AccountId) -> Fact {
    of_person("organizations.founder_changed", organization, to).with("from", &from)
}

fn about(name: &'static str, organization: OrganizationId) -> Fact {
    Fact::new(name, &organization).organization(organization)
}

fn of_person(name: &'static str, organization: OrganizationId, account: AccountId) -> Fact {
    about(name, organization).person(account).with("account", &account)
}
