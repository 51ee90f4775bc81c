//! What the site believes of a signed token. Each step can be left out.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use connex::{
    platform::store::Clock,
    protocol::jose::{Header, KeySet, is_unsigned},
};
use serde_json::{Map, Value};

use super::Site;

/// What is left out.
#[derive(Default)]
pub struct Lenience {
    pub unsigned: bool,
    pub any_signature: bool,
    pub unknown_key: bool,
    pub old_keys: bool,
}

/// The claims of a token whose signature holds.
pub async fn claims(site: &Site, token: &str, lenience: Lenience) -> Option<Map<String, Value>> {
    if is_unsigned(token) {
        return payload(token).filter(|_| lenience.unsigned);
    }
    let header = Header::peek(token).ok()?;
    let kid = header.kid.clone()?;
    let mut keys = keys(site, false).await;
    if !knows(&keys, &kid) && !lenience.old_keys {
        keys = self::keys(site, true).await;
    }
    if !knows(&keys, &kid) {
        return payload(token).filter(|_| lenience.unknown_key);
    }
    let set = KeySet::from_json(&keys).unwrap();
    let verified = set.candidates(header.alg, Some(&kid)).find_map(|key| key.verify(token).ok());
    verified.or_else(|| payload(token).filter(|_| lenience.any_signature))
}

/// The kind of a token that somebody has verified.
pub fn typ(token: &str) -> Option<String> {
    Header::peek(token).ok()?.typ
}

pub fn now() -> i64 {
    Clock::default().now().seconds()
}

fn knows(keys: &Value, kid: &str) -> bool {
    keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == kid)
}

fn payload(token: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?).ok()
}

async fn keys(site: &Site, again: bool) -> Value {
    let known = site.keys.lock().unwrap().clone().filter(|_| !again);
    if let Some(keys) = known {
        return keys;
    }
    let url = format!("{}/jwks.json", site.setting("CONNEX_ISSUER"));
    let keys: Value = site.http.get(url).send().await.unwrap().json().await.unwrap();
    *site.keys.lock().unwrap() = Some(keys.clone());
    keys
}
