//! What a person and an organization look like at this site, for clients that ask (RFC 7643 §7). Attributes that this
//! site does not keep are not listed; they are taken and passed over.

use serde_json::{Value, json};

/// The core schema of a person.
pub(super) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// What ConneX adds to a person.
pub(super) const USER_EXTENSION: &str = "urn:connex:params:scim:schemas:extension:2.0:User";
/// The core schema of an organization.
pub(super) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// What ConneX adds to an organization.
pub(super) const GROUP_EXTENSION: &str = "urn:connex:params:scim:schemas:extension:2.0:Organization";
/// Every schema, and whether its attributes stand at the root of a resource.
pub(super) const URNS: [(&str, bool); 4] =
    [(USER, true), (USER_EXTENSION, false), (GROUP, true), (GROUP_EXTENSION, false)];

/// One attribute of a schema, in the words of RFC 7643 §7.
struct Attribute(Value);

impl Attribute {
    fn text(name: &str, description: &str) -> Self {
        Self(json!({
            "name": name, "type": "string", "multiValued": false, "description": description, "required": false,
            "caseExact": false, "mutability": "readWrite", "returned": "default", "uniqueness": "none",
        }))
    }

    fn boolean(name: &str, description: &str) -> Self {
        Self(json!({
            "name": name, "type": "boolean", "multiValued": false, "description": description, "required": true,
            "mutability": "readWrite", "returned": "default",
        }))
    }

    /// The revision belongs to a write and orders it; nobody edits it for itself.
    fn revision() -> Self {
        Self(json!({
            "name": "rev", "type": "integer", "multiValued": false, "required": false, "mutability": "readOnly",
            "returned": "default", "uniqueness": "none",
            "description": "The revision of this state. A write with one that is not greater changes nothing.",
        }))
    }

    fn complex(name: &str, description: &str, is_multi_valued: bool, parts: Vec<Self>) -> Self {
        let parts: Vec<Value> = parts.into_iter().map(|part| part.0).collect();
        Self(json!({
            "name": name, "type": "complex", "multiValued": is_multi_valued, "description": description,
            "required": false, "mutability": "readWrite", "returned": "default", "subAttributes": parts,
        }))
    }

    fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        if let Some(members) = self.0.as_object_mut() {
            members.insert(member.to_owned(), value.into());
        }
        self
    }

    fn one_of(self, values: &[&str]) -> Self {
        self.with("canonicalValues", values)
    }
}

/// Every schema of this site.
pub(super) fn all() -> Vec<Value> {
    vec![
        schema(USER, "User", "A person whom ConneX knows", user()),
        schema(USER_EXTENSION, "ConneX user", "Where the person belongs", user_extension()),
        schema(GROUP, "Group", "An organization whose people come to this site", group()),
        schema(GROUP_EXTENSION, "ConneX organization", "How the organization stands here", group_extension()),
    ]
}

fn schema(id: &str, name: &str, description: &str, attributes: Vec<Attribute>) -> Value {
    let attributes: Vec<Value> = attributes.into_iter().map(|attribute| attribute.0).collect();
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": id, "name": name, "description": description, "attributes": attributes,
        "meta": { "resourceType": "Schema" },
    })
}

fn user() -> Vec<Attribute> {
    vec![
        Attribute::text("userName", "The immutable user ID at ConneX")
            .with("required", true)
            .with("uniqueness", "server"),
        Attribute::complex(
            "name",
            "The name",
            false,
            vec![Attribute::text("givenName", "The first name"), Attribute::text("familyName", "The last name")],
        ),
        Attribute::text("displayName", "The name as people say it, made of its parts").with("mutability", "readOnly"),
        Attribute::boolean("active", "Whether the person may sign in here"),
        Attribute::complex("emails", "The address; one is kept", true, contact("An address")),
        Attribute::complex("phoneNumbers", "The telephone number; one is kept", true, contact("A number")),
    ]
}

fn contact(description: &str) -> Vec<Attribute> {
    vec![Attribute::text("value", description), Attribute::text("type", "What for").one_of(&["work"])]
}

fn user_extension() -> Vec<Attribute> {
    vec![
        Attribute::text("organization", "The id of the organization").with("caseExact", true),
        Attribute::text("role", "The role there").one_of(&["founder", "administrator", "member"]),
        Attribute::revision(),
    ]
}

fn group() -> Vec<Attribute> {
    vec![Attribute::text("displayName", "The organization's name").with("required", true)]
}

fn group_extension() -> Vec<Attribute> {
    vec![
        Attribute::boolean("active", "Whether its people may sign in here").with("required", true),
        Attribute::text("status", "How the organization stands with this site").one_of(&[
            "linked",
            "approved",
            "suspended",
            "ended",
        ]),
        Attribute::text("roles", "What everybody of the organization may do here").with("multiValued", true),
        Attribute::text("email", "The address"),
        Attribute::text("phone", "The telephone number"),
        Attribute::text("street", "Street and number"),
        Attribute::text("city", "The city"),
        Attribute::text("state", "The state"),
        Attribute::text("postalCode", "The postal code"),
        Attribute::revision(),
    ]
}
