//! The form in which an organization says what it is: when it is founded, and when it is changed.

use std::{fmt::Display, str::FromStr};

use crate::kernel::FieldErrors;
use crate::organizations::Profile;
use crate::platform::words::Words;
use crate::protocol::oauth::Params;

/// The fields as they were typed, for showing them again.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// The name of the organization.
    pub organization: String,
    /// Its address for mail.
    pub email: String,
    /// Street and number.
    pub street: String,
    /// The city.
    pub city: String,
    /// The state.
    pub state: String,
    /// The ZIP code.
    pub postal_code: String,
    /// The telephone number, optional.
    pub phone: String,
}

fn shown(value: Option<&impl Display>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

impl From<&Profile> for Typed {
    fn from(profile: &Profile) -> Self {
        Self {
            organization: profile.name.to_string(),
            email: shown(profile.email.as_ref()),
            street: shown(profile.street.as_ref()),
            city: shown(profile.city.as_ref()),
            state: shown(profile.state.as_ref()),
            postal_code: shown(profile.postal_code.as_ref()),
            phone: shown(profile.phone.as_ref()),
        }
    }
}

impl Typed {
    /// What was posted; other fields are not read.
    #[must_use]
    pub fn of(fields: &Params) -> Self {
        let field = |name| fields.get(name).unwrap_or_default().to_owned();
        Self {
            organization: field("organization"),
            email: field("email"),
            street: field("street"),
            city: field("city"),
            state: field("state"),
            postal_code: field("postal_code"),
            phone: field("phone"),
        }
    }

    /// The profile.
    ///
    /// # Errors
    /// What is wrong, field by field, in the words of the page.
    pub fn check(&self, t: Words) -> Result<Profile, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = read(&mut errors, "organization", &self.organization, t.org_name_wrong());
        let email = read(&mut errors, "email", &self.email, t.org_email_wrong());
        let street = read(&mut errors, "street", &self.street, t.org_street_wrong());
        let city = read(&mut errors, "city", &self.city, t.org_city_wrong());
        let state = read(&mut errors, "state", &self.state, t.org_state_wrong());
        let postal_code = read(&mut errors, "postal_code", &self.postal_code, t.org_postal_code_wrong());
        let phone = match self.phone.trim() {
            "" => None,
            typed => read(&mut errors, "phone", typed, t.org_phone_wrong()),
        };
        match name {
            Some(name) if errors.is_empty() => Ok(Profile { name, email, street, city, state, postal_code, phone }),
            _ => Err(errors),
        }
    }
}

fn read<T: FromStr>(errors: &mut FieldErrors, field: &'static str, typed: &str, wrong: &str) -> Option<T> {
    let read = typed.parse().ok();
    if read.is_none() {
        errors.add(field, wrong);
    }
    read
}
