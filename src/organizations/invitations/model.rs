//! An invitation, as those who invite and the one who is invited see it.

use crate::kernel::{EmailAddress, Fault, InvitationId, OrganizationId, OrganizationName, PersonName, Timestamp};
use crate::organizations::{AssignableRole, Refused};

/// The kind of the token in the link of an invitation.
pub struct InvitationLink;

/// Whom an administrator invites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    /// The given name.
    pub given_name: PersonName,
    /// The family name.
    pub family_name: PersonName,
    /// The address to which the link is mailed; whoever joins has proven it.
    pub email: EmailAddress,
    /// What the person will be allowed to do.
    pub role: AssignableRole,
}

/// An invitation with its organization.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Which organization invites.
    pub organization: OrganizationId,
    /// Its name.
    pub organization_name: OrganizationName,
    /// Whose word it is, in full.
    pub inviter_name: String,
    /// The given name, as the inviter wrote it.
    pub given_name: PersonName,
    /// The family name, as the inviter wrote it.
    pub family_name: PersonName,
    /// The address that was invited.
    pub email: EmailAddress,
    pub(super) role: String,
    /// When the newest link was mailed.
    pub sent_at: Timestamp,
    /// When that link ends.
    pub expires_at: Timestamp,
}

impl Invitation {
    /// What the person will be allowed to do.
    #[must_use]
    pub fn role(&self) -> AssignableRole {
        AssignableRole::chosen(Some(&self.role))
    }

    /// Whether the link has ended; the invitation can be sent again.
    #[must_use]
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }
}

/// An invitation that waits for a person who has proven the address.
pub type Waiting = Invitation;

/// What a link leads to.
#[derive(Debug, Clone)]
pub enum ByToken {
    /// An invitation that can be accepted.
    Open(Invitation),
    /// One whose time is over: the organization can send it again.
    Expired(Invitation),
    /// One that was accepted, declined or withdrawn. Nothing about it is said.
    Over,
    /// No invitation, or an older link of one that was sent again.
    Unknown,
}

/// Why somebody was not invited.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// The person is in the organization.
    #[error("this person is in the organization")]
    AlreadyMember,
    /// An invitation to this address is open.
    #[error("this address is invited")]
    AlreadyInvited,
    /// The rights of whoever invites have ended.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why an invitation was not sent again, or not withdrawn.
#[derive(Debug, thiserror::Error)]
pub enum ResendError {
    /// The organization has no such invitation that is open.
    #[error("there is no such invitation")]
    NotFound,
    /// The rights of whoever acts have ended.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why an invitation was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// It was withdrawn, used, or its time is over; or whoever invited may invite no more.
    #[error("the invitation is open no more")]
    NotOpen,
    /// The account has not proven the address that was invited.
    #[error("the invitation is for another address")]
    OtherAddress,
    /// The person is in this organization.
    #[error("this person is in the organization")]
    AlreadyMember,
    /// The person is in another organization, which they would have to leave.
    #[error("this person is in another organization")]
    InAnotherOrganization,
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}
