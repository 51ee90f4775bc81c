//! Filters (RFC 7644 §3.4.2.2): read into a tree, which is asked of each resource. Whatever text comes, reading it ends,
//! and costs no more than the text is long.

use serde_json::Value;

use super::error::ScimError;
use super::path::AttributePath;
use crate::clock;

/// Longer filters are no filters of a client.
const BYTES_MAX: usize = 4096;
/// Deeper ones would only exhaust the stack.
const DEPTH_MAX: usize = 20;
/// Attributes whose case counts; of all others it does not.
const CASE_EXACT: [&str; 5] = ["id", "externalId", "organization", "version", "location"];

/// A filter that has been understood.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Filter {
    /// All of these.
    All(Vec<Filter>),
    /// Any of these.
    Any(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// The attribute has a value.
    Present(AttributePath),
    /// One of the attribute's values compares so.
    Compare(AttributePath, Operator, Value),
    /// One of the attribute's values fits the inner filter.
    Within(AttributePath, Box<Filter>),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Contains.
    Co,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
    /// Greater or later.
    Gt,
    /// Greater, later or equal.
    Ge,
    /// Less or earlier.
    Lt,
    /// Less, earlier or equal.
    Le,
}

impl Filter {
    /// Reads a filter.
    pub(super) fn parse(text: &str) -> Result<Self, ScimError> {
        let invalid = || ScimError::bad("invalidFilter", "The filter cannot be understood.");
        if text.len() > BYTES_MAX {
            return Err(invalid());
        }
        let mut reader = Reader { rest: text };
        let filter = reader.any(DEPTH_MAX).ok_or_else(invalid)?;
        reader.rest.trim().is_empty().then_some(filter).ok_or_else(invalid)
    }

    /// The value that an attribute must equal for anything to fit: such a filter is answered by an index.
    pub(super) fn looks_up(&self, name: &str) -> Option<&str> {
        match self {
            Self::Compare(path, Operator::Eq, Value::String(value)) if path.is(name) => Some(value),
            _ => None,
        }
    }

    /// Whether a resource fits.
    pub(super) fn fits(&self, resource: &Value) -> bool {
        match self {
            Self::All(filters) => filters.iter().all(|filter| filter.fits(resource)),
            Self::Any(filters) => filters.iter().any(|filter| filter.fits(resource)),
            Self::Not(filter) => !filter.fits(resource),
            Self::Present(path) => path.values(resource).into_iter().any(is_present),
            Self::Compare(path, Operator::Ne, wanted) => {
                !path.values(resource).into_iter().any(|value| compare(path, value, Operator::Eq, wanted))
            }
            Self::Compare(path, Operator::Eq, Value::Null) => !path.values(resource).into_iter().any(is_present),
            Self::Compare(path, operator, wanted) => {
                path.values(resource).into_iter().any(|value| compare(path, value, *operator, wanted))
            }
            Self::Within(path, filter) => path.values(resource).into_iter().any(|value| filter.fits(value)),
        }
    }
}

fn is_present(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    }
}

fn compare(path: &AttributePath, value: &Value, operator: Operator, wanted: &Value) -> bool {
    // `emails eq "…"` means the value of each (RFC 7644 §3.4.2.2).
    let value = if value.is_object() { value.get("value").unwrap_or(value) } else { value };
    match (value, wanted) {
        (Value::String(value), Value::String(wanted)) => {
            let is_exact =
                path.names().last().is_some_and(|name| CASE_EXACT.iter().any(|n| n.eq_ignore_ascii_case(name)));
            if is_exact {
                texts(value, operator, wanted)
            } else {
                texts(&value.to_lowercase(), operator, &wanted.to_lowercase())
            }
        }
        (Value::Number(value), Value::Number(wanted)) => match (value.as_f64(), wanted.as_f64()) {
            (Some(value), Some(wanted)) => ordered(&value, operator, &wanted),
            _ => false,
        },
        (value, wanted) => operator == Operator::Eq && value == wanted,
    }
}

fn texts(value: &str, operator: Operator, wanted: &str) -> bool {
    match operator {
        Operator::Co => value.contains(wanted),
        Operator::Sw => value.starts_with(wanted),
        Operator::Ew => value.ends_with(wanted),
        // Two moments may be one and be written differently. The parser wants the letters in upper case.
        _ => match (clock::parse(&value.to_uppercase()), clock::parse(&wanted.to_uppercase())) {
            (Some(value), Some(wanted)) => ordered(&value, operator, &wanted),
            _ => ordered(&value, operator, &wanted),
        },
    }
}

fn ordered<T: PartialOrd>(value: &T, operator: Operator, wanted: &T) -> bool {
    match operator {
        Operator::Eq => value == wanted,
        Operator::Ne => value != wanted,
        Operator::Gt => value > wanted,
        Operator::Ge => value >= wanted,
        Operator::Lt => value < wanted,
        Operator::Le => value <= wanted,
        Operator::Co | Operator::Sw | Operator::Ew => false,
    }
}

