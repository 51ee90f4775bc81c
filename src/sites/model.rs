//! What a site is, and how an organization stands to it.

use std::{fmt, str::FromStr};

use url::Url;

use crate::kernel::{Fault, SiteId, SiteName, Timestamp};

/// The two families of sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
#[value(rename_all = "lower")]
pub enum Family {
    /// An agency's office: plans, approvals, bids, submittals, pay requests, reports.
    OneOffice,
    /// Online permits.
    OneGov,
}

impl Family {
    /// As columns and the command line have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OneOffice => "oneoffice",
            Self::OneGov => "onegov",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn shown(self) -> &'static str {
        match self {
            Self::OneOffice => "OneOffice",
            Self::OneGov => "OneGov",
        }
    }
}

impl FromStr for Family {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        [Self::OneOffice, Self::OneGov]
            .into_iter()
            .find(|family| family.as_str() == text)
            .ok_or_else(|| Fault::new("read the family of a site"))
    }
}

/// The address of a site: https, or http on a loopback host; without query and fragment, without
/// a slash at the end, so that paths can be joined to it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(transparent)]
#[serde(transparent)]
pub struct SiteUrl(String);

/// Why a text is no address of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a site's address is https://host[:port][/path], or http:// on a loopback host, without user, query or fragment"
)]
pub struct NotASiteUrl;

impl SiteUrl {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address of `path` (which starts with a slash) at the site.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl FromStr for SiteUrl {
    type Err = NotASiteUrl;
    fn from_str(text: &str) -> Result<Self, NotASiteUrl> {
        let url = Url::parse(text).map_err(|_| NotASiteUrl)?;
        let is_loopback = match url.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            None => return Err(NotASiteUrl),
        };
        let scheme_is_good = url.scheme() == "https" || (url.scheme() == "http" && is_loopback);
        let is_plain =
            url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
        if !scheme_is_good || !is_plain || text.contains(['*', '\\']) {
            return Err(NotASiteUrl);
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }
}

impl fmt::Display for SiteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A site.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Site {
    /// Its id.
    pub id: SiteId,
    /// Which family it is of.
    pub kind: Family,
    /// What its people call it.
    pub name: SiteName,
    /// Where it is.
    pub url: SiteUrl,
    /// Where it takes accounts (SCIM 2.0), if it does.
    pub scim_url: Option<String>,
    /// Whether only people of approved organizations may sign in.
    pub require_approval: bool,
}

/// What an agency has said of an organization.
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

/// How an organization stands to one site: the facts that tokens carry.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The site.
    pub site: SiteId,
    /// What the agency has said.
    pub status: ApprovalStatus,
    /// The roles that the agency gives.
    pub roles: Vec<String>,
    /// Since when it is approved.
    pub approved_at: Option<Timestamp>,
    /// Grows with each word of the agency; 0 when there was none.
    pub rev: i64,
    /// Whether the site admits only people of approved organizations.
    pub require_approval: bool,
}

/// What an agency has said of an organization, as it stands in the table.
#[derive(Debug, Clone)]
pub struct AgencysWord {
    /// The column `status`.
    pub status: String,
    /// The roles that it gives.
    pub roles: Vec<String>,
    /// When it approved.
    pub approved_at: Option<Timestamp>,
    /// Until when; `None` for no end.
    pub valid_until: Option<Timestamp>,
    /// Grows with each word.
    pub rev: i64,
}

impl Standing {
    /// What `word` means at `now`. A denial and an approval that has ended are no approval, and a
    /// site does not learn which of them it was.
    #[must_use]
    pub fn new(site: SiteId, require_approval: bool, word: Option<AgencysWord>, now: Timestamp) -> Self {
        let nothing =
            Self { site, status: ApprovalStatus::None, roles: Vec::new(), approved_at: None, rev: 0, require_approval };
        let Some(word) = word else { return nothing };
        let is_over = word.valid_until.is_some_and(|until| until <= now);
        match word.status.as_str() {
            "approved" if !is_over => Self {
                status: ApprovalStatus::Approved,
                roles: word.roles,
                approved_at: word.approved_at,
                rev: word.rev,
                ..nothing
            },
            "requested" => Self { status: ApprovalStatus::Requested, rev: word.rev, ..nothing },
            "suspended" => Self { status: ApprovalStatus::Suspended, rev: word.rev, ..nothing },
            _ => Self { rev: word.rev, ..nothing },
        }
    }

    /// Whether people of the organization may sign in.
    #[must_use]
    pub fn admits(&self) -> bool {
        match self.status {
            ApprovalStatus::Approved => true,
            ApprovalStatus::Suspended => false,
            ApprovalStatus::None | ApprovalStatus::Requested => !self.require_approval,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_present_approval_is_one() {
        let (entropy, now) = (crate::kernel::Entropy::seeded(1), Timestamp::from_seconds(100));
        let standing = |status: &str, until: Option<i64>, required| {
            let valid_until = until.map(Timestamp::from_seconds);
            let word = AgencysWord {
                status: status.into(),
                roles: vec!["bidder".into()],
                approved_at: Some(now),
                valid_until,
                rev: 3,
            };
            Standing::new(SiteId::new(now, &entropy), required, Some(word), now)
        };
        assert!(standing("approved", None, true).admits());
        assert!(standing("approved", Some(101), true).admits());
        assert!(!standing("approved", Some(100), true).admits(), "it has ended");
        assert!(standing("denied", None, true).roles.is_empty());
        for status in ["requested", "denied", "revoked"] {
            assert!(!standing(status, None, true).admits(), "{status}");
            assert!(standing(status, None, false).admits(), "{status}: linked is enough here");
        }
        assert!(!standing("suspended", None, false).admits());
        assert_eq!(standing("denied", None, true).status, ApprovalStatus::None);
    }

    #[test]
    fn a_site_has_a_plain_address() {
        assert_eq!("https://birch.example/".parse::<SiteUrl>().unwrap().join("/x"), "https://birch.example/x");
        assert_eq!("http://127.0.0.1:7101".parse::<SiteUrl>().unwrap().as_str(), "http://127.0.0.1:7101");
        for text in [
            "http://birch.example",
            "https://u:p@x.example",
            "https://x.example/?q",
            "https://*.example",
            "ftp://x.example",
            "x",
        ] {
            assert_eq!(text.parse::<SiteUrl>(), Err(NotASiteUrl), "{text}");
        }
    }
}
