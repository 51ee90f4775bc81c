//! Pages: a template in its shell, with its headers.

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use super::{Here, Kit, PageError, ShownOrganization, assets, csrf::Browser, headers, notice};
use crate::kernel::{Entropy, Fault, FormId, Language, Timestamp};
use crate::platform::words::Words;

/// What the layout needs around every page.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The words of the page's language.
    pub t: Words,
    /// The name of the installation.
    pub brand: String,
    /// Where the stylesheet is.
    pub stylesheet: &'static str,
    /// The proof that every form carries.
    pub proof: String,
    /// The id of this showing of the page: a form that creates something counts once for it.
    pub showing: Option<FormId>,
    /// Who is signed in, as shown in the header.
    pub person: Option<String>,
    /// Their organization.
    pub organization: Option<ShownOrganization>,
    /// Whether they may use the operator's pages.
    pub is_operator: bool,
    /// What was just done.
    pub notice: Option<String>,
    /// The path of the page.
    pub path: String,
    /// This page in the other languages.
    pub others: Vec<(Language, String)>,
    cookies: Vec<HeaderValue>,
}

/// Who is signed in, as far as a shell shows it.
#[derive(Debug, Clone)]
pub struct ShownPerson {
    /// The name in the header.
    pub name: String,
    /// The language of the account.
    pub language: Language,
}

impl Shell {
    /// The shell of a page that answers the request `here`.
    #[must_use]
    pub fn new(kit: &Kit, here: &Here, (entropy, now): (&Entropy, Timestamp), person: Option<ShownPerson>) -> Self {
        let browser = Browser::of(here.headers(), kit, entropy);
        let (notice, shown) = notice::take(kit, here);
        let mut shell = Self::bare(kit, here, person.as_ref().map(|person| person.language));
        shell.proof = browser.proof(kit);
        shell.showing = Some(FormId::new(now, entropy));
        shell.organization = person.as_ref().and_then(|_| here.organization().cloned());
        shell.is_operator = person.is_some() && here.is_operator();
        shell.person = person.map(|person| person.name);
        shell.notice = notice;
        shell.cookies.extend(browser.cookie(kit).into_iter().chain(shown));
        shell
    }

    /// The same shell after the person has signed out.
    #[must_use]
    pub fn without_person(mut self) -> Self {
        self.person = None;
        self.organization = None;
        self.is_operator = false;
        self
    }

    /// The shell of a page without forms, for a browser that is not known: error pages.
    #[must_use]
    pub fn bare(kit: &Kit, here: &Here, account: Option<Language>) -> Self {
        let chosen = here.choose(kit, account);
        let others = Language::ALL.into_iter().filter(|language| *language != chosen.words.language);
        Self {
            t: chosen.words,
            brand: kit.brand().to_owned(),
            stylesheet: assets::stylesheet(),
            proof: String::new(),
            showing: None,
            person: None,
            organization: None,
            is_operator: false,
            notice: None,
            path: here.path().to_owned(),
            others: others.map(|language| (language, here.in_language(language))).collect(),
            cookies: chosen.cookie.into_iter().collect(),
        }
    }

    /// Whether the page stands at `path` or below it, for marking where one is.
    #[must_use]
    pub fn is_at(&self, path: &str) -> bool {
        self.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The id of this showing, for the hidden field of a form that counts once.
    #[must_use]
    pub fn showing(&self) -> String {
        self.showing.map(|id| id.to_string()).unwrap_or_default()
    }
}

/// A page ready to be sent: not stored anywhere, framed by nobody.
pub struct Page<'a, T> {
    template: T,
    status: StatusCode,
    cookies: Vec<HeaderValue>,
    origins: Vec<&'a str>,
    images: Vec<&'a str>,
}

impl<'a, T: Template> Page<'a, T> {
    /// The page `template` in `shell`.
    pub fn new(shell: &Shell, template: T) -> Self {
        Self {
            template,
            status: StatusCode::OK,
            cookies: shell.cookies.clone(),
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
        for cookie in self.cookies {
            to.append(header::SET_COOKIE, cookie);
        }
        response
    }
}
