//! The name of an attribute within a resource, such as `userName`, `name.givenName` or
//! `urn:…:extension:2.0:User:organization` (RFC 7644 §3.10). Names are compared in any case.

use serde_json::{Map, Value};

/// No name of ours is longer.
const BYTES_MAX: usize = 256;

/// The way from the root of a resource to an attribute: the extension, if any, then names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AttributePath(Vec<String>);

impl AttributePath {
    /// Reads a path; `None` when it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-' | '_' | '$');
        if text.is_empty() || text.len() > BYTES_MAX || !text.chars().all(is_plain) {
            return None;
        }
        let (schema, rest) = schema_and_rest(text);
        let names = rest.split('.').filter(|_| !rest.is_empty()).map(str::to_owned);
        let path: Vec<String> = schema.map(str::to_owned).into_iter().chain(names).collect();
        (path.iter().all(|name| !name.is_empty())).then_some(Self(path))
    }

    /// The names, from the root.
    pub(super) fn names(&self) -> &[String] {
        &self.0
    }

    /// Whether the path names this, in any case.
    pub(super) fn is(&self, name: &str) -> bool {
        matches!(self.0.as_slice(), [only] if only.eq_ignore_ascii_case(name))
    }

    /// The values at the path: several where a name on the way has several.
    pub(super) fn values<'v>(&self, root: &'v Value) -> Vec<&'v Value> {
        let mut found = vec![root];
        for name in &self.0 {
            found = found.into_iter().flat_map(|value| get(value, name)).flat_map(each).collect();
        }
        found.into_iter().filter(|value| !value.is_null()).collect()
    }
}

/// A member by name, in any case.
fn get<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let members = value.as_object()?;
    members.get(name).or_else(|| members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

/// The name under which an object holds a member, or the name itself.
pub(super) fn key_of(members: &Map<String, Value>, name: &str) -> String {
    members.keys().find(|key| key.eq_ignore_ascii_case(name)).map_or_else(|| name.to_owned(), String::clone)
}

fn each(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(values) => values.iter().collect(),
        value => vec![value],
    }
}

/// Splits an extension's URN from what follows. The core schemas are the root itself.
fn schema_and_rest(text: &str) -> (Option<&str>, &str) {
    for (schema, is_core) in super::schemas::URNS {
        let Some(head) = text.get(..schema.len()) else { continue };
        let rest = &text.get(schema.len()..).unwrap_or_default();
        if head.eq_ignore_ascii_case(schema) && (rest.is_empty() || rest.starts_with(':')) {
            let rest = rest.strip_prefix(':').unwrap_or_default();
            return ((!is_core).then_some(schema), rest);
        }
    }
    (None, text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_leads_to_its_values_in_any_case() {
        let user = json!({
            "userName": "dana", "name": { "givenName": "Dana" }, "emails": [{ "value": "a@x" }, { "value": "b@x" }],
            (super::super::schemas::USER_EXTENSION): { "organization": "org_1" },
        });
        let at = |path| AttributePath::parse(path).map(|path| path.values(&user).len());
        assert_eq!(at("USERNAME"), Some(1));
        assert_eq!(at("urn:ietf:params:scim:schemas:core:2.0:User:name.givenName"), Some(1));
        assert_eq!(at("emails.value"), Some(2));
        assert_eq!(at("urn:connex:params:scim:schemas:extension:2.0:User:organization"), Some(1));
        assert_eq!(at("urn:connex:params:scim:schemas:extension:2.0:User"), Some(1));
        assert_eq!(at("name.nothing"), Some(0));
        for nonsense in ["", ".", "a..b", "a b", "a[", "é"] {
            assert_eq!(at(nonsense), None, "{nonsense}");
        }
    }
}
