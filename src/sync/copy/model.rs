//! The copies and their forms: SCIM for the wire, canonical JSON for the digest (pure).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::kernel::{Doing, Fault};
use crate::sync::ledger::{Kind, Want};

/// The schema of what a `User` says besides RFC 7643 §4.1.
pub const EXTENSION_OF_USERS: &str = "urn:connex:params:scim:schemas:extension:2.0:User";
/// The schema of what a `Group` says besides RFC 7643 §4.2.
pub const EXTENSION_OF_ORGANIZATIONS: &str = "urn:connex:params:scim:schemas:extension:2.0:Organization";

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// What a site's copy of something says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copy {
    /// Of a person.
    User(User),
    /// Of an organization.
    Organization(Organization),
}

/// What a site's copy of a person says. The members stand in the order of the canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Whether it counts.
    pub active: bool,
    /// The address for mail.
    pub email: String,
    /// What the site knows the person by: the `sub` of its tokens.
    pub external_id: String,
    /// The family name.
    pub family_name: String,
    /// The given name.
    pub given_name: String,
    /// The text form of the organization's id; `None` for people without one.
    pub organization: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// The role in the organization.
    pub role: Option<String>,
    /// The user ID, which never changes.
    pub user_name: String,
}

/// What a site's copy of an organization says. The members stand in the order of the canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "an address is an address")]
pub struct Organization {
    /// Whether it counts.
    pub active: bool,
    pub city: Option<String>,
    pub email: Option<String>,
    /// The text form of its id.
    pub external_id: String,
    pub name: String,
    pub phone: Option<String>,
    pub postal_code: Option<String>,
    /// What the agency gives to everybody in it, sorted.
    pub roles: Vec<String>,
    pub state: Option<String>,
    /// How it stands to the site: `linked`, `approved`, `visited`, `suspended` or `ended`.
    pub status: String,
    pub street: Option<String>,
}

impl Copy {
    /// Reads what [`canonical`](Self::canonical) wrote.
    ///
    /// # Errors
    /// When it wrote something else, which is a defect.
    pub fn from_canonical(kind: Kind, text: &str) -> Result<Self, Fault> {
        match kind {
            Kind::User => serde_json::from_str(text).map(Self::User),
            Kind::Organization => serde_json::from_str(text).map(Self::Organization),
        }
        .doing("read what a site was told")
    }

    /// What it is a copy of.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::User(_) => Kind::User,
            Self::Organization(_) => Kind::Organization,
        }
    }

    /// What the site knows it by.
    #[must_use]
    pub fn external_id(&self) -> &str {
        match self {
            Self::User(user) => &user.external_id,
            Self::Organization(organization) => &organization.external_id,
        }
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::User(user) => format!("{} {}", user.given_name, user.family_name),
            Self::Organization(organization) => organization.name.clone(),
        }
    }

    /// Whether the site should let it count. That there should be no copy at all is said by there
    /// being none.
    #[must_use]
    pub const fn want(&self) -> Want {
        let active = match self {
            Self::User(user) => user.active,
            Self::Organization(organization) => organization.active,
        };
        if active { Want::Present } else { Want::Inactive }
    }

    /// The managed members as canonical JSON (RFC 8785): sorted, no spaces, null where there is none.
    ///
    /// # Errors
    /// When it cannot be written, which is a defect.
    pub fn canonical(&self) -> Result<String, Fault> {
        match self {
            Self::User(user) => serde_json::to_string(user),
            Self::Organization(organization) => serde_json::to_string(organization),
        }
        .doing("write what a site is told")
    }

    /// The digest by which two copies are compared.
    ///
    /// # Errors
    /// As [`canonical`](Self::canonical).
    pub fn digest(&self) -> Result<String, Fault> {
        Ok(digest_of(&self.canonical()?))
    }

    /// As a SCIM resource that has come to revision `rev`.
    #[must_use]
    pub fn scim(&self, rev: i64) -> Value {
        without_nulls(match self {
            Self::User(user) => user.scim(rev),
            Self::Organization(organization) => organization.scim(rev),
        })
    }

    /// The body of a PATCH that makes it count no more, and says nothing else (RFC 7644 §3.5.2).
    #[must_use]
    pub fn deactivation(&self, rev: i64) -> Value {
        let replace = |path: String, value: Value| json!({ "op": "replace", "path": path, "value": value });
        let operations = match self {
            Self::User(_) => {
                vec![replace("active".into(), false.into()), replace(format!("{EXTENSION_OF_USERS}:rev"), rev.into())]
            }
            Self::Organization(organization) => vec![
                replace(format!("{EXTENSION_OF_ORGANIZATIONS}:active"), false.into()),
                replace(format!("{EXTENSION_OF_ORGANIZATIONS}:status"), organization.status.clone().into()),
                replace(format!("{EXTENSION_OF_ORGANIZATIONS}:rev"), rev.into()),
            ],
        };
        json!({ "schemas": [PATCH], "Operations": operations })
    }

    /// The same copy, which counts no more. An organization is then `status` at the site.
    #[must_use]
    pub(in crate::sync) fn inactive(self, status: &str) -> Self {
        match self {
            Self::User(user) => Self::User(User { active: false, ..user }),
            Self::Organization(organization) if organization.active => {
                Self::Organization(Organization { active: false, status: status.to_owned(), ..organization })
            }
            Self::Organization(organization) => Self::Organization(organization),
        }
    }
}

