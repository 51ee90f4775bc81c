//! Attributes and schemas (RFC 7643 §2, §7).

use serde_json::{Value, json};

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text.
    String,
    /// True or false.
    Boolean,
    /// A whole number.
    Integer,
    /// A moment (RFC 3339).
    DateTime,
    /// An address.
    Reference,
    /// Made of other attributes.
    Complex,
}

impl Type {
    const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::DateTime => "dateTime",
            Self::Reference => "reference",
            Self::Complex => "complex",
        }
    }
}

/// One attribute. All of ours are read-only: they are changed at ConneX.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute {
    /// Its name as we write it.
    pub name: &'static str,
    /// What its values are.
    pub kind: Type,
    /// Whether there may be several values.
    pub is_multi: bool,
    /// Whether upper and lower case differ.
    pub is_exact: bool,
    /// What it says, for developers.
    pub says: &'static str,
    /// What a complex value is made of.
    pub parts: &'static [Self],
    is_required: bool,
}

impl Attribute {
    /// A single value of which case does not matter.
    #[must_use]
    pub const fn new(name: &'static str, kind: Type, says: &'static str) -> Self {
        Self { name, kind, is_multi: false, is_exact: false, says, parts: &[], is_required: false }
    }

    /// Upper and lower case differ.
    #[must_use]
    pub const fn exact(mut self) -> Self {
        self.is_exact = true;
        self
    }

    /// There may be several.
    #[must_use]
    pub const fn multi(mut self) -> Self {
        self.is_multi = true;
        self
    }

    /// There is always one.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// Made of `parts`.
    #[must_use]
    pub const fn made_of(mut self, parts: &'static [Self]) -> Self {
        self.parts = parts;
        self
    }

    /// The part of this name, in whatever case.
    #[must_use]
    pub fn part(&self, name: &str) -> Option<&'static Self> {
        self.parts.iter().find(|part| part.name.eq_ignore_ascii_case(name))
    }

    /// As `/Schemas` describes it (RFC 7643 §7).
    #[must_use]
    pub fn body(&self) -> Value {
        let mut body = json!({
            "name": self.name, "type": self.kind.as_str(), "multiValued": self.is_multi, "description": self.says,
            "required": self.is_required, "caseExact": self.is_exact, "mutability": "readOnly",
            "returned": "default", "uniqueness": "none",
        });
        if let Some(members) = body.as_object_mut() {
            match self.kind {
                Type::Complex => {
                    let parts = self.parts.iter().map(Self::body).collect();
                    members.insert("subAttributes".to_owned(), Value::Array(parts));
                }
                Type::Reference => {
                    members.insert("referenceTypes".to_owned(), json!(["uri"]));
                }
                _ => {}
            }
        }
        body
    }
}

/// A set of attributes under a URI.
#[derive(Debug, PartialEq, Eq)]
pub struct Schema {
    /// Its URI.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub says: &'static str,
    /// What it holds.
    pub attributes: &'static [Attribute],
}

impl Schema {
    /// The attribute of this name, in whatever case.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }
}