/// Reads a filter from left to right; every step gives `None` for what it does not understand.
struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn any(&mut self, depth: usize) -> Option<Filter> {
        let mut filters = vec![self.all(depth)?];
        while self.word("or") {
            filters.push(self.all(depth)?);
        }
        Some(if filters.len() == 1 { filters.remove(0) } else { Filter::Any(filters) })
    }

    fn all(&mut self, depth: usize) -> Option<Filter> {
        let mut filters = vec![self.one(depth)?];
        while self.word("and") {
            filters.push(self.one(depth)?);
        }
        Some(if filters.len() == 1 { filters.remove(0) } else { Filter::All(filters) })
    }

    fn one(&mut self, depth: usize) -> Option<Filter> {
        let depth = depth.checked_sub(1)?;
        if self.word("not") {
            self.sign('(').then_some(())?;
            return self.closed(depth, ')').map(|filter| Filter::Not(Box::new(filter)));
        }
        if self.sign('(') {
            return self.closed(depth, ')');
        }
        let path = self.path()?;
        if self.sign('[') {
            return self.closed(depth, ']').map(|filter| Filter::Within(path, Box::new(filter)));
        }
        if self.word("pr") {
            return Some(Filter::Present(path));
        }
        let operator = self.operator()?;
        let value = self.value()?;
        let is_ordered = matches!(operator, Operator::Gt | Operator::Ge | Operator::Lt | Operator::Le);
        let is_orderable = value.is_string() || value.is_number();
        (!is_ordered || is_orderable).then_some(Filter::Compare(path, operator, value))
    }

    fn closed(&mut self, depth: usize, end: char) -> Option<Filter> {
        let filter = self.any(depth)?;
        self.sign(end).then_some(filter)
    }

    fn path(&mut self) -> Option<AttributePath> {
        self.rest = self.rest.trim_start();
        let end = self
            .rest
            .find(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | '(' | ')'))
            .unwrap_or(self.rest.len());
        let (path, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        AttributePath::parse(path)
    }

    fn operator(&mut self) -> Option<Operator> {
        const OPERATORS: [(&str, Operator); 9] = [
            ("eq", Operator::Eq),
            ("ne", Operator::Ne),
            ("co", Operator::Co),
            ("sw", Operator::Sw),
            ("ew", Operator::Ew),
            ("gt", Operator::Gt),
            ("ge", Operator::Ge),
            ("lt", Operator::Lt),
            ("le", Operator::Le),
        ];
        OPERATORS.into_iter().find_map(|(word, operator)| self.word(word).then_some(operator))
    }

    /// A JSON text, number, `true`, `false` or `null`.
    fn value(&mut self) -> Option<Value> {
        self.rest = self.rest.trim_start();
        if self.rest.starts_with(['{', '[']) {
            return None;
        }
        // JSON has no word for where a number ends before `)`; the stream reader stops by itself after texts only.
        let end = if self.rest.starts_with('"') {
            self.rest.len()
        } else {
            self.rest.find([' ', ')', ']']).unwrap_or(self.rest.len())
        };
        let (head, _) = self.rest.split_at_checked(end)?;
        let mut values = serde_json::Deserializer::from_str(head).into_iter::<Value>();
        let value = values.next()?.ok()?;
        self.rest = self.rest.get(values.byte_offset()..)?;
        Some(value)
    }

    /// Takes a word that stands for itself, in any case.
    fn word(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        let (Some(head), Some(tail)) = (rest.get(..word.len()), rest.get(word.len()..)) else { return false };
        let ends = tail.chars().next().is_none_or(|c| c.is_whitespace() || matches!(c, '(' | ')' | ']' | '"'));
        let is_it = ends && head.eq_ignore_ascii_case(word);
        if is_it {
            self.rest = tail;
        }
        is_it
    }

    fn sign(&mut self, sign: char) -> bool {
        match self.rest.trim_start().strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fits(filter: &str) -> bool {
        let user = json!({
            "externalId": "P1", "userName": "Dana", "active": true, "rev": 7, "name": { "familyName": "Whitfield" },
            "emails": [{ "value": "dana@northline.example", "type": "work" }],
            "meta": { "lastModified": "2026-11-20T14:05:00Z" },
        });
        Filter::parse(filter).unwrap().fits(&user)
    }

    #[test]
    fn filters_of_the_standard_are_understood() {
        for filter in [
            r#"userName eq "dana""#,
            r#"externalId eq "P1""#,
            r#"USERNAME SW "da" and active eq true"#,
            r#"name.familyName co "field" or userName eq "x""#,
            r#"not (userName eq "x")"#,
            r#"emails[type eq "work" and value ew "example"]"#,
            r#"emails eq "dana@northline.example""#,
            "emails pr and rev gt 6",
            "(rev le 7)",
            r#"meta.lastModified gt "2026-11-20T09:00:00-04:00""#,
            r#"title ne "x" and title eq null"#,
            r#"userName eq "x" or userName eq "dana" and active eq true"#,
        ] {
            assert!(fits(filter), "{filter}");
        }
        for filter in [r#"externalId eq "p1""#, "title pr", r#"userName ne "dana""#, r#"emails[type eq "home"]"#] {
            assert!(!fits(filter), "{filter}");
        }
    }

    #[test]
    fn nonsense_is_refused_whatever_it_is() {
        let deep = "(".repeat(3000);
        for filter in [
            "",
            "userName",
            "userName eq",
            "eq \"x\"",
            "userName eq \"x",
            "userName xx \"x\"",
            "a eq {}",
            "(a pr",
            "a pr)",
            "active gt true",
            "not a pr",
            "a[b pr",
            "a eq \"x\" and",
            "\u{0}",
            "é eq 1",
            &deep,
        ] {
            assert!(Filter::parse(filter).is_err(), "{filter}");
        }
    }
}
