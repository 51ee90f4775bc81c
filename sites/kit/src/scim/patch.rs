//! PATCH (RFC 7644 §3.5.2): operations on a resource as SCIM shows it, which is then read like any other. Pure.

use serde_json::{Map, Value, json};

use super::error::ScimError;
use super::filter::Filter;
use super::path::{AttributePath, key_of};

const SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// No client sends more at once.
const OPERATIONS_MAX: usize = 100;
/// What the server alone decides.
const READ_ONLY: [&str; 3] = ["id", "meta", "schemas"];

/// What one operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Add,
    Replace,
    Remove,
}

/// Where an operation works: `path`, `path[filter]`, `path[filter].part`.
struct Place {
    path: AttributePath,
    filter: Option<Filter>,
    part: Option<String>,
}

/// Does what a PATCH request says to a resource.
pub(super) fn apply(resource: &mut Value, request: &Value) -> Result<(), ScimError> {
    let syntax = |detail: &str| ScimError::bad("invalidSyntax", detail);
    let schemas = request.get("schemas").and_then(Value::as_array);
    if !schemas.is_some_and(|schemas| schemas.iter().any(|schema| schema == SCHEMA)) {
        return Err(syntax("schemas does not name a PatchOp"));
    }
    let operations = member(request, "Operations").and_then(Value::as_array).filter(|list| !list.is_empty());
    let operations = operations.ok_or_else(|| syntax("Operations is missing"))?;
    if operations.len() > OPERATIONS_MAX {
        return Err(syntax("there are too many operations"));
    }
    operations.iter().try_for_each(|operation| one(resource, operation))
}

fn one(resource: &mut Value, operation: &Value) -> Result<(), ScimError> {
    let verb = match member(operation, "op").and_then(Value::as_str).map(str::to_ascii_lowercase).as_deref() {
        Some("add") => Verb::Add,
        Some("replace") => Verb::Replace,
        Some("remove") => Verb::Remove,
        _ => return Err(ScimError::bad("invalidSyntax", "op must be add, replace or remove")),
    };
    let value = member(operation, "value").cloned();
    let path = member(operation, "path").filter(|path| !path.is_null());
    match (path, value) {
        (Some(Value::String(path)), value) => {
            let place = Place::parse(path)?;
            let value = match verb {
                Verb::Remove => Value::Null,
                _ => value.ok_or_else(|| ScimError::bad("invalidValue", "value is missing"))?,
            };
            place.change(resource, verb, &value)
        }
        (Some(_), _) => Err(ScimError::bad("invalidPath", "path must be a text")),
        (None, _) if verb == Verb::Remove => Err(ScimError::bad("noTarget", "remove needs a path")),
        (None, Some(Value::Object(members))) => {
            members.iter().try_for_each(|(name, value)| Place::parse(name)?.change(resource, verb, value))
        }
        (None, _) => Err(ScimError::bad("invalidValue", "without a path, value must be an object")),
    }
}

impl Place {
    fn parse(text: &str) -> Result<Self, ScimError> {
        let invalid = || ScimError::bad("invalidPath", "The path cannot be understood.");
        let (path, filter, part) = match text.split_once('[') {
            None => (text, None, None),
            Some((path, rest)) => {
                let (filter, part) = rest.rsplit_once(']').ok_or_else(invalid)?;
                let part = match part {
                    "" => None,
                    part => {
                        Some(part.strip_prefix('.').filter(|part| !part.is_empty()).ok_or_else(invalid)?.to_owned())
                    }
                };
                (path, Some(Filter::parse(filter).map_err(|_| invalid())?), part)
            }
        };
        let path = AttributePath::parse(path).ok_or_else(invalid)?;
        if READ_ONLY.iter().any(|name| path.names().first().is_some_and(|first| first.eq_ignore_ascii_case(name))) {
            return Err(ScimError::bad("mutability", "The server alone decides this attribute."));
        }
        Ok(Self { path, filter, part })
    }

    fn change(&self, resource: &mut Value, verb: Verb, value: &Value) -> Result<(), ScimError> {
        let Some((last, way)) = self.path.names().split_last() else { return Ok(()) };
        let mut object = resource;
        for name in way {
            object = match object {
                Value::Object(members) => {
                    let key = key_of(members, name);
                    members.entry(key).or_insert_with(|| json!({}))
                }
                // `emails.value` means the value of each; there is one.
                Value::Array(items) => match items.first_mut() {
                    Some(first) => first,
                    None => return Ok(()),
                },
                _ => return Err(ScimError::bad("invalidPath", "The path leads through a plain value.")),
            };
            if let Value::Array(items) = object {
                match items.first_mut() {
                    Some(first) => object = first,
                    None => return Ok(()),
                }
            }
        }
        let Value::Object(members) = object else {
            return Err(ScimError::bad("invalidPath", "The path leads through a plain value."));
        };
        match &self.filter {
            None => {
                set(members, last, verb, value);
                Ok(())
            }
            Some(filter) => self.change_some(members, (last, filter), verb, value),
        }
    }

    /// Changes those values of a list that fit the filter.
    fn change_some(
        &self,
        members: &mut Map<String, Value>,
        (name, filter): (&str, &Filter),
        verb: Verb,
        value: &Value,
    ) -> Result<(), ScimError> {
        let none = || ScimError::bad("noTarget", "No value fits the filter of the path.");
        let key = key_of(members, name);
        let Some(Value::Array(items)) = members.get_mut(&key) else {
            return if verb == Verb::Remove { Ok(()) } else { Err(none()) };
        };
        if verb == Verb::Remove && self.part.is_none() {
            items.retain(|item| !filter.fits(item));
            return Ok(());
        }
        let mut fitting = items.iter_mut().filter(|item| filter.fits(item)).peekable();
        if fitting.peek().is_none() && verb != Verb::Remove {
            return Err(none());
        }
        for item in fitting {
            match (&self.part, &mut *item) {
                (Some(part), Value::Object(members)) => set(members, part, verb, value),
                _ => *item = value.clone(),
            }
        }
        Ok(())
    }
}

/// Sets one member. A list grows by what is added and is not there yet; an object is merged.
fn set(members: &mut Map<String, Value>, name: &str, verb: Verb, value: &Value) {
    let key = key_of(members, name);
    if verb == Verb::Remove {
        members.remove(&key);
        return;
    }
    match (members.get_mut(&key), value) {
        (Some(Value::Array(items)), value) if verb == Verb::Add => {
            let more = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            for item in more.into_iter().rev() {
                if !items.contains(&item) {
                    // What is added last is what the client means where one value is kept.
                    items.insert(0, item);
                }
            }
        }
        (Some(Value::Object(old)), Value::Object(new)) => {
            for (name, value) in new {
                set(old, name, verb, value);
            }
        }
        _ => _ = members.insert(key, value.clone()),
    }
}

fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
