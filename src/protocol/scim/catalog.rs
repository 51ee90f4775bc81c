//! The resources that ConneX has, and every attribute that they may have.

use super::attribute::{Attribute, Schema, Type};

/// A kind of resource (RFC 7643 §6).
#[derive(Debug, PartialEq, Eq)]
pub struct ResourceType {
    /// Its name, and its id.
    pub name: &'static str,
    /// Where it is, below the base.
    pub endpoint: &'static str,
    /// What it is.
    pub says: &'static str,
    /// What every resource of the kind has.
    pub core: &'static Schema,
    /// What ConneX adds.
    pub extension: &'static Schema,
}

impl ResourceType {
    /// What every resource has, whatever its kind (RFC 7643 §3.1).
    pub const COMMON: &'static [Attribute] = &[
        Attribute::new("id", Type::String, "What ConneX and the site know it by.").exact().required(),
        Attribute::new("externalId", Type::String, "The same as id: the subject of tokens, or the organization.")
            .exact(),
        Attribute::new("schemas", Type::Reference, "The schemas of the resource.").exact().multi(),
        Attribute::new("meta", Type::Complex, "About the resource.").made_of(&[
            Attribute::new("resourceType", Type::String, "The kind of resource.").exact(),
            Attribute::new("lastModified", Type::DateTime, "When what the site should hold changed last."),
            Attribute::new("location", Type::Reference, "Where it is.").exact(),
            Attribute::new("version", Type::String, "Its revision, as an ETag.").exact(),
        ]),
    ];
}

/// People.
pub static USER: ResourceType =
    ResourceType { name: "User", endpoint: "/Users", says: "A person", core: &CORE_USER, extension: &EXTENSION_USER };

/// Organizations.
pub static GROUP: ResourceType = ResourceType {
    name: "Group",
    endpoint: "/Groups",
    says: "An organization",
    core: &CORE_GROUP,
    extension: &EXTENSION_ORGANIZATION,
};

static CORE_USER: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:core:2.0:User",
    name: "User",
    says: "A person who has to do with the site",
    attributes: &[
        Attribute::new("userName", Type::String, "The user ID, which never changes.").required(),
        Attribute::new("name", Type::Complex, "The name.").made_of(&[
            Attribute::new("givenName", Type::String, "The given name."),
            Attribute::new("familyName", Type::String, "The family name."),
            Attribute::new("formatted", Type::String, "Both."),
        ]),
        Attribute::new("displayName", Type::String, "The name as it is shown."),
        Attribute::new("active", Type::Boolean, "Whether the person may use the site."),
        Attribute::new("emails", Type::Complex, "The proven e-mail address.").multi().made_of(&[
            Attribute::new("value", Type::String, "The address."),
            Attribute::new("type", Type::String, "Always work."),
            Attribute::new("primary", Type::Boolean, "Always true: there is one."),
        ]),
        Attribute::new("phoneNumbers", Type::Complex, "The telephone number, if there is one.").multi().made_of(&[
            Attribute::new("value", Type::String, "The number."),
            Attribute::new("type", Type::String, "Always work."),
        ]),
    ],
};

static EXTENSION_USER: Schema = Schema {
    id: "urn:connex:params:scim:schemas:extension:2.0:User",
    name: "ConneX User",
    says: "How the person belongs to an organization",
    attributes: &[
        Attribute::new("organization", Type::String, "The id of the organization; absent without one.").exact(),
        Attribute::new("role", Type::String, "founder, administrator or member; treat others as member.").exact(),
        Attribute::new("rev", Type::Integer, "The revision: it only grows."),
    ],
};

static CORE_GROUP: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:core:2.0:Group",
    name: "Group",
    says: "An organization that has to do with the site; its people name it, it does not list them",
    attributes: &[Attribute::new("displayName", Type::String, "The name.").required()],
};

static EXTENSION_ORGANIZATION: Schema = Schema {
    id: "urn:connex:params:scim:schemas:extension:2.0:Organization",
    name: "ConneX Organization",
    says: "How the organization stands to the site, and where it is",
    attributes: &[
        Attribute::new("active", Type::Boolean, "Whether its people may use the site."),
        Attribute::new("status", Type::String, "linked, approved, visited, suspended or ended.").exact(),
        Attribute::new("roles", Type::String, "What the agency gives to everybody in it.").exact().multi(),
        Attribute::new("email", Type::String, "Its e-mail address."),
        Attribute::new("phone", Type::String, "Its telephone number."),
        Attribute::new("street", Type::String, "Street and number."),
        Attribute::new("city", Type::String, "The city."),
        Attribute::new("state", Type::String, "The state, two letters."),
        Attribute::new("postalCode", Type::String, "The postal code."),
        Attribute::new("rev", Type::Integer, "The revision: it only grows."),
    ],
};
