//! SCIM 2.0 as a provider that is read from speaks it (RFC 7643, RFC 7644, RFC 9865).
//!
//! Here stands what a text means: attributes and schemas, filters, queries, lists, errors. Which
//! resources there are, and who may see them, is unknown here.

mod attribute;
mod catalog;
mod discovery;
mod error;
mod filter;
mod list;
mod path;
mod projection;
mod query;

pub use attribute::{Attribute, Schema, Type};
pub use catalog::{GROUP, ResourceType, USER};
pub use discovery::{Limits, resource_type_body, resource_types, schema_body, schemas, service_provider_config};
pub use error::{ScimKind, ScimRefusal, error_body};
pub use filter::{Comparison, Filter, Operand, Operator};
pub use list::{List, list_body};
pub use path::Place;
pub use projection::Projection;
pub use query::{MOST_A_PAGE, Paging, Query};

/// The media type of everything below `/scim` (RFC 7644 §3.1).
pub const MEDIA_TYPE: &str = "application/scim+json";
