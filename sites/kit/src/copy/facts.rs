//! What ConneX says of a person or an organization: the managed attributes, and the digest by which both sides compare
//! them without sending them. Pure.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The two kinds of copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A person.
    User,
    /// An organization.
    Group,
}

/// The managed attributes of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonFacts {
    /// The `sub` of this site's tokens, by which the person is known.
    pub external_id: Option<String>,
    /// The immutable user ID.
    pub user_name: String,
    /// The first name.
    pub given_name: Option<String>,
    /// The last name.
    pub family_name: Option<String>,
    /// The address, which may change and need not be the only one of its kind here.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// Whether ConneX lets the person in at this site.
    pub active: bool,
    /// The organization's id at ConneX.
    pub organization: Option<String>,
    /// `founder`, `administrator` or `member`.
    pub role: Option<String>,
}

/// The managed attributes of an organization.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrganizationFacts {
    /// The organization's id at ConneX, never reused.
    pub external_id: Option<String>,
    /// The name, which may change.
    pub name: String,
    /// Whether its people may be let in.
    pub active: bool,
    /// `linked`, `approved`, `suspended` or `ended`.
    pub status: Option<String>,
    /// What the agency gives to everybody of the organization.
    pub roles: Vec<String>,
    /// The address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// The street and number.
    pub street: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The state.
    pub state: Option<String>,
    /// The postal code.
    pub postal_code: Option<String>,
}

/// The managed attributes of either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Facts {
    /// A person's.
    Person(PersonFacts),
    /// An organization's.
    Organization(OrganizationFacts),
}

impl Kind {
    /// The SCIM resource type.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }
}

impl PersonFacts {
    /// The name as people say it; the user ID when there is none.
    pub fn display_name(&self) -> String {
        let names: Vec<&str> =
            [&self.given_name, &self.family_name].into_iter().flatten().map(String::as_str).collect();
        if names.is_empty() { self.user_name.clone() } else { names.join(" ") }
    }
}

impl Facts {
    /// Which kind it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Person(_) => Kind::User,
            Self::Organization(_) => Kind::Group,
        }
    }

    /// ConneX's name for the resource.
    pub fn external_id(&self) -> Option<&str> {
        match self {
            Self::Person(person) => person.external_id.as_deref(),
            Self::Organization(organization) => organization.external_id.as_deref(),
        }
    }

    /// The name as people say it.
    pub fn display_name(&self) -> String {
        match self {
            Self::Person(person) => person.display_name(),
            Self::Organization(organization) => organization.name.clone(),
        }
    }

    /// The organization that the resource is, or belongs to.
    pub fn organization(&self) -> Option<&str> {
        match self {
            Self::Person(person) => person.organization.as_deref(),
            Self::Organization(organization) => organization.external_id.as_deref(),
        }
    }

    /// Whether ConneX lets it in.
    pub fn is_active(&self) -> bool {
        match self {
            Self::Person(person) => person.active,
            Self::Organization(organization) => organization.active,
        }
    }

    /// Every managed attribute with its value, sorted by name; `null` where there is none.
    pub fn attributes(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::Person(person) => vec![
                ("active", json!(person.active)),
                ("email", json!(person.email)),
                ("externalId", json!(person.external_id)),
                ("familyName", json!(person.family_name)),
                ("givenName", json!(person.given_name)),
                ("organization", json!(person.organization)),
                ("phone", json!(person.phone)),
                ("role", json!(person.role)),
                ("userName", json!(person.user_name)),
            ],
            Self::Organization(organization) => vec![
                ("active", json!(organization.active)),
                ("city", json!(organization.city)),
                ("email", json!(organization.email)),
                ("externalId", json!(organization.external_id)),
                ("name", json!(organization.name)),
                ("phone", json!(organization.phone)),
                ("postalCode", json!(organization.postal_code)),
                ("roles", json!(sorted(&organization.roles))),
                ("state", json!(organization.state)),
                ("status", json!(organization.status)),
                ("street", json!(organization.street)),
            ],
        }
    }

    /// The digest of the managed attributes: SHA-256 of their canonical JSON (RFC 8785), in lower-case hex.
    pub fn digest(&self) -> String {
        let members: Vec<String> =
            self.attributes().into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        hex(&Sha256::digest(format!("{{{}}}", members.join(","))))
    }
}

/// A managed attribute as people say it.
pub(crate) fn attribute_in_words(attribute: &str) -> &str {
    match attribute {
        "givenName" => "first name",
        "familyName" => "last name",
        "userName" => "user ID",
        "postalCode" => "postal code",
        "externalId" => "ConneX number",
        other => other,
    }
}

/// Bytes in lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sorted(roles: &[String]) -> Vec<&String> {
    let mut roles: Vec<&String> = roles.iter().collect();
    roles.sort();
    roles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_the_one_of_the_wire_contract() {
        let person = PersonFacts {
            external_id: Some("p1".to_owned()),
            user_name: "dana".to_owned(),
            given_name: Some("Dana \"D\"".to_owned()),
            active: true,
            ..PersonFacts::default()
        };
        let canonical = r#"{"active":true,"email":null,"externalId":"p1","familyName":null,"givenName":"Dana \"D\"","organization":null,"phone":null,"role":null,"userName":"dana"}"#;
        assert_eq!(Facts::Person(person).digest(), hex(&Sha256::digest(canonical)));
    }

    #[test]
    fn the_order_of_roles_does_not_matter() {
        let with = |roles: [&str; 2]| {
            let roles = roles.map(str::to_owned).to_vec();
            Facts::Organization(OrganizationFacts { name: "N".to_owned(), roles, ..OrganizationFacts::default() })
                .digest()
        };
        assert_eq!(with(["bidder", "consultant"]), with(["consultant", "bidder"]));
    }
}
