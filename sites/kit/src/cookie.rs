//! The site's cookies: how they are named, set and read.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

use crate::settings::{Kind, Settings};

/// The first part of every cookie's name.
///
/// On https it begins with `__Host-`: the browser then takes the cookie from this very host only, so that no neighbour
/// on the same domain can plant one. On plain http (this machine only) the port is part of the name, because browsers
/// share cookies between all ports of a host, and several sites run side by side.
#[derive(Clone, Debug)]
pub(crate) struct Cookies {
    prefix: String,
    is_secure: bool,
}

impl Cookies {
    /// The cookies of one site.
    pub(crate) fn of(settings: &Settings) -> Self {
        let family = match settings.kind {
            Kind::OneOffice => "oneoffice",
            Kind::OneGov => "onegov",
        };
        let port = settings.url.port().map(|port| format!("-{port}")).unwrap_or_default();
        let host = if settings.is_https() { "__Host-" } else { "" };
        Self { prefix: format!("{host}{family}{port}-"), is_secure: settings.is_https() }
    }

    /// The value of the cookie `name`, or `None`.
    pub(crate) fn get<'a>(&self, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        self.all(headers).find_map(|(found, value)| (found == name).then_some(value))
    }

    /// Every cookie of this site as name (without the prefix) and value.
    pub(crate) fn all<'a>(&self, headers: &'a HeaderMap) -> impl Iterator<Item = (&'a str, &'a str)> {
        headers
            .get_all(COOKIE)
            .into_iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter_map(|(name, value)| Some((name.strip_prefix(self.prefix.as_str())?, value)))
    }

    /// Adds a cookie to the answer. `value` is base64url, which needs no quoting.
    ///
    /// `SameSite=Lax`: the way back from ConneX is a plain link to this site, so the cookie comes along; with a form
    /// that another site posts it does not.
    pub(crate) fn set(&self, response: &mut Response, name: &str, value: &str, seconds: i64) {
        let secure = if self.is_secure { "; Secure" } else { "" };
        let line = format!("{}{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}", self.prefix);
        match HeaderValue::try_from(line) {
            Ok(line) => _ = response.headers_mut().append(SET_COOKIE, line),
            Err(_) => tracing::error!(name, "a cookie cannot be written"),
        }
    }

    /// Takes a cookie from the browser.
    pub(crate) fn remove(&self, response: &mut Response, name: &str) {
        self.set(response, name, "", 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(url: &str) -> Cookies {
        let json = format!(
            r#"{{"name":"Birch","kind":"onegov","url":"{url}","issuer":"https://id.example","client_id":"c","client_secret":"s"}}"#
        );
        Cookies::of(&Settings::from_json(&json).unwrap())
    }

    fn line(cookies: &Cookies) -> String {
        let mut response = Response::default();
        cookies.set(&mut response, "session", "x", 60);
        response.headers()[SET_COOKIE].to_str().unwrap().to_owned()
    }

    #[test]
    fn on_https_a_cookie_is_pinned_to_the_host() {
        let expected = "__Host-onegov-session=x; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure";
        assert_eq!(line(&cookies("https://permits.example")), expected);
    }

    #[test]
    fn sites_on_neighbouring_ports_do_not_share_cookies() {
        let (here, there) = (cookies("http://127.0.0.1:7104"), cookies("http://127.0.0.1:7105"));
        assert_eq!(line(&here), "onegov-7104-session=x; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
        let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_static("a=b; onegov-7104-session=x"))]);
        assert_eq!(here.get(&headers, "session"), Some("x"));
        assert_eq!(there.get(&headers, "session"), None);
    }
}
