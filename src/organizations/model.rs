//! What an organization is.

use crate::kernel::{Fault, OrganizationId, OrganizationName};

/// What a person may do in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Created it; there is exactly one, who cannot be removed.
    Founder,
    /// Adds and accepts people, changes the organization.
    Administrator,
    /// Belongs to it.
    Member,
}

impl Role {
    /// As tokens and columns have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Founder => "founder",
            Self::Administrator => "administrator",
            Self::Member => "member",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        [Self::Founder, Self::Administrator, Self::Member]
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| Fault::new("read a role"))
    }
}

/// An organization.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct Organization {
    /// Its id, never reused.
    pub id: OrganizationId,
    /// Its name, for display: it may change.
    pub name: OrganizationName,
    /// Where it is.
    pub city: Option<String>,
    /// The state, two letters.
    pub state: Option<String>,
    /// Grows with each change of it or of its people.
    pub rev: i64,
}

/// A person's place in the organization that is active for them.
#[derive(Debug, Clone)]
pub struct Place {
    /// The organization.
    pub organization: OrganizationId,
    /// Its name.
    pub name: OrganizationName,
    /// What the person may do there.
    pub role: Role,
    /// The organization's revision.
    pub rev: i64,
}
