//! The green notice on the page after a post: what was done, by name.
//!
//! It travels in a sealed cookie and is shown once.

use axum::{
    http::{HeaderValue, header},
    response::Response,
};

use super::{Cookies, Here, Kit, cookie, see_other};

const COOKIE: &str = "connex-notice";
const PURPOSE: &str = "notice";
/// A cookie has 4 KiB, and sealing makes a text longer by half.
const MOST_CHARACTERS: usize = 600;

/// Goes on to a page of ours, which will show `text` on top.
#[must_use]
pub fn see_other_with(kit: &Kit, path: &str, text: &str) -> Response {
    let mut response = see_other(path);
    let text: String = text.chars().take(MOST_CHARACTERS).collect();
    // Without the notice the page is still right, so a seal that fails costs only the notice.
    if let Ok(sealed) = kit.sealing().seal(PURPOSE, text.as_bytes()) {
        response.headers_mut().append(header::SET_COOKIE, cookie::set(kit, COOKIE, &sealed));
    }
    response
}

/// The notice that this browser brings, and the cookie line that makes it the last time.
pub(super) fn take(kit: &Kit, here: &Here) -> (Option<String>, Option<HeaderValue>) {
    let Some(sealed) = Cookies::of(here.headers(), kit).get(COOKIE) else { return (None, None) };
    let text = kit.sealing().open(PURPOSE, &sealed).ok().and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
    (text, Some(cookie::clear(kit, COOKIE)))
}
