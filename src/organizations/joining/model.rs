//! A request to join, as the person who asked and those who decide see it.

use crate::kernel::{
    EmailAddress, Fault, JoinRequestId, OrganizationId, OrganizationName, PersonName, Remark, Timestamp,
};
use crate::organizations::{Decided, Named, Refused, rules::REMIND_EVERY};

/// A person's request that waits for a decision.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OpenRequest {
    /// Its id.
    pub id: JoinRequestId,
    /// Which organization was asked.
    pub organization: OrganizationId,
    /// Its name.
    pub name: OrganizationName,
    /// When.
    pub requested_at: Timestamp,
    /// When the administrators were reminded last.
    pub reminded_at: Option<Timestamp>,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

impl OpenRequest {
    /// From when on the administrators can be reminded (again).
    #[must_use]
    pub fn can_remind_from(&self) -> Timestamp {
        self.reminded_at.unwrap_or(self.requested_at) + REMIND_EVERY
    }
}

/// The newest request of a person, however it stands.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LatestRequest {
    /// Its id.
    pub id: JoinRequestId,
    /// Which organization was asked.
    pub organization: OrganizationId,
    /// Its name.
    pub name: OrganizationName,
    /// `open`, `accepted`, `denied`, `cancelled` or `expired`.
    pub status: String,
    /// When.
    pub requested_at: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// Why it was denied, if that was told.
    pub reason: Option<Remark>,
}

/// A request in the list of those who decide.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct WaitingRequest {
    /// Its id.
    pub id: JoinRequestId,
    /// Who asks.
    #[sqlx(flatten)]
    pub person: Named,
    /// At which address.
    pub email: EmailAddress,
    /// When.
    pub requested_at: Timestamp,
}

/// A request on its page, for those who decide.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its id.
    pub id: JoinRequestId,
    /// Who asks.
    pub person: Named,
    /// At which address.
    pub email: EmailAddress,
    /// Whether the person has proven to receive mail there.
    pub email_is_verified: bool,
    /// A few words of the person.
    pub note: Option<Remark>,
    /// When.
    pub requested_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// How it was decided; `None` while it waits.
    pub decided: Option<Decided>,
    /// Why it was denied, if that was told.
    pub reason: Option<Remark>,
}

/// A row of [`Request`].
#[derive(sqlx::FromRow)]
pub(super) struct RequestRow {
    id: JoinRequestId,
    given_name: PersonName,
    family_name: PersonName,
    email: EmailAddress,
    email_verified_at: Option<Timestamp>,
    note: Option<Remark>,
    status: String,
    requested_at: Timestamp,
    expires_at: Timestamp,
    decided_at: Option<Timestamp>,
    decider_given_name: Option<PersonName>,
    decider_family_name: Option<PersonName>,
    reason: Option<Remark>,
}

impl RequestRow {
    /// The request as it stands at `now`: one whose time is over counts as expired, swept or not.
    pub(super) fn at(self, now: Timestamp) -> Request {
        let by = self.decider_given_name.zip(self.decider_family_name);
        let by = by.map(|(given_name, family_name)| Named { given_name, family_name });
        let decided = match self.status.as_str() {
            "open" if self.expires_at > now => None,
            "open" => Some(Decided { status: "expired".to_owned(), by: None, at: self.expires_at }),
            _ => Some(Decided { status: self.status, by, at: self.decided_at.unwrap_or(self.expires_at) }),
        };
        Request {
            id: self.id,
            person: Named { given_name: self.given_name, family_name: self.family_name },
            email: self.email,
            email_is_verified: self.email_verified_at.is_some(),
            note: self.note,
            requested_at: self.requested_at,
            expires_at: self.expires_at,
            decided,
            reason: self.reason,
        }
    }
}

/// Why a person's request was not taken.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// There is no such organization, or it is not active.
    #[error("there is no such organization, or it is not active")]
    NotFound,
    /// The account cannot be used, or its address was not proven.
    #[error("the address of this account is not verified")]
    NotVerified,
    /// The person is in an organization.
    #[error("this person is in an organization")]
    HasPlace,
    /// Another request of the person waits.
    #[error("another request of this person waits")]
    AlreadyAsked,
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why nobody was reminded.
#[derive(Debug, thiserror::Error)]
pub enum RemindError {
    /// The request is not this person's, or waits no more.
    #[error("the request waits no more")]
    NotOpen,
    /// They were asked or reminded within the last 24 hours.
    #[error("they were reminded within the last 24 hours")]
    TooSoon,
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why a request was not decided by this act.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    /// The organization has no such request.
    #[error("there is no such request")]
    NotFound,
    /// It was decided before.
    #[error("the request was decided before")]
    Decided(Box<Decided>),
    /// The person can join no more: the account is closed or disabled, or has a place elsewhere.
    #[error("the person can join no more")]
    PersonGone,
    /// The rights of whoever decides have ended.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}
