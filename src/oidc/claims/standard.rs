//! The standard claims of a person (OIDC Core §5.1).

use serde_json::{Map, Value};

use crate::accounts::Account;
use crate::protocol::oidc::standard_claims;

/// The scope that a standard claim belongs to.
pub(super) fn scope_of(claim: &str) -> Option<&'static str> {
    standard_claims::scope_of(claim)
}

/// All standard claims that we know of the person, none of them empty. What the account itself
/// says wins over what was loaded with it.
pub(super) fn all(account: &Account) -> Map<String, Value> {
    let mut claims = match serde_json::to_value(account.further_claims()) {
        Ok(Value::Object(claims)) => claims,
        _ => Map::new(),
    };
    claims.insert("name".into(), account.full_name().into());
    claims.insert("given_name".into(), account.given_name().as_str().into());
    claims.insert("family_name".into(), account.family_name().as_str().into());
    claims.insert("preferred_username".into(), account.username().as_str().into());
    claims.insert("updated_at".into(), account.updated_at().seconds().into());
    claims.insert("email".into(), account.email().as_str().into());
    claims.insert("email_verified".into(), account.verified_email().is_some().into());
    claims
}
