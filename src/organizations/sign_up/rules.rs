//! The order of the steps, and what an answer must be (pure).

use super::model::{Credentials, Draft, NewOrganization};
use crate::kernel::{AddressLine, EmailAddress, FieldErrors, OrganizationName, PersonName, Username, name::NotAName};
use crate::organizations::{PhoneNumber, PostalCode, Profile, UsState};
use crate::platform::words::Words;

/// The steps, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Email,
    Code,
    Organization,
    Credentials,
    Check,
}

impl Step {
    /// Where its page is.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Email => "/signup",
            Self::Code => "/signup/code",
            Self::Organization => "/signup/organization",
            Self::Credentials => "/signup/credentials",
            Self::Check => "/signup/check",
        }
    }

    /// The first step that `draft` lacks: nothing after it can be done.
    pub(super) const fn first_missing(draft: Option<&Draft>) -> Self {
        match draft {
            None => Self::Email,
            Some(draft) if !draft.is_verified => Self::Code,
            Some(Draft { choice: None, .. }) => Self::Organization,
            Some(Draft { credentials: None, .. } | Draft { password_hash: None, .. }) => Self::Credentials,
            Some(_) => Self::Check,
        }
    }
}

/// A user ID, a given and a family name that were checked.
pub(super) type Named = (Username, PersonName, PersonName);

impl NewOrganization {
    /// The profile, or what has to be mended.
    pub(super) fn check(&self, words: Words) -> Result<Profile, FieldErrors> {
        let mut errors = FieldErrors::default();
        let t = words;
        let name = self.name.parse::<OrganizationName>().map_err(|why| {
            errors.add("name", of_name(why, t.sign_up_org_name_missing(), t.sign_up_org_name_long(), t));
        });
        let street = line(&mut errors, "street", &self.street, t.sign_up_street_missing(), t);
        let city = line(&mut errors, "city", &self.city, t.sign_up_city_missing(), t);
        let state = self.state.parse::<UsState>().map_err(|_| errors.add("state", t.sign_up_state_wrong()));
        let postal_code =
            self.postal_code.parse::<PostalCode>().map_err(|_| errors.add("postal_code", t.sign_up_zip_wrong()));
        let email = self.email.parse::<EmailAddress>().map_err(|_| errors.add("email", t.sign_up_email_wrong()));
        let phone = match self.phone.trim() {
            "" => Ok(None),
            phone => phone.parse::<PhoneNumber>().map(Some).map_err(|_| errors.add("phone", t.sign_up_phone_wrong())),
        };
        match (name, street, city, state, postal_code, email, phone) {
            (Ok(name), Ok(street), Ok(city), Ok(state), Ok(postal_code), Ok(email), Ok(phone)) => Ok(Profile {
                name,
                email: Some(email),
                street: Some(street),
                city: Some(city),
                state: Some(state),
                postal_code: Some(postal_code),
                phone,
            }),
            _ => Err(errors),
        }
    }
}

fn line(
    errors: &mut FieldErrors,
    field: &'static str,
    text: &str,
    missing: &'static str,
    t: Words,
) -> Result<AddressLine, ()> {
    text.parse::<AddressLine>().map_err(|why| errors.add(field, of_name(why, missing, t.sign_up_line_long(), t)))
}

/// What is wrong with a name, in words.
fn of_name(why: NotAName, missing: &'static str, long: &'static str, t: Words) -> &'static str {
    match why {
        NotAName::Empty => missing,
        NotAName::TooLong => long,
        NotAName::Character => t.sign_up_characters_wrong(),
    }
}

