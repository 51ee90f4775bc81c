//! Lists of resources (RFC 7644 §3.4.2, RFC 9865 §2).

use serde_json::{Value, json};

/// One page of what was found.
#[derive(Debug, Default)]
pub struct List {
    /// The resources.
    pub resources: Vec<Value>,
    /// How many there are on all pages; `None` where that would cost too much to know, which only a
    /// list that is read by cursor may say.
    pub total: Option<i64>,
    /// The number of the first, for lists that are read by index.
    pub start_index: Option<i64>,
    /// Where the next page begins, for lists that are read by cursor; `None` on the last page.
    pub next_cursor: Option<String>,
}

/// The body of a list.
#[must_use]
pub fn list_body(list: List) -> Value {
    let mut body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "itemsPerPage": list.resources.len(),
        "Resources": list.resources,
    });
    if let Some(members) = body.as_object_mut() {
        let optional = [
            ("totalResults", list.total.map(Value::from)),
            ("startIndex", list.start_index.map(Value::from)),
            ("nextCursor", list.next_cursor.map(Value::from)),
        ];
        members.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    }
    body
}
