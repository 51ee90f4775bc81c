//! A copy as SCIM shows it, whole or in part. Pure.

use serde_json::{Map, Value, json};

use super::error::ScimError;
use super::path::{AttributePath, key_of};
use super::{endpoint, schemas};
use crate::clock;
use crate::copy::{Facts, OrganizationFacts, PersonFacts, Stored};

const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// Which attributes a client wants (RFC 7644 §3.9).
#[derive(Debug, Default)]
pub(super) enum Choice {
    /// All.
    #[default]
    All,
    /// These, with those that always come.
    Only(Vec<AttributePath>),
    /// All but these.
    Without(Vec<AttributePath>),
}

impl Choice {
    /// Reads the two lists, of which at most one may be given.
    pub(super) fn parse(only: Option<&str>, without: Option<&str>) -> Result<Self, ScimError> {
        let paths = |text: &str| -> Result<Vec<AttributePath>, ScimError> {
            text.split(',')
                .map(str::trim)
                .filter(|name| !name.is_empty())
                .map(|name| {
                    AttributePath::parse(name)
                        .ok_or_else(|| ScimError::bad("invalidValue", "attributes holds what is no name"))
                })
                .collect()
        };
        match (only, without) {
            (Some(_), Some(_)) => {
                Err(ScimError::bad("invalidValue", "attributes and excludedAttributes exclude each other"))
            }
            (Some(only), None) => paths(only).map(Self::Only),
            (None, Some(without)) => paths(without).map(Self::Without),
            (None, None) => Ok(Self::All),
        }
    }

    /// Leaves of a resource what is wanted.
    pub(super) fn of(&self, resource: Value) -> Value {
        match self {
            Self::All => resource,
            Self::Without(paths) => {
                let mut resource = resource;
                for path in paths.iter().filter(|path| !path.is("id") && !path.is("schemas")) {
                    remove(&mut resource, path.names());
                }
                resource
            }
            Self::Only(paths) => {
                let mut chosen = json!({});
                for name in ["schemas", "id"] {
                    copy(&resource, &mut chosen, &[name.to_owned()]);
                }
                for path in paths {
                    copy(&resource, &mut chosen, path.names());
                }
                chosen
            }
        }
    }
}

/// A list, or a page of one (RFC 7644 §3.4.2). `start` counts from 1.
pub(super) fn list(total: usize, start: usize, items: Vec<Value>) -> Value {
    json!({
        "schemas": [LIST], "totalResults": total, "startIndex": start, "itemsPerPage": items.len(), "Resources": items,
    })
}

/// The address of a copy below `base`.
pub(super) fn location(base: &str, stored: &Stored) -> String {
    format!("{base}/{}/{}", endpoint(stored.facts.kind()), stored.id)
}

/// A copy as SCIM shows it.
pub(super) fn resource(base: &str, stored: &Stored) -> Value {
    let mut members = attributes(&stored.facts);
    if let (true, Value::Object(extension)) =
        (stored.rev > 0, members.entry(extension(&stored.facts)).or_insert_with(|| json!({})))
    {
        extension.insert("rev".to_owned(), stored.rev.into());
    }
    members.retain(|_, member| member.as_object().is_none_or(|member| !member.is_empty()));
    members.insert("id".to_owned(), stored.id.clone().into());
    members.insert(
        "meta".to_owned(),
        json!({
            "resourceType": stored.facts.kind().as_str(), "created": clock::rfc3339(stored.created_at),
            "lastModified": clock::rfc3339(stored.changed_at), "location": location(base, stored),
            "version": format!("W/\"{}\"", stored.etag()),
        }),
    );
    Value::Object(members)
}

/// The URN of what ConneX adds to a resource.
pub(super) fn extension(facts: &Facts) -> &'static str {
    match facts {
        Facts::Person(_) => schemas::USER_EXTENSION,
        Facts::Organization(_) => schemas::GROUP_EXTENSION,
    }
}

/// The managed attributes of a resource as SCIM names them; what has no value is left out.
pub(super) fn attributes(facts: &Facts) -> Map<String, Value> {
    let mut value = match facts {
        Facts::Person(person) => user(person),
        Facts::Organization(organization) => group(organization),
    };
    prune(&mut value);
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn user(person: &PersonFacts) -> Value {
    let contact = |value: &Option<String>| value.as_ref().map(|value| json!([{ "value": value, "type": "work" }]));
    json!({
        "schemas": [schemas::USER, schemas::USER_EXTENSION],
        "externalId": person.external_id,
        "userName": person.user_name,
        "name": { "givenName": person.given_name, "familyName": person.family_name },
        "displayName": person.display_name(),
        "active": person.active,
        "emails": contact(&person.email),
        "phoneNumbers": contact(&person.phone),
        (schemas::USER_EXTENSION): { "organization": person.organization, "role": person.role },
    })
}

fn group(organization: &OrganizationFacts) -> Value {
    json!({
        "schemas": [schemas::GROUP, schemas::GROUP_EXTENSION],
        "externalId": organization.external_id,
        "displayName": organization.name,
        (schemas::GROUP_EXTENSION): {
            "active": organization.active, "status": organization.status, "roles": organization.roles,
            "email": organization.email, "phone": organization.phone, "street": organization.street,
            "city": organization.city, "state": organization.state, "postalCode": organization.postal_code,
        },
    })
}

/// Takes out what has no value: RFC 7643 §2.5 makes no difference between null, an empty list and nothing.
fn prune(value: &mut Value) {
    let Value::Object(members) = value else { return };
    for member in members.values_mut() {
        prune(member);
    }
    members.retain(|_, member| match member {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    });
}

fn remove(value: &mut Value, path: &[String]) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| remove(item, path)),
        Value::Object(members) => match path {
            [] => {}
            [last] => _ = members.remove(&key_of(members, last)),
            [first, rest @ ..] => {
                let key = key_of(members, first);
                if let Some(member) = members.get_mut(&key) {
                    remove(member, rest);
                }
            }
        },
        _ => {}
    }
}

fn copy(from: &Value, to: &mut Value, path: &[String]) {
    let (Value::Object(members), Value::Object(chosen)) = (from, to) else { return };
    let [first, rest @ ..] = path else { return };
    let key = key_of(members, first);
    let Some(member) = members.get(&key) else { return };
    match (rest, member) {
        ([], member) => _ = chosen.insert(key, member.clone()),
        (rest, Value::Object(_)) => {
            let part = chosen.entry(key).or_insert_with(|| json!({}));
            copy(member, part, rest);
        }
        (rest, Value::Array(items)) => {
            let parts = chosen.entry(key).or_insert_with(|| json!(vec![json!({}); items.len()]));
            for (item, part) in items.iter().zip(parts.as_array_mut().into_iter().flatten()) {
                copy(item, part, rest);
            }
        }
        _ => {}
    }
}
