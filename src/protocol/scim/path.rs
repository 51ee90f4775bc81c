//! Where in a resource a value stands: `userName`, `name.givenName`,
//! `urn:…:extension:2.0:User:role` (RFC 7644 §3.10).

use serde_json::Value;

use super::{Attribute, ResourceType, Schema};

/// A place that a resource of some kind may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    extension: Option<&'static Schema>,
    attribute: &'static Attribute,
    part: Option<&'static Attribute>,
}

impl Place {
    /// The place of a path; `None` when the resources have no such attribute. Names are compared
    /// without regard to case (RFC 7643 §2.1).
    #[must_use]
    pub fn of(kind: &ResourceType, path: &str) -> Option<Self> {
        let (schema, rest) = match below(kind.extension, path) {
            Some(rest) => (Some(kind.extension), rest),
            None => (None, below(kind.core, path).unwrap_or(path)),
        };
        let (name, part) = match rest.split_once('.') {
            Some((name, part)) => (name, Some(part)),
            None => (rest, None),
        };
        let attribute = match schema {
            Some(schema) => schema.attribute(name)?,
            None => {
                let common = ResourceType::COMMON.iter().find(|one| one.name.eq_ignore_ascii_case(name));
                common.or_else(|| kind.core.attribute(name))?
            }
        };
        let part = part.map(|part| attribute.part(part).ok_or(())).transpose().ok()?;
        Some(Self { extension: schema, attribute, part })
    }

    /// The place of a part inside an element of `attribute`, as the inside of `emails[…]` names it.
    #[must_use]
    pub fn inside(attribute: &'static Attribute, name: &str) -> Option<Self> {
        Some(Self { extension: None, attribute: attribute.part(name)?, part: None })
    }

    /// What stands there: the part, or `value` of an attribute with several complex values
    /// (RFC 7643 §2.4), or the attribute.
    #[must_use]
    pub fn last(&self) -> &'static Attribute {
        self.part.or_else(|| self.attribute.part("value")).unwrap_or(self.attribute)
    }

    /// The attribute that the path names first.
    #[must_use]
    pub const fn attribute(&self) -> &'static Attribute {
        self.attribute
    }

    /// The extension to which the attribute belongs.
    #[must_use]
    pub const fn extension(&self) -> Option<&'static Schema> {
        self.extension
    }

    /// The part that the path names.
    #[must_use]
    pub const fn part(&self) -> Option<&'static Attribute> {
        self.part
    }

    /// Whether it is the place `attribute.part` of the core, or of the extension if `in_extension`.
    #[must_use]
    pub fn is(&self, in_extension: bool, attribute: &str, part: Option<&str>) -> bool {
        self.extension.is_some() == in_extension
            && self.attribute.name == attribute
            && self.part.map(|part| part.name) == part
    }

    /// The values of the attribute itself in a resource: none, one, or several.
    pub fn elements<'v>(&self, resource: &'v Value) -> impl Iterator<Item = &'v Value> {
        let holder = match self.extension {
            Some(schema) => resource.get(schema.id),
            None => Some(resource),
        };
        let value = holder.and_then(|holder| holder.get(self.attribute.name));
        let (several, single) = match value {
            Some(Value::Array(several)) => (several.as_slice(), None),
            other => (&[][..], other),
        };
        several.iter().chain(single)
    }

    /// The values at the place, for comparing.
    pub fn values<'v>(&self, resource: &'v Value) -> impl Iterator<Item = &'v Value> {
        let part = self.part.or_else(|| self.attribute.part("value"));
        self.elements(resource).filter_map(move |element| match part {
            Some(part) => element.get(part.name),
            None => Some(element),
        })
    }
}

/// What follows the URI of a schema and its colon in a path.
fn below<'p>(schema: &Schema, path: &'p str) -> Option<&'p str> {
    let (start, rest) = path.split_at_checked(schema.id.len())?;
    start.eq_ignore_ascii_case(schema.id).then(|| rest.strip_prefix(':')).flatten()
}
