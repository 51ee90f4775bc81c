//! Where a page is and in which language it speaks.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use std::convert::Infallible;

use super::{Cookies, Kit, cookie};
use crate::kernel::Language;
use crate::platform::words::Words;
use crate::protocol::oauth::Params;

const COOKIE: &str = "connex-language";
const PARAMETER: &str = "lang";
/// What our own pages put into their addresses.
const KEPT: [&str; 4] = ["errand", "next", "page", "again"];
/// What somebody searches for: any text.
const SEARCHED: &str = "q";

/// What a page has to know of the request that it answers.
#[derive(Debug, Clone, Default)]
pub struct Here {
    path: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    shown: Option<ShownOrganization>,
    is_operator: bool,
}

/// The organization that stands beside the person's name in the header. A higher floor puts it
/// into the request's extensions.
#[derive(Debug, Clone)]
pub struct ShownOrganization {
    /// Its name.
    pub name: String,
    /// How many requests to join wait for this person's decision.
    pub requests: u64,
}

/// The person at the browser may use the operator's pages. A higher floor puts it into the request's
/// extensions.
#[derive(Debug, Clone, Copy)]
pub struct ShownOperator;

/// The language of a page, and the cookie that remembers it.
pub(super) struct Chosen {
    pub(super) words: Words,
    pub(super) cookie: Option<HeaderValue>,
}

impl Here {
    /// Of a request.
    #[must_use]
    pub fn of(parts: &Parts) -> Self {
        let query = Params::parse(parts.uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
        Self {
            path: parts.uri.path().to_owned(),
            query: query.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            headers: parts.headers.clone(),
            shown: parts.extensions.get::<ShownOrganization>().cloned(),
            is_operator: parts.extensions.get::<ShownOperator>().is_some(),
        }
    }

    /// The same page, reached by a form: what the form carries for its page counts as if it stood in the
    /// address, so that the page in another language is about the same errand.
    #[must_use]
    pub fn carrying(mut self, fields: &Params) -> Self {
        let is_new = |name: &str| KEPT.contains(&name) && self.asked(name).is_none();
        let carried = fields.iter().filter(|(name, _)| is_new(name));
        let carried: Vec<_> = carried.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        self.query.extend(carried);
        self
    }

    /// The headers of the request.
    #[must_use]
    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// What the address asks for under `name`.
    #[must_use]
    pub fn asked(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(asked, _)| asked == name).map(|(_, value)| value.as_str())
    }

    /// The organization of the person at the browser.
    #[must_use]
    pub const fn organization(&self) -> Option<&ShownOrganization> {
        self.shown.as_ref()
    }

    /// Whether the person at the browser may use the operator's pages.
    #[must_use]
    pub const fn is_operator(&self) -> bool {
        self.is_operator
    }

    /// The path of the page, for marking where one is in a navigation.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The words for this page. What was chosen last counts: in the address, in this browser, in
    /// the account, in the browser's settings.
    #[must_use]
    pub fn words(&self, kit: &Kit, account: Option<Language>) -> Words {
        self.choose(kit, account).words
    }

    pub(super) fn choose(&self, kit: &Kit, account: Option<Language>) -> Chosen {
        let asked = self.query.iter().find(|(name, _)| name == PARAMETER).and_then(|(_, tag)| tag.parse().ok());
        let remembered = || Cookies::of(&self.headers, kit).get(COOKIE)?.parse().ok();
        let language = asked.or_else(remembered).or(account).or_else(|| self.accepted()).unwrap_or_default();
        Chosen { words: Words::new(language), cookie: asked.map(|language| remember(kit, language)) }
    }

    fn accepted(&self) -> Option<Language> {
        Language::accepted(self.headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?)
    }

    /// This page in `language`: the same address, with what our own pages put into a query. What
    /// somebody else put there is not repeated.
    #[must_use]
    pub fn in_language(&self, language: Language) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.query.iter().filter(|(name, value)| is_kept(name, value)));
        query.append_pair(PARAMETER, language.tag());
        // A path that no page of ours has (`//evil.example`, `/%3Cscript`) belongs to an error page.
        let is_ours = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        let is_named = !self.path.starts_with("//") && self.path.chars().all(is_ours);
        let path = if is_named { self.path.as_str() } else { "/" };
        format!("{path}?{}", query.finish())
    }
}

/// Whether a part of a query is one that a page of ours has put there: a sealed text, a path, a
/// number, or what somebody searches for.
fn is_kept(name: &str, value: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.~/?=&%".contains(c);
    name == SEARCHED || KEPT.contains(&name) && value.chars().all(is_plain)
}

/// The cookie line that remembers the language in this browser.
#[must_use]
pub fn remember(kit: &Kit, language: Language) -> HeaderValue {
    cookie::set(kit, COOKIE, language.tag())
}

impl<S: Send + Sync> FromRequestParts<S> for Here {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn spanish(address: &str) -> String {
        let (parts, ()) = Request::builder().uri(address).body(()).unwrap().into_parts();
        Here::of(&parts).in_language(Language::Spanish)
    }

    #[test]
    fn the_other_language_is_at_the_same_page() {
        assert_eq!(spanish("/org/users?page=2&q=dana+w&lang=en"), "/org/users?page=2&q=dana+w&lang=es");
        assert_eq!(spanish("/login?errand=abc-_.1&error=somebody"), "/login?errand=abc-_.1&lang=es");
    }

    #[test]
    fn what_a_form_carries_stays_in_the_other_language() {
        let (parts, ()) = Request::builder().uri("/login").body(()).unwrap().into_parts();
        let fields = Params::parse(b"errand=abc&password=secret&next=%2Forg").unwrap();
        let spanish = Here::of(&parts).carrying(&fields).in_language(Language::Spanish);
        assert_eq!(spanish, "/login?errand=abc&next=%2Forg&lang=es");
    }

    #[test]
    fn what_others_put_into_an_address_leads_nowhere() {
        for address in
            ["//evil.example/a", "/%3Cscript%3E", "/login?errand=%3Cscript%3E", "/login?next=javascript:a(1)"]
        {
            let to = spanish(address);
            assert!(to == "/?lang=es" || to == "/login?lang=es", "{address}: {to}");
        }
    }
}
