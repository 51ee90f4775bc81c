//! What an organization is.

use std::{fmt, str::FromStr};

use crate::kernel::{
    AccountId, AddressLine, EmailAddress, Fault, OrganizationId, OrganizationName, PersonName, Timestamp,
};
use crate::platform::words::Words;

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

    /// What people call it, in each language.
    #[must_use]
    pub fn words(self) -> fn(Words) -> &'static str {
        match self {
            Self::Founder => Words::users_role_founder,
            Self::Administrator => Words::users_role_administrator,
            Self::Member => Words::users_role_member,
        }
    }

    /// Whether it comes with the rights of an administrator.
    #[must_use]
    pub const fn administers(self) -> bool {
        matches!(self, Self::Founder | Self::Administrator)
    }
}

impl FromStr for Role {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        [Self::Founder, Self::Administrator, Self::Member]
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| Fault::new("read a role"))
    }
}

/// A role that somebody can give to somebody: nobody is made a founder by giving a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssignableRole {
    /// Adds and accepts people, changes the organization.
    Administrator,
    /// Belongs to it.
    Member,
}

impl AssignableRole {
    /// As tokens, columns and forms have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        Role::as_str(self.role())
    }

    /// The role.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::Administrator => Role::Administrator,
            Self::Member => Role::Member,
        }
    }

    /// What a form chose; a member, unless it says administrator.
    #[must_use]
    pub fn chosen(text: Option<&str>) -> Self {
        if text == Some("administrator") { Self::Administrator } else { Self::Member }
    }
}

impl From<AssignableRole> for Role {
    fn from(role: AssignableRole) -> Self {
        role.role()
    }
}

impl FromStr for AssignableRole {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        match text.parse()? {
            Role::Administrator => Ok(Self::Administrator),
            Role::Member => Ok(Self::Member),
            Role::Founder => Err(Fault::new("read a role that can be given")),
        }
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
    /// Whether it is active, suspended or deleted.
    pub status: String,
    /// Grows with each change of it or of its people.
    pub rev: i64,
}

/// What an organization says of itself.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Profile {
    /// Its name.
    pub name: OrganizationName,
    /// Where mail reaches it. It may be a person's address too, and other organizations' as well.
    pub email: Option<EmailAddress>,
    /// Street and number.
    pub street: Option<AddressLine>,
    /// Where it is.
    pub city: Option<AddressLine>,
    /// The state.
    pub state: Option<UsState>,
    /// The ZIP code.
    pub postal_code: Option<PostalCode>,
    /// By telephone.
    pub phone: Option<PhoneNumber>,
}

impl Profile {
    /// A profile that says no more than the name.
    #[must_use]
    pub const fn named(name: OrganizationName) -> Self {
        Self { name, email: None, street: None, city: None, state: None, postal_code: None, phone: None }
    }
}

/// A person's place in the organization that is active for them.
#[derive(Debug, Clone)]
pub struct Place {
    /// The person.
    pub account: AccountId,
    /// The organization.
    pub organization: OrganizationId,
    /// Its name.
    pub name: OrganizationName,
    /// What the person may do there.
    pub role: Role,
    /// The organization's revision.
    pub rev: i64,
}

/// A person, as pages name those who acted.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Named {
    /// The given name.
    pub given_name: PersonName,
    /// The family name.
    pub family_name: PersonName,
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.given_name, self.family_name)
    }
}

/// That something was decided before, by whom and when: what the second one is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The outcome, as the column has it.
    pub status: String,
    /// Who decided; `None` when nobody did (it expired), or when the person is gone.
    pub by: Option<Named>,
    /// When.
    pub at: Timestamp,
}

/// Declares a text type that is checked by `$check` and stored as it is shown.
macro_rules! checked_text {
    ($name:ident, $check:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::Type, serde::Serialize)]
        #[sqlx(transparent)]
        #[serde(transparent)]
        pub struct $name(String);

        impl FromStr for $name {
            type Err = NotInForm;
            fn from_str(text: &str) -> Result<Self, NotInForm> {
                $check(text.trim()).map(Self).ok_or(NotInForm)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// The text has not the form that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not in the form that is wanted")]
pub struct NotInForm;

checked_text!(UsState, state, "A state or territory: two letters, upper case.");
checked_text!(PostalCode, zip, "A ZIP code: 56401 or 56401-1234.");
checked_text!(
    PhoneNumber,
    phone,
    "A telephone number as people write it: 7 to 20 digits among `+ ( ) - . x` and spaces."
);

fn state(text: &str) -> Option<String> {
    let is_one = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_one.then(|| text.to_ascii_uppercase())
}

fn zip(text: &str) -> Option<String> {
    let are_digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_one = match text.split_once('-') {
        Some((head, tail)) => are_digits(head, 5) && are_digits(tail, 4),
        None => are_digits(text, 5),
    };
    is_one.then(|| text.to_owned())
}

fn phone(text: &str) -> Option<String> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let fits = text.chars().all(|c| c.is_ascii_digit() || "+()-. x".contains(c));
    (fits && text.len() <= 40 && (7..=20).contains(&digits)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_zip_codes_and_telephone_numbers_have_their_form() {
        assert_eq!("mn".parse::<UsState>().unwrap().to_string(), "MN");
        for text in ["", "Minnesota", "M1", "é"] {
            assert!(text.parse::<UsState>().is_err(), "{text}");
        }
        assert!(["56401", "56401-1234"].iter().all(|text| text.parse::<PostalCode>().is_ok()));
        for text in ["", "5640", "564011", "56401-12", "5640a", "56401-1234-1"] {
            assert!(text.parse::<PostalCode>().is_err(), "{text}");
        }
        assert!(["218-555-0100", "+1 (218) 555-0100 x12"].iter().all(|text| text.parse::<PhoneNumber>().is_ok()));
        for text in ["", "12", "call us", "555-0100\r\nBcc: x", "123456789012345678901"] {
            assert!(text.parse::<PhoneNumber>().is_err(), "{text}");
        }
    }

    #[test]
    fn nobody_is_made_a_founder_by_a_form() {
        assert!("founder".parse::<AssignableRole>().is_err());
        assert_eq!(AssignableRole::chosen(Some("founder")), AssignableRole::Member);
        assert_eq!(AssignableRole::chosen(None), AssignableRole::Member);
        assert_eq!("administrator".parse::<AssignableRole>().unwrap(), AssignableRole::Administrator);
    }
}
