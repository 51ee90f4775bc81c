//! Asking a site what it can do, and whether it is there (RFC 7644 §4).

use serde_json::Value;

use super::{Contact, Features, answer::Trouble};

/// Where a site says what ConneX needs to know of it.
const EXTENSION: &str = "urn:connex:params:scim:schemas:extension:2.0:ServiceProviderConfig";

/// What the site says of itself. A site that says nothing is a plain one.
///
/// # Errors
/// The trouble.
pub(super) async fn ask(contact: &mut Contact<'_>) -> Result<Features, Trouble> {
    let reply = contact.get(&["ServiceProviderConfig"], &[]).await?;
    let said = serde_json::from_slice::<Value>(&reply.body).unwrap_or_default();
    let said = said.get(EXTENSION).cloned().unwrap_or_default();
    Ok(serde_json::from_value(said).unwrap_or_default())
}
