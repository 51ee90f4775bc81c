//! What ConneX says of a person: the standard claims that the site shows, and the members that ConneX adds for the
//! scopes `organization` and `sites`.

use openidconnect::core::CoreGenderClaim;
use openidconnect::{AdditionalClaims, IdTokenClaims, UserInfoClaims};
use serde::{Deserialize, Serialize};

/// The claims of an ID token from ConneX.
pub(crate) type Claims = IdTokenClaims<ConnexClaims, CoreGenderClaim>;
/// The same facts at the userinfo endpoint.
pub(crate) type Info = UserInfoClaims<ConnexClaims, CoreGenderClaim>;

/// What ConneX adds to the standard claims.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct ConnexClaims {
    /// The session at ConneX as this site knows it; a logout token may name it. Other sites see other values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// The organization's id, never reused; key records by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_id: Option<String>,
    /// The organization's name, which may change; for display only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_name: Option<String>,
    /// `founder`, `administrator` or `member`; see [`OrganizationRole::parse`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_role: Option<String>,
    /// The same with what may grow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<Organization>,
    /// The site's own entry; a registration for two sites of one agency gets two.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<SiteFact>,
}

impl AdditionalClaims for ConnexClaims {}

/// The organization for which the person acts in this session.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Organization {
    /// Equal to `org_id`.
    pub id: String,
    /// Equal to `org_name`.
    pub name: String,
    /// Equal to `org_role`.
    pub role: String,
    /// Whether the person founded the organization.
    #[serde(default)]
    pub founder: bool,
    /// Grows with every change; a site whose copy has a smaller one is behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rev: Option<u64>,
}

/// How the person's organization stands with this site.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct SiteFact {
    /// The site's id.
    pub id: String,
    /// `approved`, `requested`, `suspended` or `none`; whatever else comes is to be treated as `none`.
    pub status: String,
    /// What the person may do at this site.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Grows with every change of what the site should hold of this person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rev: Option<u64>,
}

/// A person's role in their organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganizationRole {
    /// Opened the organization, and answers for it.
    Founder,
    /// Manages its people.
    Administrator,
    /// Belongs to it.
    Member,
}

impl OrganizationRole {
    /// Reads `org_role`. An unknown value is the least: a role that is added later gives no rights here by accident.
    pub fn parse(text: &str) -> Self {
        match text {
            "founder" => Self::Founder,
            "administrator" => Self::Administrator,
            _ => Self::Member,
        }
    }

    /// The role as people say it.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Founder => "Founder",
            Self::Administrator => "Administrator",
            Self::Member => "Member",
        }
    }
}

/// What the site shows of a person. Records are keyed by issuer and `sub`, never by any of these.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// The full name.
    pub name: Option<String>,
    /// The address, which may change.
    pub email: Option<String>,
    /// Whether ConneX has seen that the address is the person's own.
    pub email_verified: bool,
    /// The user name at ConneX.
    pub username: Option<String>,
}

impl Person {
    /// Reads a proven ID token.
    pub(crate) fn of_id_token(claims: &Claims) -> Self {
        Self {
            name: claims.name().and_then(|name| name.get(None)).map(|name| name.to_string()),
            email: claims.email().map(|email| email.to_string()),
            email_verified: claims.email_verified().unwrap_or(false),
            username: claims.preferred_username().map(|username| username.to_string()),
        }
    }

    /// Reads an answer of the userinfo endpoint.
    pub(crate) fn of_userinfo(info: &Info) -> Self {
        Self {
            name: info.name().and_then(|name| name.get(None)).map(|name| name.to_string()),
            email: info.email().map(|email| email.to_string()),
            email_verified: info.email_verified().unwrap_or(false),
            username: info.preferred_username().map(|username| username.to_string()),
        }
    }

    /// Whether the ID token left out what the page shows.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.name.is_none() || self.email.is_none()
    }

    /// The best name there is.
    pub fn display_name(&self) -> &str {
        [&self.name, &self.username, &self.email].into_iter().flatten().next().map_or("Unnamed person", String::as_str)
    }
}
