//! Filters (RFC 7644 §3.4.2.2): read into a tree whose every place exists and whose every comparison
//! makes sense, and held against a resource.

mod parser;
mod words;

#[cfg(test)]
mod tests;

use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{Place, ResourceType, ScimRefusal, Type};

/// A filter that can be answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// A value compares as wanted.
    Compare(Place, Comparison),
    /// There is a value.
    Present(Place),
    /// One element of several is as wanted: `emails[type eq "work" and value co "@x"]`.
    Element(Place, Box<Self>),
    /// It is not so.
    Not(Box<Self>),
    /// Both are so.
    And(Box<Self>, Box<Self>),
    /// One is so.
    Or(Box<Self>, Box<Self>),
}

/// An operator that compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Equal.
    Eq,
    /// Not equal, or not there.
    Ne,
    /// Contains.
    Co,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
    /// Greater, later, or further down the alphabet.
    Gt,
    /// The same or greater.
    Ge,
    /// Less.
    Lt,
    /// The same or less.
    Le,
}

/// What a value is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// Text.
    Text(String),
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Number(i64),
    /// A moment.
    Moment(OffsetDateTime),
}

/// A comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// How.
    pub operator: Operator,
    /// With what.
    pub operand: Operand,
}

impl Filter {
    /// Reads a filter on resources of a kind.
    ///
    /// # Errors
    /// What of it is malformed, unknown, too long or too deep.
    pub fn parse(kind: &'static ResourceType, text: &str) -> Result<Self, ScimRefusal> {
        parser::parse(kind, text)
    }

    /// Whether a resource is one that is asked for.
    #[must_use]
    pub fn matches(&self, resource: &Value) -> bool {
        match self {
            // Not equal is the contrary of equal, also where there is nothing.
            Self::Compare(place, comparison) if comparison.operator == Operator::Ne => {
                let equal = Comparison { operator: Operator::Eq, operand: comparison.operand.clone() };
                !place.values(resource).any(|value| equal.holds(place, value))
            }
            Self::Compare(place, comparison) => place.values(resource).any(|value| comparison.holds(place, value)),
            Self::Present(place) => match place.part() {
                Some(_) => place.values(resource).any(is_something),
                None => place.elements(resource).any(is_something),
            },
            Self::Element(place, inner) => place.elements(resource).any(|element| inner.matches(element)),
            Self::Not(inner) => !inner.matches(resource),
            Self::And(one, other) => one.matches(resource) && other.matches(resource),
            Self::Or(one, other) => one.matches(resource) || other.matches(resource),
        }
    }

    /// The filters that must all be so.
    #[must_use]
    pub fn conjuncts(&self) -> Vec<&Self> {
        match self {
            Self::And(one, other) => one.conjuncts().into_iter().chain(other.conjuncts()).collect(),
            single => vec![single],
        }
    }
}

fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => !values.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

impl Comparison {
    fn holds(&self, place: &Place, value: &Value) -> bool {
        use std::cmp::Ordering;
        let by = |ordering: Ordering| match self.operator {
            Operator::Eq => ordering.is_eq(),
            Operator::Gt => ordering.is_gt(),
            Operator::Ge => ordering.is_ge(),
            Operator::Lt => ordering.is_lt(),
            Operator::Le => ordering.is_le(),
            Operator::Ne | Operator::Co | Operator::Sw | Operator::Ew => false,
        };
        match (&self.operand, value) {
            (Operand::Text(wanted), Value::String(found)) => {
                let fold = |text: &str| if place.last().is_exact { text.to_owned() } else { text.to_lowercase() };
                let (wanted, found) = (fold(wanted), fold(found));
                match self.operator {
                    Operator::Co => found.contains(&wanted),
                    Operator::Sw => found.starts_with(&wanted),
                    Operator::Ew => found.ends_with(&wanted),
                    _ => by(found.cmp(&wanted)),
                }
            }
            (Operand::Boolean(wanted), Value::Bool(found)) => by(found.cmp(wanted)),
            (Operand::Number(wanted), Value::Number(found)) => {
                found.as_i64().is_some_and(|found| by(found.cmp(wanted)))
            }
            (Operand::Moment(wanted), Value::String(found)) => moment(found).is_some_and(|found| by(found.cmp(wanted))),
            _ => false,
        }
    }
}

fn moment(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}