impl Credentials {
    /// The checked names of a person with `email`, or what has to be mended. A user ID in the form of
    /// an address must be the person's own: otherwise they could keep its owner from signing up.
    pub(super) fn check(&self, email: &EmailAddress, t: Words) -> Result<Named, FieldErrors> {
        let mut errors = FieldErrors::default();
        let username = match self.username.parse::<Username>() {
            Ok(username) if username.as_str().contains('@') && username.folded() != email.folded() => {
                Err(t.sign_up_username_not_own())
            }
            Ok(username) => Ok(username),
            Err(NotAName::Empty) => Err(t.sign_up_username_missing()),
            Err(NotAName::TooLong) => Err(t.sign_up_username_long()),
            Err(NotAName::Character) => Err(t.sign_up_username_characters()),
        };
        let username = username.map_err(|text| errors.add("username", text));
        let mut person = |field, text: &str, missing| {
            text.parse::<PersonName>()
                .map_err(|why| errors.add(field, of_name(why, missing, t.sign_up_person_long(), t)))
        };
        let given = person("given_name", &self.given_name, t.sign_up_given_missing());
        let family = person("family_name", &self.family_name, t.sign_up_family_missing());
        match (username, given, family) {
            (Ok(username), Ok(given), Ok(family)) => Ok((username, given, family)),
            _ => Err(errors),
        }
    }

    /// The same after the address became `email`: a user ID that was the former address becomes this one.
    pub(super) fn for_address(self, email: &EmailAddress) -> Self {
        match self.username.contains('@') {
            true => Self { username: email.to_string(), ..self },
            false => self,
        }
    }
}

/// The domain that was probably meant: "gmial.com" for "gmail.com".
pub(super) fn probably_meant(email: &EmailAddress) -> Option<String> {
    const KNOWN: [&str; 8] =
        ["gmail.com", "yahoo.com", "outlook.com", "hotmail.com", "icloud.com", "comcast.net", "charter.net", "aol.com"];
    let (local, domain) = email.as_str().rsplit_once('@')?;
    let meant = KNOWN.into_iter().find(|known| strsim::damerau_levenshtein(known, domain) == 1)?;
    Some(format!("{local}@{meant}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{DraftId, Entropy, Language, Timestamp};
    use crate::organizations::sign_up::model::Choice;
    use crate::platform::hash::PasswordHash;

    fn draft() -> Draft {
        Draft {
            id: DraftId::new(Timestamp::from_millis(1), &Entropy::seeded(1)),
            email: "dana@northline.example".parse().unwrap(),
            is_verified: false,
            language: Language::English,
            choice: None,
            credentials: None,
            password_hash: None,
            errand: None,
        }
    }

    #[test]
    fn a_draft_is_asked_for_what_it_lacks_first() {
        assert_eq!(Step::first_missing(None), Step::Email);
        let hash = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$DfxNdM/7B1KVWVEQtqZL8Q";
        let (choice, credentials) = (Choice::Found(NewOrganization::default()), Credentials::default());
        let mut draft = Draft {
            choice: Some(choice),
            credentials: Some(credentials),
            password_hash: Some(PasswordHash::parse(hash).unwrap()),
            ..draft()
        };
        assert_eq!(Step::first_missing(Some(&draft)), Step::Code, "answers do not stand for the code");
        draft.is_verified = true;
        assert_eq!(Step::first_missing(Some(&draft)), Step::Check);
        draft.password_hash = None;
        assert_eq!(Step::first_missing(Some(&draft)), Step::Credentials);
        draft.choice = None;
        assert_eq!(Step::first_missing(Some(&draft)), Step::Organization);
    }

    #[test]
    fn a_user_id_in_the_form_of_an_address_is_ones_own() {
        let email: EmailAddress = "dana@northline.example".parse().unwrap();
        let check = |username: &str| {
            let credentials = Credentials {
                username: username.to_owned(),
                given_name: "Dana".to_owned(),
                family_name: "Whitfield".to_owned(),
            };
            credentials.check(&email, Words::default()).map_err(|errors| errors.iter().count())
        };
        assert!(check("Dana@Northline.example").is_ok() && check("dana.w").is_ok());
        assert_eq!(check("luis@northline.example"), Err(1));
        assert_eq!(check("dana whitfield"), Err(1));
    }

    #[test]
    fn a_slip_in_a_known_domain_is_noticed() {
        let meant = |text: &str| probably_meant(&text.parse().unwrap());
        assert_eq!(meant("dana@gmial.com").as_deref(), Some("dana@gmail.com"));
        assert_eq!((meant("dana@gmail.com"), meant("dana@northline.example")), (None, None));
    }
}
