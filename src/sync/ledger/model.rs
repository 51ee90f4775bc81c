//! The words of the ledger.

use crate::kernel::Fault;

/// What a site holds copies of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A person: a SCIM `User`.
    User,
    /// An organization: a SCIM `Group`.
    Organization,
}

impl Kind {
    /// As the table has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Organization => "organization",
        }
    }

    /// The name of its resource type in SCIM (RFC 7643 §6).
    #[must_use]
    pub const fn resource_type(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Organization => "Group",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        match text {
            "user" => Ok(Self::User),
            "organization" => Ok(Self::Organization),
            _ => Err(Fault::new("read what a site holds a copy of")),
        }
    }
}

/// What a site should hold of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// A copy that counts.
    Present,
    /// A copy that does not count: nobody signs in by it.
    Inactive,
    /// No copy: the account is no more.
    Absent,
}

impl Want {
    /// As the table has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Inactive => "inactive",
            Self::Absent => "absent",
        }
    }
}

impl std::str::FromStr for Want {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        match text {
            "present" => Ok(Self::Present),
            "inactive" => Ok(Self::Inactive),
            "absent" => Ok(Self::Absent),
            _ => Err(Fault::new("read what a site should hold")),
        }
    }
}

/// Why something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It changed here.
    Change,
    /// The organization pressed Sync, or the agency spoke.
    Approval,
    /// It was found different at the site.
    Drift,
    /// Somebody asked for it.
    Resync,
    /// The person signs in there at this moment.
    Login,
    /// Somebody pressed Retry.
    Retry,
}

impl Reason {
    /// As the table and the header `Connex-Reason` have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Approval => "approval",
            Self::Drift => "drift",
            Self::Resync => "resync",
            Self::Login => "login",
            Self::Retry => "retry",
        }
    }
}
