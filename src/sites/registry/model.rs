//! What a site is.

use std::{fmt, str::FromStr};

use url::Url;

use crate::kernel::{AddressLine, Fault, SiteId, SiteName};
use crate::organizations::UsState;

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
    /// Where it is, for whoever looks for it in a list.
    pub county: Option<AddressLine>,
    /// The state.
    pub state: Option<UsState>,
    /// Requests a second that it takes at most; 0 for as many as come.
    pub per_second: i64,
    /// Whether it knows people by a subject of its own (OpenID Connect Core §8.1).
    pub pairwise: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

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
