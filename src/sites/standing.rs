//! How an organization stands to one site, and who may sign in there because of it.

use crate::kernel::{SiteId, Timestamp};

/// What an agency has said of an organization, as a site's tokens tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ApprovalStatus {
    /// Nothing, or no. Which of the two a site does not learn from a token.
    None,
    /// The organization has asked.
    Requested,
    /// All its people, now and later, are welcome.
    Approved,
    /// Not at the moment.
    Suspended,
}

impl ApprovalStatus {
    /// As tokens have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::Suspended => "suspended",
        }
    }
}

/// What an agency has said of an organization, as it stands in the table.
#[derive(Debug, Clone)]
pub struct AgencysWord {
    /// The column `status`.
    pub status: String,
    /// The roles that it gives.
    pub roles: Vec<String>,
    /// When the organization asked.
    pub requested_at: Option<Timestamp>,
    /// When it approved.
    pub approved_at: Option<Timestamp>,
    /// Until when; `None` for no end.
    pub valid_until: Option<Timestamp>,
}

/// How an organization stands to one site: the facts that tokens carry, and those that admit.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The site.
    pub site: SiteId,
    /// What the agency has said.
    pub status: ApprovalStatus,
    /// Whether the agency has blocked the organization, which tokens do not tell.
    pub is_blocked: bool,
    /// The roles that the agency gives.
    pub roles: Vec<String>,
    /// Since when it is approved.
    pub approved_at: Option<Timestamp>,
    /// When the organization asked to be approved, if it waits for that.
    pub requested_at: Option<Timestamp>,
    /// Whether the site admits only people of approved organizations.
    pub require_approval: bool,
    /// Whether the organization has pressed Sync.
    pub is_linked: bool,
    /// Whether this person has signed in there, and has not ended it.
    pub is_visiting: bool,
}

/// Why a person may not sign in at a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The agency has blocked the organization.
    Blocked,
    /// The agency has suspended the organization.
    Suspended,
    /// The agency has to approve the organization first; since when it is asked to.
    NotApproved {
        /// When the organization asked.
        requested_at: Option<Timestamp>,
    },
    /// Nobody comes here without an organization.
    NoOrganization,
    /// The organization leaves it to its administrators to open sites.
    NotLinked,
}

/// What is to be known of whoever wants to sign in.
#[derive(Debug, Clone, Copy)]
pub struct Comer {
    /// Whether they are in an organization.
    pub has_organization: bool,
    /// Whether they may open a site by signing in there: people on their own, administrators, and
    /// members of organizations that allow it.
    pub may_open: bool,
}

impl Standing {
    /// What `word` means at `now`. A denial and an approval that has ended are no approval, and a
    /// site does not learn which of them it was.
    #[must_use]
    pub fn new(site: SiteId, require_approval: bool, word: Option<AgencysWord>, now: Timestamp) -> Self {
        let nothing = Self {
            site,
            status: ApprovalStatus::None,
            is_blocked: false,
            roles: Vec::new(),
            approved_at: None,
            requested_at: None,
            require_approval,
            is_linked: false,
            is_visiting: false,
        };
        let Some(word) = word else { return nothing };
        let is_over = word.valid_until.is_some_and(|until| until <= now);
        match word.status.as_str() {
            "approved" if !is_over => {
                Self { status: ApprovalStatus::Approved, roles: word.roles, approved_at: word.approved_at, ..nothing }
            }
            "requested" => Self { status: ApprovalStatus::Requested, requested_at: word.requested_at, ..nothing },
            "suspended" => Self { status: ApprovalStatus::Suspended, ..nothing },
            "denied" => Self { is_blocked: true, ..nothing },
            _ => nothing,
        }
    }

    /// Why `comer` may not sign in; `None` when they may.
    #[must_use]
    pub const fn refusal(&self, comer: Comer) -> Option<Why> {
        match self.status {
            _ if self.is_blocked => Some(Why::Blocked),
            ApprovalStatus::Suspended => Some(Why::Suspended),
            ApprovalStatus::Approved => None,
            _ if self.require_approval && !comer.has_organization => Some(Why::NoOrganization),
            _ if self.require_approval => Some(Why::NotApproved { requested_at: self.requested_at }),
            _ if self.is_linked || self.is_visiting || comer.may_open => None,
            _ => Some(Why::NotLinked),
        }
    }

    /// Whether the site should hold a copy of the person that counts: the rule of the ledger
    /// (`sync/ledger/store/people.rs`), for one person and one moment.
    #[must_use]
    pub const fn counts(&self) -> bool {
        match self.status {
            _ if self.is_blocked => false,
            ApprovalStatus::Suspended => false,
            ApprovalStatus::Approved => true,
            ApprovalStatus::None | ApprovalStatus::Requested => {
                !self.require_approval && (self.is_linked || self.is_visiting)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Entropy;

    const NOW: Timestamp = Timestamp::from_seconds(100);
    const MEMBER: Comer = Comer { has_organization: true, may_open: true };

    fn standing(status: &str, until: Option<i64>, required: bool) -> Standing {
        let word = AgencysWord {
            status: status.into(),
            roles: vec!["bidder".into()],
            requested_at: Some(NOW),
            approved_at: Some(NOW),
            valid_until: until.map(Timestamp::from_seconds),
        };
        Standing::new(SiteId::new(NOW, &Entropy::seeded(1)), required, Some(word), NOW)
    }

    #[test]
    fn only_a_present_approval_is_one() {
        assert_eq!(standing("approved", None, true).refusal(MEMBER), None);
        assert_eq!(standing("approved", Some(101), true).refusal(MEMBER), None);
        assert!(standing("approved", Some(100), true).refusal(MEMBER).is_some(), "it has ended");
        let asked = Why::NotApproved { requested_at: Some(NOW) };
        assert_eq!(standing("requested", None, true).refusal(MEMBER), Some(asked));
        assert_eq!(standing("revoked", None, true).refusal(MEMBER), Some(Why::NotApproved { requested_at: None }));
        for status in ["requested", "revoked"] {
            assert_eq!(standing(status, None, false).refusal(MEMBER), None, "{status}: nothing is needed here");
        }
    }

    #[test]
    fn whoever_is_suspended_or_blocked_is_out_everywhere() {
        for required in [true, false] {
            let linked = |status| Standing { is_linked: true, is_visiting: true, ..standing(status, None, required) };
            assert_eq!(linked("suspended").refusal(MEMBER), Some(Why::Suspended));
            assert_eq!(linked("denied").refusal(MEMBER), Some(Why::Blocked));
            assert!(!linked("suspended").counts() && !linked("denied").counts());
        }
        let denied = standing("denied", None, true);
        assert!(denied.status == ApprovalStatus::None && denied.roles.is_empty(), "and no token says so");
    }

    #[test]
    fn an_organization_may_leave_it_to_its_administrators_to_open_sites() {
        let member = Comer { has_organization: true, may_open: false };
        let closed = standing("revoked", None, false);
        assert_eq!(closed.refusal(member), Some(Why::NotLinked));
        assert_eq!(Standing { is_linked: true, ..closed.clone() }.refusal(member), None);
        assert_eq!(Standing { is_visiting: true, ..closed }.refusal(member), None);
    }

    #[test]
    fn a_site_that_needs_approval_needs_an_organization() {
        let alone = Comer { has_organization: false, may_open: true };
        assert_eq!(standing("revoked", None, true).refusal(alone), Some(Why::NoOrganization));
        assert_eq!(standing("revoked", None, false).refusal(alone), None);
    }
}
