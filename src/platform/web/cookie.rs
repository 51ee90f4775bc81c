//! Cookies: `__Host-` on https, so that no neighbour domain can set them.

use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::cookie::{Cookie, SameSite};

use super::Kit;

/// The cookies of a request, and how ours are named here.
pub struct Cookies<'a> {
    headers: &'a HeaderMap,
    secure: bool,
}

impl<'a> Cookies<'a> {
    /// The cookies in `headers`.
    #[must_use]
    pub fn of(headers: &'a HeaderMap, kit: &Kit) -> Self {
        Self { headers, secure: kit.issuer().is_https() }
    }

    /// The value of our cookie `name`, when there is exactly one. A twin means that somebody
    /// else set one, and neither is believed.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        let name = full_name(name, self.secure);
        let mut found = None;
        let lines = self.headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        for cookie in lines.flat_map(Cookie::split_parse).flatten().filter(|cookie| cookie.name() == name) {
            if found.replace(cookie.value().to_owned()).is_some() {
                return None;
            }
        }
        found
    }
}

/// A `Set-Cookie` line that keeps `value` until the browser is closed.
#[must_use]
pub fn set(kit: &Kit, name: &str, value: &str) -> HeaderValue {
    line(kit, Cookie::new(full_name(name, kit.issuer().is_https()), value.to_owned()))
}

/// A `Set-Cookie` line that removes the cookie.
#[must_use]
pub fn clear(kit: &Kit, name: &str) -> HeaderValue {
    let mut cookie = Cookie::new(full_name(name, kit.issuer().is_https()), "");
    cookie.make_removal();
    line(kit, cookie)
}

fn line(kit: &Kit, mut cookie: Cookie<'static>) -> HeaderValue {
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_secure(kit.issuer().is_https());
    // Lax, not Strict: a person comes from a site's page by a link, and must be known.
    cookie.set_same_site(SameSite::Lax);
    HeaderValue::try_from(cookie.to_string()).unwrap_or_else(|_| HeaderValue::from_static(""))
}

fn full_name(name: &str, secure: bool) -> String {
    if secure { format!("__Host-{name}") } else { name.to_owned() }
}
