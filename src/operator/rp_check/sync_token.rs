//! The token that every request of ConneX to a site's SCIM endpoint carries.

use serde_json::{Map, Value, json};

use crate::kernel::{Lifetime, Timestamp};

/// The `typ` of such a token, so that none of another kind opens the endpoint.
pub const SYNC_TOKEN_TYP: &str = "connex-sync+jwt";

/// How long it is good.
const LIFE: Lifetime = Lifetime::minutes(1);

/// The claims for the SCIM endpoint at `base`; `jti` is fresh for each request.
#[must_use]
pub fn sync_claims(issuer: &str, base: &str, jti: &str, now: Timestamp) -> Map<String, Value> {
    let claims = [
        ("iss", json!(issuer)),
        ("sub", json!(issuer)),
        ("aud", json!(base)),
        ("iat", json!(now.seconds())),
        ("exp", json!((now + LIFE).seconds())),
        ("jti", json!(jti)),
    ];
    claims.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
