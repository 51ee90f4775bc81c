//! Which attributes are returned: `attributes`, `excludedAttributes` (RFC 7644 §3.9).

use serde_json::{Map, Value};

use super::{Place, ResourceType, ScimKind, ScimRefusal};

/// What is returned of each resource.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Projection {
    /// Everything.
    #[default]
    All,
    /// These, and what is always returned.
    Only(Vec<Place>),
    /// Everything but these.
    Without(Vec<Place>),
}

/// What is returned whatever was asked for (RFC 7643 §7, `returned`).
const ALWAYS: [&str; 2] = ["schemas", "id"];

impl Projection {
    /// Reads the two parameters. Attributes that the resources do not have are passed over: there is
    /// nothing of them to return.
    ///
    /// # Errors
    /// When both are there, or one is longer than any list of our attributes.
    pub fn parse(kind: &ResourceType, only: Option<&str>, without: Option<&str>) -> Result<Self, ScimRefusal> {
        let refuse = |why: &str| Err(ScimRefusal::new(ScimKind::InvalidValue, why));
        let places = |text: &str| text.split(',').filter_map(|path| Place::of(kind, path.trim())).collect();
        match (only, without) {
            (Some(_), Some(_)) => refuse("Send attributes or excludedAttributes, not both."),
            (Some(text), None) | (None, Some(text)) if text.len() > 4000 => {
                refuse("The list of attributes is too long.")
            }
            (Some(text), None) => Ok(Self::Only(places(text))),
            (None, Some(text)) => Ok(Self::Without(places(text))),
            (None, None) => Ok(Self::All),
        }
    }

    /// What is returned of `resource`.
    #[must_use]
    pub fn of(&self, resource: Value) -> Value {
        let Value::Object(members) = resource else { return resource };
        match self {
            Self::All => Value::Object(members),
            Self::Only(places) => Value::Object(only(members, places)),
            Self::Without(places) => Value::Object(without(members, places)),
        }
    }
}

fn only(mut from: Map<String, Value>, places: &[Place]) -> Map<String, Value> {
    let mut kept = Map::new();
    for name in ALWAYS {
        if let Some((name, value)) = from.remove_entry(name) {
            kept.insert(name, value);
        }
    }
    for place in places {
        let (source, target) = match place.extension() {
            None => (Some(&from), &mut kept),
            Some(schema) => {
                let source = from.get(schema.id).and_then(Value::as_object);
                let holder = kept.entry(schema.id).or_insert_with(|| Value::Object(Map::new()));
                match holder.as_object_mut() {
                    Some(target) => (source, target),
                    None => continue,
                }
            }
        };
        let Some(value) = source.and_then(|source| source.get(place.attribute().name)) else { continue };
        match place.part() {
            None => {
                target.insert(place.attribute().name.to_owned(), value.clone());
            }
            Some(part) => add_part(target, place.attribute().name, part.name, value),
        }
    }
    kept.retain(|_, value| value.as_object().is_none_or(|members| !members.is_empty()));
    kept
}

/// Adds one part of a complex value, or of each of several, to what is returned already.
fn add_part(target: &mut Map<String, Value>, name: &str, part: &str, value: &Value) {
    match value {
        Value::Array(elements) => {
            let empty = || Value::Array(vec![Value::Object(Map::new()); elements.len()]);
            let kept = target.entry(name).or_insert_with(empty);
            for (kept, element) in kept.as_array_mut().into_iter().flatten().zip(elements) {
                if let (Some(kept), Some(found)) = (kept.as_object_mut(), element.get(part)) {
                    kept.insert(part.to_owned(), found.clone());
                }
            }
        }
        single => {
            let kept = target.entry(name).or_insert_with(|| Value::Object(Map::new()));
            if let (Some(kept), Some(found)) = (kept.as_object_mut(), single.get(part)) {
                kept.insert(part.to_owned(), found.clone());
            }
        }
    }
}

fn without(mut members: Map<String, Value>, places: &[Place]) -> Map<String, Value> {
    for place in places {
        let name = place.attribute().name;
        let holder = match place.extension() {
            None => Some(&mut members),
            Some(schema) => members.get_mut(schema.id).and_then(Value::as_object_mut),
        };
        let Some(holder) = holder.filter(|_| !(place.extension().is_none() && ALWAYS.contains(&name))) else {
            continue;
        };
        match (place.part(), holder.get_mut(name)) {
            (None, _) => {
                holder.remove(name);
            }
            (Some(part), Some(Value::Array(elements))) => {
                for element in elements.iter_mut().filter_map(Value::as_object_mut) {
                    element.remove(part.name);
                }
            }
            (Some(part), Some(Value::Object(parts))) => {
                parts.remove(part.name);
            }
            (Some(_), _) => {}
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protocol::scim::USER;

    fn dana() -> Value {
        json!({ "schemas": ["x"], "id": "s-1", "userName": "dana", "name": { "givenName": "Dana", "familyName": "W" },
                "emails": [{ "value": "d@x.example", "type": "work" }], USER.extension.id: { "role": "founder", "rev": 3 } })
    }

    #[test]
    fn only_what_was_asked_for_is_returned_with_what_always_is() {
        let path = format!("USERNAME, name.givenname,emails.value,{}:role,nickName", USER.extension.id);
        let some = Projection::parse(&USER, Some(&path), None).unwrap();
        let wanted = json!({ "schemas": ["x"], "id": "s-1", "userName": "dana", "name": { "givenName": "Dana" },
                             "emails": [{ "value": "d@x.example" }], USER.extension.id: { "role": "founder" } });
        assert_eq!(some.of(dana()), wanted);
    }

    #[test]
    fn what_is_excluded_is_left_out_but_for_what_always_is_returned() {
        let path = format!("id,schemas,name.familyName,emails,{}:rev", USER.extension.id);
        let rest = Projection::parse(&USER, None, Some(&path)).unwrap();
        let wanted = json!({ "schemas": ["x"], "id": "s-1", "userName": "dana", "name": { "givenName": "Dana" },
                             USER.extension.id: { "role": "founder" } });
        assert_eq!(rest.of(dana()), wanted);
        assert!(Projection::parse(&USER, Some("id"), Some("id")).is_err());
    }
}
