//! What a resource says of a person or an organization: read once, here, into types. Attributes that this site does not
//! keep are passed over; managed ones that are missing have no value (RFC 7644 §3.5.1). Pure.

use serde_json::{Map, Value};

use super::error::ScimError;
use super::schemas;
use crate::copy::{Facts, Kind, OrganizationFacts, PersonFacts, Wanted};

/// No value of ours is longer.
const BYTES_MAX: usize = 1024;
/// No organization has more roles at one site.
const ROLES_MAX: usize = 64;

/// Reads a resource with its revision.
pub(crate) fn facts(kind: Kind, resource: &Value) -> Result<Wanted, ScimError> {
    let members = Members::of(resource)?;
    match kind {
        Kind::User => person(&members),
        Kind::Group => organization(&members),
    }
}

fn person(members: &Members<'_>) -> Result<Wanted, ScimError> {
    let name = members.part("name")?;
    let extension = members.part(schemas::USER_EXTENSION)?;
    let facts = PersonFacts {
        external_id: members.text("externalId")?,
        user_name: members.needed("userName")?,
        given_name: name.text("givenName")?,
        family_name: name.text("familyName")?,
        email: members.contact("emails")?,
        phone: members.contact("phoneNumbers")?,
        active: members.boolean("active")?,
        organization: extension.text("organization")?,
        role: extension.text("role")?,
    };
    Ok(Wanted { facts: Facts::Person(facts), rev: extension.revision()? })
}

fn organization(members: &Members<'_>) -> Result<Wanted, ScimError> {
    let extension = members.part(schemas::GROUP_EXTENSION)?;
    let facts = OrganizationFacts {
        external_id: members.text("externalId")?,
        name: members.needed("displayName")?,
        active: extension.boolean("active")?,
        status: extension.text("status")?,
        roles: extension.texts("roles")?,
        email: extension.text("email")?,
        phone: extension.text("phone")?,
        street: extension.text("street")?,
        city: extension.text("city")?,
        state: extension.text("state")?,
        postal_code: extension.text("postalCode")?,
    };
    Ok(Wanted { facts: Facts::Organization(facts), rev: extension.revision()? })
}

/// The members of an object, found in any case (RFC 7643 §2.1).
struct Members<'v>(Option<&'v Map<String, Value>>);

impl<'v> Members<'v> {
    fn of(value: &'v Value) -> Result<Self, ScimError> {
        match value {
            Value::Null => Ok(Self(None)),
            Value::Object(members) => Ok(Self(Some(members))),
            _ => Err(ScimError::bad("invalidSyntax", "An object was expected.")),
        }
    }

    fn get(&self, name: &str) -> Option<&'v Value> {
        let members = self.0?;
        let found = members.get(name);
        let found =
            found.or_else(|| members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value));
        found.filter(|value| !value.is_null())
    }

    fn part(&self, name: &str) -> Result<Self, ScimError> {
        self.get(name).map_or(Ok(Self(None)), Self::of).map_err(|_| unfit(name, "an object"))
    }

    /// A text; an empty one is none.
    fn text(&self, name: &str) -> Result<Option<String>, ScimError> {
        self.get(name).map_or(Ok(None), |value| checked(name, value))
    }

    fn needed(&self, name: &str) -> Result<String, ScimError> {
        self.text(name)?.ok_or_else(|| ScimError::bad("invalidValue", format!("{name} is missing")))
    }

    /// A truth value; also as a word, as one large vendor writes it. Missing, it is true (RFC 7643 §4.1.1).
    fn boolean(&self, name: &str) -> Result<bool, ScimError> {
        match self.get(name) {
            None => Ok(true),
            Some(Value::Bool(value)) => Ok(*value),
            Some(Value::String(word)) if word.eq_ignore_ascii_case("true") => Ok(true),
            Some(Value::String(word)) if word.eq_ignore_ascii_case("false") => Ok(false),
            Some(_) => Err(unfit(name, "true or false")),
        }
    }

    fn revision(&self) -> Result<Option<i64>, ScimError> {
        match self.get("rev") {
            None => Ok(None),
            Some(value) => {
                value.as_i64().filter(|rev| *rev > 0).map(Some).ok_or_else(|| unfit("rev", "a positive whole number"))
            }
        }
    }

    fn texts(&self, name: &str) -> Result<Vec<String>, ScimError> {
        let items = match self.get(name) {
            None => return Ok(Vec::new()),
            Some(Value::Array(items)) if items.len() <= ROLES_MAX => items,
            Some(_) => return Err(unfit(name, "a list of texts")),
        };
        let texts: Result<Vec<_>, _> = items.iter().map(|item| checked(name, item)).collect();
        Ok(texts?.into_iter().flatten().collect())
    }

    /// The one value that this site keeps of several: the primary one, or else the first.
    fn contact(&self, name: &str) -> Result<Option<String>, ScimError> {
        let items = match self.get(name) {
            None => return Ok(None),
            Some(Value::Array(items)) => items.iter().map(Self::of).collect::<Result<Vec<_>, _>>()?,
            Some(_) => return Err(unfit(name, "a list")),
        };
        let primary = items.iter().rfind(|item| item.get("primary") == Some(&Value::Bool(true)));
        primary.or_else(|| items.first()).map_or(Ok(None), |item| item.text("value"))
    }
}

/// A text that the database can hold and compare.
fn checked(name: &str, value: &Value) -> Result<Option<String>, ScimError> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) if text.len() > BYTES_MAX => Err(unfit(name, "a shorter text")),
        Value::String(text) if text.contains('\0') => Err(unfit(name, "a text without NUL")),
        Value::String(text) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        _ => Err(unfit(name, "a text")),
    }
}

fn unfit(name: &str, wanted: &str) -> ScimError {
    ScimError::bad("invalidValue", format!("{name} must be {wanted}"))
}
