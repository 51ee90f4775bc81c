//! A sign-in that has begun: what must still be known when the person comes back from ConneX.
//!
//! It waits in a cookie of its own, in the browser that began it: nobody else's browser can finish it (login CSRF, code
//! injection), several tabs can be under way at once, a stranger cannot fill the site's memory, and a restart of the
//! site loses nobody. The person may read it: it holds nothing that is secret from them.

use axum::http::HeaderMap;
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::cookie::Cookies;
use crate::return_path::ReturnPath;

/// How long a person may take at ConneX.
const PENDING_SECONDS: i64 = 600;
/// Tabs that were left half-way are forgotten beyond this number, oldest first; request headers stay small.
const PENDING_COUNT_MAX: usize = 5;
const NAME: &str = "login-";

/// What was sent to ConneX, to be compared with what comes back.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Pending {
    /// The `state` parameter (RFC 6749 §10.12).
    pub(crate) state: String,
    /// The `nonce` that the ID token must repeat (OIDC Core §3.1.3.7).
    pub(crate) nonce: String,
    /// The PKCE verifier (RFC 7636 §4.1).
    pub(crate) verifier: String,
    /// The page that the person wanted.
    return_to: String,
    /// When the person left, in seconds.
    began_at: i64,
}

impl Pending {
    /// Notes what is sent along with a person who leaves for ConneX.
    pub(crate) fn new(state: String, nonce: String, verifier: String, return_to: &ReturnPath, now: i64) -> Self {
        Self { state, nonce, verifier, return_to: return_to.as_str().to_owned(), began_at: now }
    }

    /// The page that the person wanted. Checked again, since it was out of the house.
    pub(crate) fn return_to(&self) -> ReturnPath {
        ReturnPath::parse(&self.return_to).unwrap_or_else(ReturnPath::home)
    }

    /// Puts the cookie into the browser, and takes out the oldest when there are too many.
    pub(crate) fn remember(&self, cookies: &Cookies, headers: &HeaderMap, response: &mut Response) {
        let mut others: Vec<(&str, i64)> = cookies
            .all(headers)
            .filter(|(name, _)| name.starts_with(NAME))
            .map(|(name, value)| (name, Self::decode(value).map_or(0, |pending| pending.began_at)))
            .collect();
        others.sort_by_key(|(_, began_at)| std::cmp::Reverse(*began_at));
        for (name, _) in others.into_iter().skip(PENDING_COUNT_MAX - 1) {
            cookies.remove(response, name);
        }
        match serde_json::to_vec(self) {
            Ok(json) => {
                let value = BASE64_URL_SAFE_NO_PAD.encode(json);
                cookies.set(response, &cookie_name(&self.state), &value, PENDING_SECONDS);
            }
            Err(error) => tracing::error!(reason = %error, "a sign-in cannot be remembered"),
        }
    }

    /// Finds the sign-in that this browser began with `state`; `None` when it began none or took too long.
    pub(crate) fn recall(cookies: &Cookies, headers: &HeaderMap, state: &str, now: i64) -> Option<Self> {
        let pending = Self::decode(cookies.get(headers, &cookie_name(state))?)?;
        let is_in_time = (pending.began_at..=pending.began_at.saturating_add(PENDING_SECONDS)).contains(&now);
        (pending.state == state && is_in_time).then_some(pending)
    }

    /// A sign-in ends once, well or badly.
    pub(crate) fn forget(cookies: &Cookies, response: &mut Response, state: &str) {
        cookies.remove(response, &cookie_name(state));
    }

    fn decode(value: &str) -> Option<Self> {
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(value).ok()?).ok()
    }
}

/// One cookie for each sign-in under way. The state is hashed because a callback may carry anything as `state`.
fn cookie_name(state: &str) -> String {
    let digest = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(state));
    format!("{NAME}{}", digest.chars().take(16).collect::<String>())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use axum::http::header::{COOKIE, SET_COOKIE};

    use super::*;
    use crate::settings::Settings;

    #[test]
    fn a_sign_in_waits_ten_minutes_and_leads_to_a_page_of_this_site() {
        let json = r#"{"name":"Birch","kind":"onegov","url":"https://permits.example","issuer":"https://id.example",
            "client_id":"c","client_secret":"s"}"#;
        let cookies = Cookies::of(&Settings::from_json(json).unwrap());
        let mut pending = Pending::new("s".to_owned(), "n".to_owned(), "v".to_owned(), &ReturnPath::home(), 1000);
        pending.return_to = "//evil.example".to_owned();
        let mut response = Response::default();
        pending.remember(&cookies, &HeaderMap::new(), &mut response);
        let line = response.headers()[SET_COOKIE].to_str().unwrap();
        let cookie = HeaderValue::from_str(line.split(';').next().unwrap()).unwrap();
        let headers = HeaderMap::from_iter([(COOKIE, cookie)]);

        let recalled = Pending::recall(&cookies, &headers, "s", 1600).unwrap();
        assert_eq!((recalled.nonce.as_str(), recalled.return_to()), ("n", ReturnPath::home()));
        assert!(Pending::recall(&cookies, &headers, "s", 1601).is_none());
        assert!(Pending::recall(&cookies, &headers, "another", 1000).is_none());
    }
}
