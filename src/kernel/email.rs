//! E-mail addresses: parsed once, to one canonical form.

use std::{fmt, str::FromStr};

use super::Timestamp;

/// One well-formed address (RFC 5321), at most 254 characters, ASCII, no display name.
///
/// The domain is lower case; the local part is as it was typed. [`folded`](Self::folded) decides
/// equality.
#[derive(Debug, Clone, PartialEq, Eq, Hash, sqlx::Type, serde::Serialize)]
#[sqlx(transparent)]
#[serde(transparent)]
pub struct EmailAddress(String);

/// The text is not one e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("enter an email address in the correct format, like name@example.com")]
pub struct NotAnEmail;

impl EmailAddress {
    /// The address as it is shown and written to.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that is unique among accounts: lower case throughout.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for EmailAddress {
    type Err = NotAnEmail;
    fn from_str(text: &str) -> Result<Self, NotAnEmail> {
        let text = text.trim_matches(' ');
        // Addresses outside ASCII are refused: look-alike letters would make two people one.
        if text.len() > 254
            || !text.is_ascii()
            || text.contains(|c: char| c.is_ascii_control() || "\"<>(),;:\\ ".contains(c))
        {
            return Err(NotAnEmail);
        }
        let options =
            email_address::Options::default().with_required_tld().without_display_text().without_domain_literal();
        email_address::EmailAddress::parse_with_options(text, options).map_err(|_| NotAnEmail)?;
        let (local, domain) = text.rsplit_once('@').ok_or(NotAnEmail)?;
        Ok(Self(format!("{local}@{}", domain.to_lowercase())))
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for EmailAddress {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// An address that its owner has proven to receive mail at.
///
/// Only a row with `verified_at`, or the act of verification, makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedEmail {
    address: EmailAddress,
    verified_at: Timestamp,
}

impl VerifiedEmail {
    /// The proven address, when the row says that it was proven.
    #[must_use]
    pub fn from_row(address: &EmailAddress, verified_at: Option<Timestamp>) -> Option<Self> {
        Some(Self { address: address.clone(), verified_at: verified_at? })
    }

    /// The address.
    #[must_use]
    pub const fn address(&self) -> &EmailAddress {
        &self.address
    }

    /// When it was proven.
    #[must_use]
    pub const fn verified_at(&self) -> Timestamp {
        self.verified_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_canonical_form() {
        let address: EmailAddress = " Dana@Northline.EXAMPLE ".parse().unwrap();
        assert_eq!(address.as_str(), "Dana@northline.example");
        assert_eq!(address.folded(), "dana@northline.example");
    }

    #[test]
    fn what_is_not_one_address_is_refused() {
        let long = format!("{}@x.example", "a".repeat(300));
        for text in [
            "",
            "dana",
            "dana@",
            "@x.example",
            "a@b@c.example",
            "a@x.example\r\nRCPT TO:<eve@x.example>",
            "a@x.example,b@y.example",
            "Dana <dana@x.example>",
            "dana@x.example\0",
            "dаna@x.example",
            "dana@[127.0.0.1]",
            "dana@localhost",
            &long,
        ] {
            assert_eq!(text.parse::<EmailAddress>(), Err(NotAnEmail), "{text:?}");
        }
    }
}
