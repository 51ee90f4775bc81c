//! The issuer: who we are, to the letter.

use std::{fmt, net::IpAddr, str::FromStr};

use url::{Host, Url};

/// The issuer identifier (OIDC Discovery §3), compared by relying parties byte for byte.
///
/// An `https` origin in its one canonical spelling, without a trailing slash; `http` only where
/// the host is this machine. It has no path, although the standard allows one: every path of the
/// server then begins at the root, and a cookie with the `__Host-` prefix covers all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    text: String,
    is_https: bool,
    is_loopback: bool,
}

/// Why a text is no issuer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnIssuer {
    /// It is not an absolute URL.
    #[error("is not an absolute URL")]
    NoUrl,
    /// It begins neither with `https://` nor with `http://`.
    #[error("does not begin with https://")]
    Scheme,
    /// It begins with `http://`, and the host is another machine.
    #[error("is http although its host is not a loopback host")]
    Insecure,
    /// It has a path, a query, a fragment, a user, or a trailing slash; or it is not spelled as
    /// every client would spell it. The canonical spelling is given.
    #[error("is more than an origin, or not in canonical spelling (write {0})")]
    Spelling(String),
}

impl Issuer {
    /// The identifier as it stands in tokens and metadata.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The web origin (RFC 6454) of our pages. It equals the identifier, which has no path.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.text
    }

    /// The host as a `Host` header shows it, with the port unless it is the scheme's own.
    #[must_use]
    pub fn host(&self) -> &str {
        self.text.split_once("://").map_or(self.text.as_str(), |(_, host)| host)
    }

    /// Whether browsers reach us over TLS, so that cookies can be `Secure`.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.is_https
    }

    /// Whether the host is this machine: 127.0.0.0/8, `::1` or `localhost`.
    #[must_use]
    pub const fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    /// The absolute URL of `path`, which begins with a slash.
    #[must_use]
    pub fn path(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }
}

/// Whether only this machine answers under `host`.
fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => IpAddr::V4(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::V6(*address).is_loopback(),
    }
}

impl FromStr for Issuer {
    type Err = NotAnIssuer;
    fn from_str(text: &str) -> Result<Self, NotAnIssuer> {
        let url = Url::parse(text).map_err(|_| NotAnIssuer::NoUrl)?;
        let is_https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(NotAnIssuer::Scheme),
        };
        let is_loopback = is_loopback(&url.host().ok_or(NotAnIssuer::NoUrl)?);
        if !is_https && !is_loopback {
            return Err(NotAnIssuer::Insecure);
        }
        let origin = url.origin().ascii_serialization();
        // A relying party compares strings: a second spelling would be a second issuer.
        if origin != text {
            return Err(NotAnIssuer::Spelling(origin));
        }
        Ok(Self { text: origin, is_https, is_loopback })
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl serde::Serialize for Issuer {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_knows_its_parts() {
        let issuer: Issuer = "https://id.example.org".parse().unwrap();
        assert_eq!((issuer.host(), issuer.is_https(), issuer.is_loopback()), ("id.example.org", true, false));
        assert_eq!(issuer.path("/token"), "https://id.example.org/token");
        for loopback in ["http://127.0.0.1:7100", "http://127.8.9.1", "http://[::1]:80", "http://localhost:7100"] {
            match loopback.parse::<Issuer>() {
                Ok(issuer) => assert!(issuer.is_loopback() && !issuer.is_https(), "{loopback}"),
                Err(error) => assert_eq!(error, NotAnIssuer::Spelling("http://[::1]".into()), "{loopback}"),
            }
        }
        assert_eq!("http://[::1]:7100".parse::<Issuer>().unwrap().host(), "[::1]:7100");
    }

    #[test]
    fn what_is_not_an_origin_to_the_letter_is_refused() {
        let canonical = NotAnIssuer::Spelling("https://id.example.org".into());
        for text in [
            "https://id.example.org/",
            "https://id.example.org/tenant",
            "https://id.example.org?x=1",
            "https://id.example.org#x",
            "https://dana@id.example.org",
            "https://id.example.org:443",
            "https://ID.example.org",
            " https://id.example.org",
            "https:id.example.org",
        ] {
            assert_eq!(text.parse::<Issuer>().unwrap_err(), canonical, "{text}");
        }
        for text in ["http://id.example.org", "http://10.0.0.1", "http://localhost.example.org", "http://localhost."] {
            assert_eq!(text.parse::<Issuer>().unwrap_err(), NotAnIssuer::Insecure, "{text}");
        }
        assert_eq!("ftp://id.example.org".parse::<Issuer>().unwrap_err(), NotAnIssuer::Scheme);
        for text in ["", "id.example.org", "https://", "https://a b"] {
            assert_eq!(text.parse::<Issuer>().unwrap_err(), NotAnIssuer::NoUrl, "{text}");
        }
    }
}
