//! Proof that a post came from our own page in the same browser.
//!
//! Two checks: the browser's own word (`Sec-Fetch-Site`, `Origin`), and a proof in the form that
//! is derived from a random cookie of this browser. Old browsers send neither header; the proof
//! alone is then enough.

use axum::http::{HeaderMap, HeaderValue};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

use super::{Cookies, Kit, cookie};
use crate::kernel::Entropy;

const COOKIE: &str = "connex-browser";
const PURPOSE: &str = "csrf";

/// This browser, known by a random cookie that says nothing about the person.
pub struct Browser {
    value: String,
    is_new: bool,
}

impl Browser {
    /// The browser that sent `headers`; a new one when it brought no good cookie.
    #[must_use]
    pub fn of(headers: &HeaderMap, kit: &Kit, entropy: &Entropy) -> Self {
        match Self::known(headers, kit) {
            Some(value) => Self { value, is_new: false },
            None => Self { value: BASE64_URL_SAFE_NO_PAD.encode(entropy.bytes::<18>()), is_new: true },
        }
    }

    fn known(headers: &HeaderMap, kit: &Kit) -> Option<String> {
        Cookies::of(headers, kit).get(COOKIE).filter(|value| value.len() == 24 && value.is_ascii())
    }

    /// What a form of ours carries in this browser.
    #[must_use]
    pub fn proof(&self, kit: &Kit) -> String {
        proof_for(&self.value, kit)
    }

    /// The cookie to set, when the browser is new to us.
    #[must_use]
    pub fn cookie(&self, kit: &Kit) -> Option<HeaderValue> {
        self.is_new.then(|| cookie::set(kit, COOKIE, &self.value))
    }
}

/// Why a post is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unproven {
    /// The browser did not send our cookie.
    NoCookie,
    /// The post comes from another origin, or from another browser's page.
    Foreign,
}

/// Checks a post to one of our pages.
///
/// # Errors
/// When it did not come from our page in this browser.
pub fn check(headers: &HeaderMap, kit: &Kit, proof: Option<&str>) -> Result<(), Unproven> {
    if is_cross_site(headers, kit) {
        return Err(Unproven::Foreign);
    }
    let value = Browser::known(headers, kit).ok_or(Unproven::NoCookie)?;
    let right = proof_for(&value, kit);
    let given = proof.unwrap_or_default();
    if right.as_bytes().ct_eq(given.as_bytes()).into() { Ok(()) } else { Err(Unproven::Foreign) }
}

fn is_cross_site(headers: &HeaderMap, kit: &Kit) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text("sec-fetch-site")
        && !matches!(site, "same-origin" | "none")
    {
        return true;
    }
    // Our pages send no referrer, and then browsers say `null` of their own forms (Fetch, "append a
    // request Origin header"): that tells nothing, and the proof decides.
    text("origin").is_some_and(|origin| origin != "null" && origin != kit.issuer().origin())
}

fn proof_for(browser: &str, kit: &Kit) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(kit.sealing().derive(PURPOSE, browser.as_bytes()))
}
