//! Pages: a template in its shell, with its headers.

use askama::Template;
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use super::{Kit, PageError, assets, csrf::Browser, headers};
use crate::kernel::{Entropy, Fault};

/// What the layout needs around every page.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The name of the installation.
    pub brand: String,
    /// Where the stylesheet is.
    pub stylesheet: &'static str,
    /// The proof that every form carries.
    pub proof: String,
    /// Who is signed in, as shown in the header.
    pub person: Option<String>,
    browser_cookie: Option<HeaderValue>,
}

impl Shell {
    /// The shell for the browser that sent `request`.
    #[must_use]
    pub fn new(kit: &Kit, request: &HeaderMap, entropy: &Entropy, person: Option<String>) -> Self {
        let browser = Browser::of(request, kit, entropy);
        Self {
            brand: kit.brand().to_owned(),
            stylesheet: assets::stylesheet(),
            proof: browser.proof(kit),
            person,
            browser_cookie: browser.cookie(kit),
        }
    }

    /// The same shell after the person has signed out.
    #[must_use]
    pub fn without_person(mut self) -> Self {
        self.person = None;
        self
    }

    /// The shell of a page without forms, for a browser that is not known: error pages.
    #[must_use]
    pub fn bare(brand: &str) -> Self {
        Self {
            brand: brand.to_owned(),
            stylesheet: assets::stylesheet(),
            proof: String::new(),
            person: None,
            browser_cookie: None,
        }
    }
}

/// A page ready to be sent: not stored anywhere, framed by nobody.
pub struct Page<'a, T> {
    template: T,
    status: StatusCode,
    cookie: Option<HeaderValue>,
    origins: Vec<&'a str>,
    images: Vec<&'a str>,
}

impl<'a, T: Template> Page<'a, T> {
    /// The page `template` in `shell`.
    pub fn new(shell: &Shell, template: T) -> Self {
        Self {
            template,
            status: StatusCode::OK,
            cookie: shell.browser_cookie.clone(),
            origins: Vec::new(),
            images: Vec::new(),
        }
    }

    /// With another status than 200.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Whose forms may end at `origin`, besides ourselves.
    #[must_use]
    pub fn form_ends_at(mut self, origin: &'a str) -> Self {
        self.origins.push(origin);
        self
    }

    /// Which shows an image from `origin`.
    #[must_use]
    pub fn shows_image_from(mut self, origin: &'a str) -> Self {
        self.images.push(origin);
        self
    }
}

impl<T: Template> IntoResponse for Page<'_, T> {
    fn into_response(self) -> Response {
        let html = match self.template.render() {
            Ok(html) => html,
            Err(cause) => return PageError::from(Fault::of("render a page", cause)).into_response(),
        };
        let mut response = (self.status, Html(html)).into_response();
        let to = response.headers_mut();
        to.insert(header::CONTENT_SECURITY_POLICY, headers::content_security_policy(&self.origins, &self.images));
        to.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(cookie) = self.cookie {
            to.append(header::SET_COOKIE, cookie);
        }
        response
    }
}
