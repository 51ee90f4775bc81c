//! A member, as those who administer see them.

use crate::kernel::{AccountId, EmailAddress, Fault, MembershipId, PersonName, Timestamp, Username};
use crate::organizations::{Named, Refused, Role, store::people::MemberRow};

/// A person in an organization.
#[derive(Debug, Clone)]
pub struct Member {
    /// The membership.
    pub id: MembershipId,
    /// Whose it is.
    pub account: AccountId,
    /// The user ID.
    pub username: Username,
    /// The name.
    pub name: Named,
    /// The address.
    pub email: EmailAddress,
    /// When the address was proven.
    pub email_verified_at: Option<Timestamp>,
    /// What the person may do.
    pub role: Role,
    /// Since when.
    pub joined_at: Timestamp,
    /// When the person was disabled.
    pub disabled_at: Option<Timestamp>,
    /// When the person signed in last.
    pub last_sign_in_at: Option<Timestamp>,
    /// Whether the account came to be by this organization and is used nowhere else, so that it can be deleted.
    pub is_deletable: bool,
}

impl TryFrom<MemberRow> for Member {
    type Error = Fault;
    fn try_from(row: MemberRow) -> Result<Self, Fault> {
        let role: Role = row.role.parse()?;
        let (given_name, family_name): (PersonName, PersonName) = (row.given_name, row.family_name);
        Ok(Self {
            id: row.id,
            account: row.account,
            username: row.username,
            name: Named { given_name, family_name },
            email: row.email,
            email_verified_at: row.email_verified_at,
            role,
            joined_at: row.joined_at,
            disabled_at: row.disabled_at,
            last_sign_in_at: row.last_sign_in_at,
            is_deletable: row.created_account && row.other_places == 0 && role != Role::Founder,
        })
    }
}

/// Why nothing was done about a member.
#[derive(Debug, thiserror::Error)]
pub enum MemberError {
    /// The organization has no such member.
    #[error("there is no such member")]
    NotFound,
    /// It is the founder, whom nobody removes, disables or gives another role.
    #[error("the founder cannot be removed")]
    Founder,
    /// It is whoever acts: another administrator has to.
    #[error("nobody does this to themselves")]
    Oneself,
    /// The account was not opened by this organization, or is used elsewhere.
    #[error("this account cannot be deleted here")]
    NotDeletable,
    /// The rights of whoever acts have ended.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}
