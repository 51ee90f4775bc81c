//! The domain of an address, where it says something about an organization (pure).

use crate::kernel::EmailAddress;

/// Domains where anybody gets an address: two of their people need not be colleagues.
const FREE_MAIL: [&str; 32] = [
    "aol.com",
    "att.net",
    "bellsouth.net",
    "centurylink.net",
    "charter.net",
    "comcast.net",
    "cox.net",
    "earthlink.net",
    "fastmail.com",
    "frontier.com",
    "gmail.com",
    "gmx.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.es",
    "hushmail.com",
    "icloud.com",
    "live.com",
    "mac.com",
    "mail.com",
    "me.com",
    "msn.com",
    "outlook.com",
    "outlook.es",
    "pm.me",
    "proton.me",
    "protonmail.com",
    "sbcglobal.net",
    "tutanota.com",
    "verizon.net",
    "yahoo.com",
    "zoho.com",
];

/// The domain of `address`; `None` where anybody gets an address.
#[must_use]
pub fn domain_of(address: &EmailAddress) -> Option<String> {
    let folded = address.folded();
    let (_, domain) = folded.rsplit_once('@')?;
    (!FREE_MAIL.contains(&domain)).then(|| domain.to_owned())
}

#[cfg(test)]
mod tests {
    use super::domain_of;

    #[test]
    fn free_mail_makes_nobody_a_colleague() {
        let domain = |text: &str| domain_of(&text.parse().unwrap());
        assert_eq!(domain("Dana@NORTHLINE.example").as_deref(), Some("northline.example"));
        assert_eq!(domain("dana@Gmail.com"), None);
    }
}
