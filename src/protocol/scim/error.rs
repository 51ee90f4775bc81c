//! Refusals, and their form on the wire (RFC 7644 §3.12, RFC 9865 §2.1).

use serde_json::{Value, json};

/// A `scimType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScimKind {
    /// The filter is malformed, or asks for what is not served.
    InvalidFilter,
    /// A path is none of the resource's.
    InvalidPath,
    /// A parameter has a value that it cannot have.
    InvalidValue,
    /// The body is malformed.
    InvalidSyntax,
    /// The filter is too wide to be answered at once.
    TooMany,
    /// The cursor is none that this client got for this query.
    InvalidCursor,
    /// The cursor was this client's and has ended.
    ExpiredCursor,
    /// The count is no count.
    InvalidCount,
}

impl ScimKind {
    /// As it is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::InvalidPath => "invalidPath",
            Self::InvalidValue => "invalidValue",
            Self::InvalidSyntax => "invalidSyntax",
            Self::TooMany => "tooMany",
            Self::InvalidCursor => "invalidCursor",
            Self::ExpiredCursor => "expiredCursor",
            Self::InvalidCount => "invalidCount",
        }
    }
}

/// Why a request is refused, for the program and for its developer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScimRefusal {
    /// The `scimType`, where the standard has one.
    pub kind: Option<ScimKind>,
    /// A sentence.
    pub detail: String,
}

impl ScimRefusal {
    /// A refusal with a `scimType`.
    pub fn new(kind: ScimKind, detail: impl Into<String>) -> Self {
        Self { kind: Some(kind), detail: detail.into() }
    }

    /// The filter is malformed, or asks for what is not served.
    pub fn of_filter(detail: impl Into<String>) -> Self {
        Self::new(ScimKind::InvalidFilter, detail)
    }
}

/// The body of an error.
#[must_use]
pub fn error_body(status: u16, refusal: &ScimRefusal) -> Value {
    let mut body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": status.to_string(),
        "detail": refusal.detail,
    });
    if let (Some(members), Some(kind)) = (body.as_object_mut(), refusal.kind) {
        members.insert("scimType".to_owned(), kind.as_str().into());
    }
    body
}
