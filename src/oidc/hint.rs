//! `id_token_hint`: an ID token of ours, perhaps expired, that says who was signed in.

use super::Provider;
use serde_json::Value;

/// What a hint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hint {
    /// The client that it was made for.
    pub(super) client_id: String,
    /// The person, as that client knows them.
    pub(super) subject: String,
    /// The session, as that client knows it.
    pub(super) sid: Option<String>,
}

/// Reads a hint: signed by us, as an ID token and nothing else, by this issuer. Expiry does not
/// count (RP-Initiated Logout §2, OIDC Core §3.1.2.1).
pub(super) fn read(provider: &Provider, token: &str) -> Option<Hint> {
    let signed = provider.keys().verify(token)?;
    // Access tokens and logout tokens have a `typ`; they are no hints.
    if signed.typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
        return None;
    }
    let text = |name: &str| signed.claims.get(name).and_then(Value::as_str).map(str::to_owned);
    if text("iss")? != provider.issuer() {
        return None;
    }
    Some(Hint { client_id: text("aud")?, subject: text("sub")?, sid: text("sid") })
}
