//! Whom the provider vouches for: people who do not exist, each with names that are found nowhere else.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

/// The members that ConneX adds to a SCIM user.
const EXTENSION: &str = "urn:connex:params:scim:schemas:extension:2.0:User";
const ORGANIZATION_EXTENSION: &str = "urn:connex:params:scim:schemas:extension:2.0:Organization";
const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0";

/// A person, as ConneX knows them at one revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    /// Their subject.
    pub(super) sub: String,
    pub(super) username: String,
    pub(super) given_name: String,
    pub(super) family_name: String,
    pub(super) email: String,
    pub(super) phone: Option<String>,
    pub(super) is_active: bool,
    pub(super) rev: i64,
}

impl Person {
    /// A person called `given_name`, told apart from everybody by `mark`, a text of letters and digits.
    pub(super) fn new(given_name: &str, mark: &str) -> Self {
        let low = given_name.to_lowercase();
        Self {
            sub: format!("rpcheck-{low}-{mark}"),
            username: format!("{low}.{mark}"),
            given_name: given_name.to_owned(),
            family_name: format!("Q{mark}"),
            email: format!("{low}.{mark}@rp-check.example"),
            phone: None,
            is_active: true,
            rev: 1,
        }
    }

    /// The person after one more change.
    pub(super) fn changed(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut after = self.clone();
        after.rev += 1;
        change(&mut after);
        after
    }

    pub(super) fn name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }

    /// What tokens say of the person.
    pub(super) fn claims(&self, organization: &Organization) -> Map<String, Value> {
        let Organization { id, name } = organization;
        let claims = json!({
            "sub": self.sub, "name": self.name(), "given_name": self.given_name, "family_name": self.family_name,
            "preferred_username": self.username, "email": self.email, "email_verified": true,
            "org_id": id, "org_name": name, "org_role": "member",
            "organization": { "id": id, "name": name, "role": "member", "founder": false, "rev": 1 },
            "sites": [{ "id": "site_rpcheck", "status": "approved", "roles": ["bidder"], "rev": self.rev }],
        });
        members(claims)
    }

    /// What ConneX sends of the person.
    pub(super) fn scim(&self, organization: &Organization) -> Value {
        let mut user = json!({
            "schemas": [format!("{CORE}:User"), EXTENSION],
            "externalId": self.sub, "userName": self.username, "displayName": self.name(), "active": self.is_active,
            "name": { "givenName": self.given_name, "familyName": self.family_name, "formatted": self.name() },
            "emails": [{ "value": self.email, "type": "work", "primary": true }],
            EXTENSION: { "organization": organization.id, "role": "member", "rev": self.rev },
        });
        if let (Some(phone), Some(user)) = (&self.phone, user.as_object_mut()) {
            user.insert("phoneNumbers".to_owned(), json!([{ "value": phone, "type": "work" }]));
        }
        user
    }

    /// The change that only says whether the person is active: whoever left is described no more.
    pub(super) fn scim_activity(&self) -> Value {
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [
                { "op": "replace", "path": "active", "value": self.is_active },
                { "op": "replace", "path": format!("{EXTENSION}:rev"), "value": self.rev },
            ],
        })
    }

    /// What is not as it should be in a site's copy: the names of attributes.
    pub(super) fn differences(&self, copy: &Value) -> Vec<&'static str> {
        let value_of_first = |list: &str| copy.pointer(&format!("/{list}/0/value")).cloned().unwrap_or_default();
        let name = |part: &str| copy.pointer(&format!("/name/{part}")).cloned().unwrap_or_default();
        let is_active = copy.get("active").cloned().unwrap_or_default();
        [
            ("externalId", copy.get("externalId").cloned().unwrap_or_default() == self.sub.as_str()),
            ("userName", copy.get("userName").cloned().unwrap_or_default() == self.username.as_str()),
            ("name.givenName", name("givenName") == self.given_name.as_str()),
            ("name.familyName", name("familyName") == self.family_name.as_str()),
            ("emails", value_of_first("emails") == self.email.as_str()),
            ("phoneNumbers", value_of_first("phoneNumbers") == json!(self.phone)),
            ("active", is_active == self.is_active),
        ]
        .into_iter()
        .filter_map(|(attribute, is_same)| (!is_same).then_some(attribute))
        .collect()
    }

    /// The digest that the site should keep of its copy.
    pub(super) fn digest(&self, organization: &Organization) -> String {
        let members = BTreeMap::from([
            ("active", json!(self.is_active)),
            ("email", json!(self.email)),
            ("externalId", json!(self.sub)),
            ("familyName", json!(self.family_name)),
            ("givenName", json!(self.given_name)),
            ("organization", json!(organization.id)),
            ("phone", json!(self.phone)),
            ("role", json!("member")),
            ("userName", json!(self.username)),
        ]);
        // RFC 8785 for texts and booleans: keys sorted, no spaces.
        hex(&Sha256::digest(serde_json::to_vec(&members).unwrap_or_default()))
    }
}

/// The one organization to which all of them belong.
#[derive(Debug, Clone)]
pub(super) struct Organization {
    pub(super) id: String,
    pub(super) name: String,
}

impl Organization {
    /// What ConneX sends of it.
    pub(super) fn scim(&self) -> Value {
        json!({
            "schemas": [format!("{CORE}:Group"), ORGANIZATION_EXTENSION],
            "externalId": self.id, "displayName": self.name,
            ORGANIZATION_EXTENSION: { "active": true, "status": "approved", "roles": ["bidder"], "rev": 1 },
        })
    }
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The members of a JSON object; none of anything else.
pub(super) fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_compared_attribute_by_attribute() {
        let acme = Organization { id: "org_1".to_owned(), name: "Acme".to_owned() };
        let dana = Person::new("Dana", "7f");
        assert!(dana.differences(&dana.scim(&acme)).is_empty());
        let after = dana.changed(|dana| {
            dana.email = "new@rp-check.example".to_owned();
            dana.phone = Some("555-0101".to_owned());
            dana.is_active = false;
        });
        assert_eq!(after.rev, 2);
        assert_eq!(after.differences(&dana.scim(&acme)), ["emails", "phoneNumbers", "active"]);
        assert_eq!(dana.differences(&json!({})).len(), 6, "no phone is no difference");
    }

    #[test]
    fn the_digest_is_that_of_the_canonical_form() {
        let acme = Organization { id: "org_1".to_owned(), name: "Acme".to_owned() };
        let canonical = r#"{"active":true,"email":"dana.7f@rp-check.example","externalId":"rpcheck-dana-7f","familyName":"Q7f","givenName":"Dana","organization":"org_1","phone":null,"role":"member","userName":"dana.7f"}"#;
        assert_eq!(Person::new("Dana", "7f").digest(&acme), hex(&Sha256::digest(canonical)));
    }
}