impl User {
    fn scim(&self, rev: i64) -> Value {
        let full_name = format!("{} {}", self.given_name, self.family_name);
        json!({
            "schemas": [USER, EXTENSION_OF_USERS],
            "externalId": self.external_id,
            "userName": self.user_name,
            "name": { "givenName": self.given_name, "familyName": self.family_name, "formatted": full_name },
            "displayName": full_name,
            "active": self.active,
            "emails": [{ "value": self.email, "type": "work", "primary": true }],
            "phoneNumbers": self.phone.as_ref().map(|phone| json!([{ "value": phone, "type": "work" }])),
            EXTENSION_OF_USERS: { "organization": self.organization, "role": self.role, "rev": rev },
        })
    }
}

impl Organization {
    fn scim(&self, rev: i64) -> Value {
        json!({
            "schemas": [GROUP, EXTENSION_OF_ORGANIZATIONS],
            "externalId": self.external_id,
            "displayName": self.name,
            EXTENSION_OF_ORGANIZATIONS: {
                "active": self.active, "status": self.status, "roles": self.roles, "email": self.email,
                "phone": self.phone, "street": self.street, "city": self.city, "state": self.state,
                "postalCode": self.postal_code, "rev": rev,
            },
        })
    }
}

/// What is not there is not sent.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(_, member)| !member.is_null());
            Value::Object(kept.map(|(name, member)| (name, without_nulls(member))).collect())
        }
        other => other,
    }
}

/// The digest of a canonical JSON text: SHA-256, lower-case hexadecimal.
#[must_use]
pub fn digest_of(canonical: &str) -> String {
    Sha256::digest(canonical.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The managed members that a SCIM resource of a site has, as in the canonical JSON: null where there
/// is none. What we do not manage is not looked at.
#[must_use]
pub fn managed_of(kind: Kind, resource: &Value) -> Map<String, Value> {
    let at =
        |path: &[&str]| path.iter().try_fold(resource, |value, name| value.get(name)).cloned().unwrap_or(Value::Null);
    let first = |list: &str| {
        let entries = resource.get(list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let primary = entries.iter().find(|entry| entry.get("primary") == Some(&Value::Bool(true)));
        primary.or(entries.first()).and_then(|entry| entry.get("value")).cloned().unwrap_or(Value::Null)
    };
    let members: Vec<(&str, Value)> = match kind {
        Kind::User => vec![
            // RFC 7643 §4.1.1: a site that says nothing means true.
            (
                "active",
                match at(&["active"]) {
                    Value::Null => true.into(),
                    said => said,
                },
            ),
            ("email", first("emails")),
            ("externalId", at(&["externalId"])),
            ("familyName", at(&["name", "familyName"])),
            ("givenName", at(&["name", "givenName"])),
            ("organization", at(&[EXTENSION_OF_USERS, "organization"])),
            ("phone", first("phoneNumbers")),
            ("role", at(&[EXTENSION_OF_USERS, "role"])),
            ("userName", at(&["userName"])),
        ],
        Kind::Organization => {
            let extension = |name| at(&[EXTENSION_OF_ORGANIZATIONS, name]);
            vec![
                ("active", extension("active")),
                ("city", extension("city")),
                ("email", extension("email")),
                ("externalId", at(&["externalId"])),
                ("name", at(&["displayName"])),
                ("phone", extension("phone")),
                ("postalCode", extension("postalCode")),
                ("roles", sorted(extension("roles"))),
                ("state", extension("state")),
                ("status", extension("status")),
                ("street", extension("street")),
            ]
        }
    };
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn sorted(roles: Value) -> Value {
    let mut roles: Vec<String> = serde_json::from_value(roles).unwrap_or_default();
    roles.sort();
    roles.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dana() -> User {
        User {
            active: true,
            email: "dana@acme.example".into(),
            external_id: "s-1".into(),
            family_name: "Whitfield".into(),
            given_name: "Dana \"D\"".into(),
            organization: Some("org_1".into()),
            phone: None,
            role: Some("founder".into()),
            user_name: "dana".into(),
        }
    }

    fn acme() -> Organization {
        let name = "Acme".to_owned();
        let (city, status) = (Some("Brainerd".to_owned()), "approved".to_owned());
        let (email, phone, postal_code, state, street) = (None, None, None, None, None);
        let (active, external_id, roles) = (true, "org_1".into(), vec!["bidder".into()]);
        Organization { active, city, email, external_id, name, phone, postal_code, roles, state, status, street }
    }

    #[test]
    fn the_canonical_form_is_that_of_rfc_8785() {
        let text = Copy::User(dana()).canonical().unwrap();
        assert_eq!(
            text,
            r#"{"active":true,"email":"dana@acme.example","externalId":"s-1","familyName":"Whitfield","givenName":"Dana \"D\"","organization":"org_1","phone":null,"role":"founder","userName":"dana"}"#
        );
        for copy in [Copy::User(dana()), Copy::Organization(acme())] {
            let text = copy.canonical().unwrap();
            let sorted: std::collections::BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_string(&sorted).unwrap(), text);
            assert_eq!(Copy::from_canonical(copy.kind(), &text).unwrap(), copy);
        }
    }

    #[test]
    fn a_site_that_gives_back_what_it_was_told_has_the_same_digest() {
        for copy in [Copy::User(dana()), Copy::Organization(acme())] {
            let managed = managed_of(copy.kind(), &copy.scim(3));
            assert_eq!(digest_of(&Value::Object(managed).to_string()), copy.digest().unwrap());
        }
    }

    #[test]
    fn what_is_not_there_is_not_sent() {
        let scim = Copy::User(User { organization: None, role: None, ..dana() }).scim(17);
        assert!(scim.get("phoneNumbers").is_none());
        assert_eq!(scim[EXTENSION_OF_USERS], json!({ "rev": 17 }));
    }
}
